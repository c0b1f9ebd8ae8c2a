import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { appendLine, readLog } from "../../src/resilience/atomic-file-log.js";
import { nodeFileSystem } from "../../src/resilience/atomic-file-system.js";
import { freshDirectories } from "../stores/file-directories.js";

const freshPath = freshDirectories();
const files = nodeFileSystem({ fsync: false });

describe("a file of lines", () => {
  it("keeps every complete line, wherever a write at its end was cut short", async () => {
    const line = fc.string({ unit: "binary" }).map((text) => JSON.stringify(text));
    await fc.assert(
      fc.asyncProperty(fc.array(line, { maxLength: 5 }), line, fc.nat(60), async (lines, last, cut) => {
        const path = freshPath();
        for (const text of lines) await appendLine(files, path, readLog(files, path), text);
        const { length } = readLog(files, path);
        const torn = Buffer.from(`${last}\n`).subarray(0, -1).subarray(0, cut);
        await files.writeFrom(path, length, torn.toString("latin1"));
        expect(readLog(files, path).lines).toEqual(lines);
        await appendLine(files, path, readLog(files, path), last);
        expect(readLog(files, path)).toMatchObject({ lines: [...lines, last], torn: 0 });
      }),
      { numRuns: 25 },
    );
  });

  it("keeps what is before a line of which a power failure has left the length only", async () => {
    for (const before of [[], ['"a"'], ['"a"', '"b"']]) {
      const path = freshPath();
      for (const text of before) await appendLine(files, path, readLog(files, path), text);
      const { length } = readLog(files, path);
      await files.writeFrom(path, length, '"\0\0\0\n');
      expect(readLog(files, path)).toEqual({ lines: before, length, torn: 5 });
      await appendLine(files, path, readLog(files, path), '"c"');
      expect(readLog(files, path).lines).toEqual([...before, '"c"']);
    }
  });

  it("that does not exist is empty", () => {
    expect(readLog(files, freshPath())).toEqual({ lines: [], length: 0, torn: 0 });
  });
});

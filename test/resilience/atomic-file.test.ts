import { mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { RegraftError } from "../../src/errors.js";
import { removeFile, replaceFile } from "../../src/resilience/atomic-file.js";
import { nodeFileSystem } from "../../src/resilience/atomic-file-system.js";

const base = mkdtempSync(join(tmpdir(), "regraft-atomic-"));
afterAll(() => rmSync(base, { recursive: true, force: true }));
const files = nodeFileSystem({ fsync: true });
const textOf = (path: string) => files.read(path)?.toString("utf8");

describe("replacing a file", () => {
  it("puts the new content in place of the old one and leaves nothing else behind", async () => {
    const path = join(base, "one", "file");
    await files.makeDirectory(join(base, "one"));
    for (const text of ["first", "", "é 😀"]) {
      await replaceFile(files, path, text, join(base, "one", "temporary"));
      expect(textOf(path)).toBe(text);
    }
    expect(readdirSync(join(base, "one"))).toEqual(["file"]);
    expect(await removeFile(files, path)).toBe(true);
    expect(await removeFile(files, path)).toBe(false);
  });

  it("never writes over a temporary file of somebody else", async () => {
    const temporary = join(base, "taken");
    writeFileSync(temporary, "theirs");
    const replacing = replaceFile(files, join(base, "target"), "mine", temporary);
    await expect(replacing).rejects.toMatchObject({ code: "STORE.UNAVAILABLE" });
    expect([textOf(temporary), textOf(join(base, "target"))]).toEqual(["theirs", undefined]);
  });

  it("leaves nothing of a content for which the disk had no room", async () => {
    const [path, temporary] = [join(base, "kept"), join(base, "part")];
    writeFileSync(path, "old");
    const full = {
      ...files,
      create: async (at: string, text: string) => {
        await files.create(at, text.slice(0, 2));
        const cause = Object.assign(new Error("no space left on device"), { code: "ENOSPC" });
        throw new RegraftError("STORE.UNAVAILABLE", "the file system refuses: ENOSPC", {}, { cause });
      },
    };
    await expect(replaceFile(full, path, "longer", temporary)).rejects.toMatchObject({ code: "STORE.UNAVAILABLE" });
    expect([textOf(path), textOf(temporary)]).toEqual(["old", undefined]);
  });

  it("replaces a symbolic link and never follows one", async () => {
    const outside = join(base, "outside");
    writeFileSync(outside, "theirs");
    symlinkSync(outside, join(base, "link"));
    expect(() => files.read(join(base, "link"))).toThrow(/symbolic link/);
    await expect(files.writeFrom(join(base, "link"), 0, "x")).rejects.toMatchObject({ code: "STORE.DAMAGED" });
    await replaceFile(files, join(base, "link"), "mine", join(base, "temporary"));
    expect([textOf(join(base, "link")), textOf(outside)]).toEqual(["mine", "theirs"]);
  });

  it("tells what the file system refuses", async () => {
    const inNothing = join(base, "nowhere", "file");
    await expect(files.create(inNothing, "")).rejects.toMatchObject({
      code: "STORE.UNAVAILABLE",
      details: { file: inNothing },
    });
  });
});

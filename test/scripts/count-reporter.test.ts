import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { afterEach, expect, it } from "vitest";
import { run } from "../../scripts/lib/run.js";

let root = "";

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

/** Runs the test files in a project of their own; its last lines and whether it succeeded. */
function linesOf(files: Readonly<Record<string, string>>): { lines: string[]; code: number } {
  root = mkdtempSync(join(tmpdir(), "regraft-reporter-"));
  symlinkSync(resolve("node_modules"), join(root, "node_modules"));
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(root, name), `import { expect, it } from "vitest";\n${text}\n`);
  }
  const vitest = resolve("node_modules/vitest/vitest.mjs");
  const reporter = `--reporter=${resolve("scripts/count-reporter.ts")}`;
  const { code, output } = run(process.execPath, [vitest, "run", "--root", root, reporter]);
  return { code, lines: output.trim().split("\n").slice(-2) };
}

it("counts a file that does not load and an error outside any test as failures, and names what was skipped", () => {
  const { lines, code } = linesOf({
    "a.test.ts": 'it("holds", () => {});\nit("breaks", () => expect(1).toBe(2));\nit.skip("waits", () => {});',
    "b.test.ts": 'import "./nowhere.js";',
    "c.test.ts": 'it("leaks", () => void Promise.reject(new RangeError("late")));',
  });
  expect(lines).toEqual(["skipped: a.test.ts > waits", "2 passed, 3 failed, 1 skipped"]);
  expect(code).toBe(1);
});

it("ends a good run with two numbers", () => {
  const { lines, code } = linesOf({ "a.test.ts": 'it("holds", () => {});' });
  expect(lines.at(-1)).toBe("1 passed, 0 failed");
  expect(code).toBe(0);
});

import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isReasonCode } from "../../src/contracts/reasons.js";

const page = readFileSync("docs/promise.md", "utf8");
const flat = page.replace(/\s+/g, " ");
const named = [...flat.matchAll(/`(test\/[\w./-]+\.test\.ts)`: "([^"]+)"/g)].map(([, file = "", title = ""]) => ({
  file,
  title,
}));

/** The titles of the tests of a file. */
function titlesOf(file: string): Set<string> {
  const text = readFileSync(file, "utf8");
  const calls = text.matchAll(/(?:\bit|\btest|\)|\])\(\s*"((?:[^"\\]|\\.)+)",/g);
  return new Set([...calls].map(([, title = ""]) => title));
}

describe("the page about the promise", () => {
  it.each(named.map(({ file, title }) => [file, title]))("names in %s a test that exists: %s", (file, title) => {
    expect(existsSync(file)).toBe(true);
    expect([...titlesOf(file)]).toContain(title);
  });

  it("has every part of the promise, each with tests", () => {
    const parts = page.split(/^## /m).filter((part) => /^P\d:/.test(part));
    expect(parts.map((part) => part.slice(0, 2))).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9].map((n) => `P${n}`));
    for (const part of parts) expect(part.match(/^- `test\//gm)?.length ?? 0, part.slice(0, 40)).toBeGreaterThan(1);
  });

  it("names only reason codes that exist", () => {
    const codes = [...page.matchAll(/`([A-Z]+\.[A-Z_]+)`/g)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(1);
    expect(codes.filter((code) => !isReasonCode(code))).toEqual([]);
  });

  it("refuses what it says is refused", async () => {
    const { defineScenario } = await import("../../src/index.js");
    const step = (more: object) => () =>
      defineScenario({ id: "f", version: 1, entry: "a", steps: [{ id: "a", ...more }], transitions: [] });
    expect(step({ parallel: true })).toThrow(/SCENARIO\.PARALLEL_UNSUPPORTED/);
    expect(step({ steps: [] })).toThrow(/SCENARIO\.INVALID/);
  });
});

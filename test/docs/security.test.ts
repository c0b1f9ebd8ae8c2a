import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { isReasonCode } from "../../src/contracts/reasons.js";

const page = readFileSync("docs/security.md", "utf8");
const named = [...page.matchAll(/^- `(test\/[\w./-]+\.test\.ts)`: "([^"]+)"$/gm)].map(([, file = "", title = ""]) => ({
  file,
  title,
}));

/** The titles of the tests of a file. */
function titlesOf(file: string): string[] {
  const calls = readFileSync(file, "utf8").matchAll(/(?:\bit|\)|\])\(\s*"((?:[^"\\]|\\.)+)",/g);
  return [...calls].map(([, title = ""]) => title);
}

describe("the page about security", () => {
  it.each(named.map(({ file, title }) => [file, title]))("names in %s a test that exists: %s", (file, title) => {
    expect(existsSync(file)).toBe(true);
    expect(titlesOf(file)).toContain(title);
  });

  it("names a test under every heading that promises something", () => {
    const open = new Set(["What is worth protecting", "Not covered"]);
    const parts = page.split(/^## /m).slice(1);
    const bare = parts.filter((part) => !/^- `test\//m.test(part)).map((part) => part.split("\n")[0]);
    expect(new Set(bare)).toEqual(open);
    expect(named.length).toBe(page.match(/^- `test\//gm)?.length);
  });

  it("names only reason codes that exist", () => {
    const codes = [...page.matchAll(/`([A-Z]+\.[A-Z_]+)`/g)].map(([, code]) => code);
    expect(codes.length).toBeGreaterThan(1);
    expect(codes.filter((code) => !isReasonCode(code))).toEqual([]);
  });

  it("finds out when a test that it names is gone", () => {
    expect(titlesOf("test/docs/security.test.ts")).not.toContain("a title that no test has");
  });
});

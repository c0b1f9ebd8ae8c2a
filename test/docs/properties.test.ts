import { existsSync, readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const page = readFileSync("docs/properties.md", "utf8");
const named = [...page.matchAll(/^- `(test\/[\w./-]+\.test\.ts)`: "([^"]+)"$/gm)].map(([, file = "", title = ""]) => ({
  file,
  title,
}));
const caseIds = [...page.matchAll(/^- cases (.+)$/gm)].flatMap(([, list = ""]) =>
  [...list.matchAll(/`([^`]+)`/g)].map(([, id = ""]) => id),
);

/** The titles of the tests of a file, templates among them. */
function titlesOf(file: string): string[] {
  const calls = readFileSync(file, "utf8").matchAll(
    /(?:\bit|\btest|\)|\])\(\s*(?:"((?:[^"\\]|\\.)+)"|`((?:[^`\\]|\\.)+)`),/g,
  );
  return [...calls].map(([, plain, template]) => plain ?? template ?? "");
}

function knownCases(): Set<string> {
  const files = readdirSync("examples/golden").filter((name) => name.endsWith(".json"));
  return new Set(
    files.flatMap((name): string[] =>
      JSON.parse(readFileSync(`examples/golden/${name}`, "utf8")).cases.map(({ id }: { id: string }) => id),
    ),
  );
}

describe("the page about what cannot happen", () => {
  it.each(named.map(({ file, title }) => [file, title]))("names in %s a test that exists: %s", (file, title) => {
    expect(existsSync(file)).toBe(true);
    expect(titlesOf(file)).toContain(title);
  });

  it("names only cases that exist", () => {
    const known = knownCases();
    expect(caseIds.length).toBeGreaterThan(20);
    expect(caseIds.filter((id) => !known.has(id))).toEqual([]);
  });

  it("names a test under every heading, and nothing in another form", () => {
    const parts = page.split(/^## /m).slice(1);
    expect(parts.length).toBeGreaterThan(9);
    expect(parts.filter((part) => !/^- `test\//m.test(part)).map((part) => part.split("\n")[0])).toEqual([]);
    expect(page.match(/^- /gm)?.length).toBe(named.length + (page.match(/^- cases /gm)?.length ?? 0));
  });

  it("finds out when a test that it names is gone", () => {
    expect(titlesOf("test/docs/properties.test.ts")).not.toContain("a title that no test has");
  });
});

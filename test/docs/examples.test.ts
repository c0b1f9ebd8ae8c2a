import { resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { runSnippet } from "./run-snippet.js";
import { docExamples, documents, filesIn, programOf } from "./snippets.js";
import { docFixtures, importer, publicNames } from "./surroundings.js";

/** These pages show test files; each is run as one of its own. */
const testFiles = ["docs/testing.md", "docs/store-contract.md"];
const programs = documents.filter((file) => !testFiles.includes(file)).flatMap((file) => programOf(file) ?? []);
const examples = filesIn("src", ".ts").flatMap(docExamples);

describe("code in the documents", () => {
  it("is in the README and in the guide", () => {
    expect(programs.map(({ file }) => file)).toEqual(expect.arrayContaining(["README.md", "docs/guide.md"]));
  });

  it.each(
    programs.map((program) => [program.file, program] as const),
  )("of %s runs and gives what its comments say", async (_, program) => {
    expect(await runSnippet(program, importer)).toBeGreaterThan(0);
  });
});

describe("examples in doc comments", () => {
  it("exist for the main functions", () => {
    const files = new Set(examples.map(({ file }) => file));
    for (const file of [
      "src/diff/diff.ts",
      "src/engine/regraft.ts",
      "src/scenario/parse.ts",
      "src/session/visits.ts",
    ]) {
      expect(files).toContain(file);
    }
  });

  it.each(
    examples.map((example) => [example.place, example] as const),
  )("%s runs and gives what its comments say", async (_, example) => {
    const names = { ...(await publicNames()), ...(await namesOf(example.file)), ...docFixtures() };
    await runSnippet(example, importer, names);
  });
});

/** What the file of an example exports, which need not be public. */
async function namesOf(file: string): Promise<Readonly<Record<string, unknown>>> {
  return (await import(/* @vite-ignore */ resolve(file))) as Readonly<Record<string, unknown>>;
}

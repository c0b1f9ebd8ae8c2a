import { describe, expect, it } from "vitest";
import { runSnippet } from "./run-snippet.js";
import { programOf } from "./snippets.js";
import { importer } from "./surroundings.js";

const program = programOf("docs/testing.md");

describe("the guide about tests", () => {
  it("is a test file, whose tests follow", () => {
    expect(program?.code.match(/^test\(/gm)?.length).toBeGreaterThan(5);
  });
});

// Its tests become tests of this file.
if (program !== undefined) await runSnippet(program, importer);

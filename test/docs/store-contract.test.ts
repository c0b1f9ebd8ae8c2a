import { describe, expect, it } from "vitest";
import { runSnippet } from "./run-snippet.js";
import { programOf } from "./snippets.js";
import { importer } from "./surroundings.js";

const program = programOf("docs/store-contract.md");

describe("the page about testing a store", () => {
  it("is a test file, whose tests follow", () => {
    expect(program?.code).toContain("storeContract(");
  });
});

// Its tests become tests of this file.
if (program !== undefined) await runSnippet(program, importer);

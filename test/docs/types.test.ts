import { resolve } from "node:path";
import ts from "typescript";
import { describe, expect, it } from "vitest";
import { documents, programOf, type Snippet } from "./snippets.js";

const programs = documents.flatMap((file) => programOf(file) ?? []);

/** Compiles programs as files beside the sources and returns what the compiler says, in words. */
function problemsOf(snippets: readonly Snippet[]): string[] {
  const { config } = ts.readConfigFile("tsconfig.json", ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, ".");
  const paths = {
    ...options.paths,
    regraft: ["./src/index.ts"],
    "regraft/adapters/otel": ["./src/adapters/otel.ts"],
    "regraft/stores/file": ["./src/stores/file.ts"],
    "regraft/stores/memory": ["./src/stores/memory.ts"],
    "regraft/stores/postgres": ["./src/stores/postgres.ts"],
    "regraft/stores/redis": ["./src/stores/redis.ts"],
    "regraft/testing": ["./src/testing/index.ts"],
  };
  const files = new Map(snippets.map(({ file, code }) => [resolve(`${file.replace(/\W/g, "_")}.doc.ts`), code]));
  const host = ts.createCompilerHost({ ...options, paths });
  const { fileExists, readFile } = host;
  host.fileExists = (name) => files.has(resolve(name)) || fileExists(name);
  host.readFile = (name) => files.get(resolve(name)) ?? readFile(name);
  const program = ts.createProgram([...files.keys()], { ...options, paths, noUnusedLocals: false }, host);
  return [...files.keys()].flatMap((name) => {
    const source = program.getSourceFile(name);
    return ts.getPreEmitDiagnostics(program, source).map(({ messageText, start, file }) => {
      const at = file === undefined || start === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line + 1;
      return `${file?.fileName}:${at} ${ts.flattenDiagnosticMessageText(messageText, " ")}`;
    });
  });
}

describe("code in the documents", () => {
  it("has no type error", () => {
    expect(problemsOf(programs)).toEqual([]);
  });

  it("would show a type error", () => {
    const wrong = {
      place: "x",
      file: "wrong",
      code: 'import { defineScenario } from "regraft";\nexport const x: number = defineScenario({});',
    };
    expect(problemsOf([wrong]).join()).toContain("not assignable to type 'number'");
  });
});

import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { checkArchitecture } from "../../scripts/check-architecture.js";

const roots: string[] = [];

/** Writes the files (paths under `src`) to a new directory and returns `file:line rule` for each violation. */
function violationsOf(files: Readonly<Record<string, string>>): string[] {
  const root = mkdtempSync(join(tmpdir(), "regraft-architecture-"));
  roots.push(root);
  for (const [path, text] of Object.entries(files)) {
    const target = join(root, "src", path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
  return checkArchitecture(root).map(({ file, line, rule }) => `${file.slice("src/".length)}:${line} ${rule}`);
}

afterEach(() => {
  for (const root of roots.splice(0)) rmSync(root, { recursive: true, force: true });
});

const leaf = "export const a = 1;\n";

describe("directions of imports", () => {
  it.each([
    ["its own line", "contracts/a.ts", "../errors.js", "errors.ts"],
    ["an earlier line", "session/a.ts", "../scenario/b.js", "scenario/b.ts"],
    ["ports from stores", "stores/a.ts", "../ports/b.js", "ports/b.ts"],
    ["the engine from the command line", "cli/a.ts", "../engine/b.js", "engine/b.ts"],
  ])("allows an import from %s", (_, from, specifier, to) => {
    expect(violationsOf({ [from]: `export { a } from "${specifier}";\n`, [to]: leaf })).toEqual([]);
  });

  it.each([
    ["a later line", "scenario/a.ts", "../diff/b.js", "diff/b.ts"],
    ["a later line through a type", "diff/a.ts", "../session/b.js", "session/b.ts"],
    ["fill into stores", "stores/a.ts", "../fill/b.js", "fill/b.ts"],
    ["the engine into adapters", "adapters/a.ts", "../engine/b.js", "engine/b.ts"],
    ["the package entry into a folder", "cli/a.ts", "../index.js", "index.ts"],
    ["testing into the command line", "cli/a.ts", "../testing/b.js", "testing/b.ts"],
    ["testing into the package entry", "index.ts", "./testing/b.js", "testing/b.ts"],
  ])("refuses an import from %s", (_, from, specifier, to) => {
    const target = to === "index.ts" ? "" : leaf;
    const found = violationsOf({ [from]: `\nexport type * from "${specifier}";\n`, [to]: target });
    expect(found).toEqual([`${from}:2 direction`]);
  });

  it("sees imports inside types and dynamic imports", () => {
    const found = violationsOf({
      "fill/a.ts": 'export type A = import("../cli/b.js").A;\nexport const load = () => import("../cli/b.js");\n',
      "cli/b.ts": "export type A = 1;\n",
    });
    expect(found).toEqual(["fill/a.ts:1 direction", "fill/a.ts:2 direction"]);
  });

  it("refuses an import that leaves src, unless it reads a JSON file", () => {
    const found = violationsOf({
      "cli/a.ts": 'import "../../scripts/b.js";\nimport data from "../../schemas/c.json" with { type: "json" };\n',
    });
    expect(found).toEqual(["cli/a.ts:1 outside-src"]);
  });

  it("refuses a folder that the layout does not know", () => {
    expect(violationsOf({ "helpers/a.ts": leaf })).toEqual(["helpers/a.ts:1 unknown-folder"]);
  });
});

describe("cycles", () => {
  it("reports a ring of files once, at the import that starts it", () => {
    const found = violationsOf({
      "diff/a.ts": 'import "./d.js";\nimport "./b.js";\n',
      "diff/b.ts": 'import type {} from "./c.js";\n',
      "diff/c.ts": 'import "./a.js";\n',
      "diff/d.ts": leaf,
    });
    expect(found).toEqual(["diff/a.ts:2 file-cycle"]);
  });

  it("reports a file that imports itself", () => {
    expect(violationsOf({ "diff/a.ts": 'import "./a.js";\n' })).toEqual(["diff/a.ts:1 file-cycle"]);
  });

  it("reports two folders of one line that import each other, even without a ring of files", () => {
    const found = violationsOf({
      "plan/a.ts": 'import "../session/a.js";\n',
      "session/a.ts": leaf,
      "session/b.ts": 'import "../plan/b.js";\n',
      "plan/b.ts": leaf,
    });
    expect(found).toEqual(["plan/a.ts:1 folder-cycle"]);
  });

  it("allows one folder of a line to import another", () => {
    expect(violationsOf({ "plan/a.ts": 'import "../session/a.js";\n', "session/a.ts": leaf })).toEqual([]);
  });
});

describe("purity of the core", () => {
  it.each([
    ["a Node module", 'import "node:fs";', "node-import"],
    ["a Node module without prefix", 'import "fs";', "node-import"],
    ["the time", "export const t = Date.now();", "clock"],
    ["the time through globalThis", "export const t = globalThis.Date.now();", "clock"],
    ["the time through a computed key", 'export const t = Date["now"]();', "clock"],
    ["the time as a date", "export const t = new Date();", "clock"],
    ["the time as text", "export const t = Date();", "clock"],
    ["a stop watch", "export const t = performance.now();", "clock"],
    ["a random number", "export const r = Math.random();", "random"],
    ["a random id", "export const r = crypto.randomUUID();", "random"],
    ["a timer", "setTimeout(() => {}, 1);", "timer"],
    ["the process", "export const e = process.env;", "host"],
    ["the process through globalThis", "export const e = globalThis.process;", "host"],
    ["the process as a property of the same name", "export const e = { process };", "host"],
    ["the console", 'console.log("a");', "host"],
    ["an async function", "export async function f() {}", "async"],
    ["an async arrow function", "export const f = async () => 1;", "async"],
    ["await", "await f;", "async"],
    ["a promise", "export const p = Promise.resolve();", "async"],
    ["a promise as a type", "export type P = Promise<void>;", "async"],
    ["a dynamic import", 'export const m = () => import("./b.js");', "async"],
  ])("refuses %s", (_, code, rule) => {
    expect(violationsOf({ "session/a.ts": `\n${code}\n`, "session/b.ts": leaf })).toEqual([`session/a.ts:2 ${rule}`]);
  });

  it.each([
    ["a date made from text", 'export const t = new Date("2026-01-01T00:00:00Z").getTime();'],
    ["a local variable named process", "export function f(process: string) { return process.length; }"],
    ["a property named process", "export const f = (a: { process: string }) => a.process;"],
    ["a property named fetch", 'export const a = { fetch: 1, "Date.now": 2 };'],
    ["these words in text and comments", 'export const a = "Date.now() await Promise"; // Math.random()'],
  ])("allows %s", (_, code) => {
    expect(violationsOf({ "session/a.ts": `${code}\n` })).toEqual([]);
  });

  it("lets hash, and only hash, use Node modules", () => {
    expect(violationsOf({ "hash/a.ts": 'import { createHash } from "node:crypto";\n' })).toEqual([]);
  });

  it("lets ports name promises in types but hold no async code", () => {
    const found = violationsOf({
      "ports/a.ts": "export interface Clock { wait(): Promise<void> }\nexport async function f() {}\n",
    });
    expect(found).toEqual(["ports/a.ts:2 async"]);
  });

  it("asks nothing of this of the engine", () => {
    expect(violationsOf({ "engine/a.ts": "export async function f() { return Date.now(); }\n" })).toEqual([]);
  });
});

describe("every file", () => {
  it("lies at most two folders deep", () => {
    expect(violationsOf({ "tools/a/b.ts": leaf, "tools/a/b/c.ts": leaf })).toEqual(["tools/a/b/c.ts:1 depth"]);
  });

  it("has at most 300 lines, unless it is generated", () => {
    const long = "export {};\n".repeat(300);
    expect(violationsOf({ "tools/a.ts": long, "contracts/types.ts": long })).toEqual(["tools/a.ts:300 file-length"]);
  });

  it("does not use the type any", () => {
    expect(violationsOf({ "tools/a.ts": "export const a = (b: any) => b as any;\n" })).toEqual([
      "tools/a.ts:1 no-any",
      "tools/a.ts:1 no-any",
    ]);
  });

  it.each(["ignore", "nocheck", "expect-error"])("does not hold @ts-%s", (word) => {
    expect(violationsOf({ "tools/a.ts": `// @ts-${word}\n${leaf}` })).toEqual(["tools/a.ts:1 silenced-check"]);
  });

  it("throws no bare error", () => {
    const found = violationsOf({ "tools/a.ts": 'export function f() {\n  throw new TypeError("no");\n}\n' });
    expect(found).toEqual(["tools/a.ts:2 bare-error"]);
  });

  it("keeps the package entry a list of names", () => {
    const found = violationsOf({
      "index.ts": 'export { a } from "./errors.js";\nexport const b = 1;\n',
      "errors.ts": leaf,
    });
    expect(found).toEqual(["index.ts:2 names-only"]);
  });
});

import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { afterEach, describe, expect, it } from "vitest";

const made: string[] = [];
afterEach(() => {
  for (const path of made.splice(0)) rmSync(path, { recursive: true, force: true });
});

/** A project of its own with these files, and the packages of this one. */
function project(files: Readonly<Record<string, unknown>>): string {
  const root = mkdtempSync(join(tmpdir(), "regraft-checks-"));
  made.push(root);
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), typeof content === "string" ? content : JSON.stringify(content));
  }
  symlinkSync(resolve("node_modules"), join(root, "node_modules"));
  return root;
}

function program(root: string, file: string, ...args: string[]): { code: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(process.execPath, [resolve(file), ...args], {
    cwd: root,
    encoding: "utf8",
  });
  return { code: status, output: stdout + stderr };
}

function script(root: string, file: string): { code: number | null; output: string } {
  const tsx = resolve("node_modules/tsx/dist/cli.mjs");
  return program(root, tsx, resolve(file));
}

const manifest = JSON.parse(readFileSync("package.json", "utf8"));

describe("a check fails", () => {
  it("at a type error", () => {
    const root = project({ "a.ts": 'export const n: number = "one";\n' });
    const { code, output } = program(
      root,
      "node_modules/typescript/bin/tsc",
      "--noEmit",
      "--strict",
      "--ignoreConfig",
      "a.ts",
    );
    expect(code).not.toBe(0);
    expect(output).toContain("TS2322");
  });

  it("at a file of another style", () => {
    const biome = "node_modules/@biomejs/biome/bin/biome";
    const check = (text: string) => {
      const root = project({
        "a.ts": text,
        "biome.json": { root: true, formatter: { indentStyle: "space", lineWidth: 120 } },
      });
      return program(root, biome, "check", "--error-on-warnings", "a.ts").code;
    };
    expect(check("export const n = 1;\n")).toBe(0);
    expect(check("export const n=1\n")).not.toBe(0);
  });

  it("at a dependency that nobody allowed", () => {
    const allowed = JSON.parse(readFileSync("scripts/allowed-dependencies.json", "utf8"));
    const base = { "scripts/allowed-dependencies.json": allowed, "package-lock.json": { packages: {} } };
    expect(script(project({ ...base, "package.json": manifest }), "scripts/check-dependencies.ts").code).toBe(0);
    const more = { ...manifest, dependencies: { ...manifest.dependencies, ajv: "8.20.0" } };
    const { code, output } = script(project({ ...base, "package.json": more }), "scripts/check-dependencies.ts");
    expect([code, output]).toEqual([1, expect.stringContaining("ajv: not in scripts/allowed-dependencies.json")]);
  });

  it("at a file that nothing uses", () => {
    const root = project({
      "package.json": { name: "x", version: "1.0.0", type: "module", main: "index.js" },
      "index.js": "export const n = 1;\n",
      "unused.js": "export const m = 2;\n",
    });
    const { code, output } = program(root, "node_modules/knip/bin/knip.js", "--no-progress");
    expect([code, output.includes("unused.js")]).toEqual([1, true]);
  });

  it("at a package whose exports are not in it", () => {
    const root = project({
      "package.json": { name: "x", version: "1.0.0", type: "module", exports: "./missing.js" },
    });
    expect(program(root, "node_modules/publint/src/cli.js", "run", ".", "--strict", "--pack", "false").code).not.toBe(
      0,
    );
  });

  it("at a page of the command line that is out of date", () => {
    const root = project({});
    cpSync("docs", join(root, "docs"), { recursive: true });
    writeFileSync(join(root, "docs/cli.md"), "# Command line\n");
    const { code, output } = script(root, "scripts/check-docs.ts");
    expect([code, output]).toEqual([1, expect.stringContaining("docs/cli.md")]);
  });

  it("at a public function that the report of the interface does not have", () => {
    const entry = { ".": { types: "./dist/index.d.ts", default: "./dist/index.js" } };
    const root = project({
      "package.json": { name: "x", version: "1.0.0", type: "module", scripts: {}, dependencies: {}, exports: entry },
      "tsconfig.json": {},
      "tsup.config.ts": "",
      "src/index.ts": "",
      "schemas/a.json": "{}",
      "etc/index.api.md": "another interface\n",
      "dist/index.js": "export {};\n",
      "dist/index.d.ts": "export declare function made(): void;\n",
    });
    cpSync("package-lock.json", join(root, "package-lock.json"));
    const later = new Date(Date.now() + 60_000);
    for (const path of ["dist", "dist/index.d.ts"]) utimesSync(join(root, path), later, later);
    const { code, output } = script(root, "scripts/check-api.ts");
    expect([code, output]).toEqual([1, expect.stringContaining("etc/index.api.md")]);
  });
});

describe("a check comes to the same", () => {
  it.each([
    "scripts/check-dependencies.ts",
    "scripts/check-docs.ts",
    "src/cli/main.ts verify --json",
  ])("whatever the calendar says: %s", (command) => {
    const clock = project({
      "later.mjs": `const Present = Date;
globalThis.Date = class extends Present {
  constructor(...given) { super(...(given.length === 0 ? [Date.now()] : given)); }
  static now() { return Present.now() + 40 * 365 * 86_400_000; }
};`,
    });
    const at = (...flags: string[]) => {
      const { status, stdout } = spawnSync(process.execPath, ["--import", "tsx", ...flags, ...command.split(" ")], {
        encoding: "utf8",
      });
      return { status, stdout };
    };
    const shift = ["--import", join(clock, "later.mjs")];
    const today = spawnSync(process.execPath, [...shift, "-p", "new Date().getFullYear() - 40"], { encoding: "utf8" });
    expect(Number(today.stdout)).toBeGreaterThan(2020);
    expect(at(...shift)).toEqual(at());
  });
});

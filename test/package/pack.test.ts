import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { isBuiltin } from "node:module";
import { basename, dirname, join, resolve } from "node:path";
import { runInNewContext } from "node:vm";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { buildIfStale } from "../../scripts/lib/build.js";
import { codeEntries, readManifest } from "../../scripts/lib/manifest.js";
import { packBuilt } from "../../scripts/lib/pack.js";
import { run, runOrThrow } from "../../scripts/lib/run.js";
import { contentHash } from "../../src/index.js";

const manifest = readManifest();
const codePaths = codeEntries(manifest).map(({ subpath }) => manifest.name + subpath.slice(1));
const schemaPaths = readdirSync("schemas").map((file) => `${manifest.name}/schemas/${file}`);

let project = "";

function linkInto(target: string, name: string): void {
  const link = join(target, "node_modules", name);
  mkdirSync(dirname(link), { recursive: true });
  symlinkSync(resolve("node_modules", name), link);
}

/** Runs a program of the empty project, written to a file of that name. */
function runInProject(file: string, code: string): string {
  writeFileSync(join(project, file), code);
  return runOrThrow(process.execPath, ["--disable-warning=ExperimentalWarning", file], project).trim();
}

// An empty project that holds the packed archive, the runtime dependencies it declares and the types of Node, nothing else.
beforeAll(() => {
  buildIfStale();
  const { directory, archive } = packBuilt();
  project = directory;
  const home = join(project, "node_modules", manifest.name);
  mkdirSync(home, { recursive: true });
  runOrThrow("tar", ["-xzf", archive, "-C", home, "--strip-components=1"]);
  for (const name of [...Object.keys(manifest.dependencies), "@types/node"]) linkInto(project, name);
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "empty", private: true, type: "module" }));
}, 180_000);

afterAll(() => {
  if (project !== "") rmSync(project, { recursive: true, force: true });
});

describe("the packed package", () => {
  it("holds the built code, the schemas and its papers, no sources", () => {
    const home = join(project, "node_modules", manifest.name);
    const papers = ["CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "README.md"];
    expect(readdirSync(home)).toEqual([...papers, "dist", "docs", "examples", "package.json", "schemas"]);
    expect(readdirSync(join(home, "schemas"))).toEqual(readdirSync("schemas"));
    expect(readdirSync(join(home, "examples"))).toEqual(["contracts", "golden-own", "records"]);
    expect(readdirSync(join(home, "docs"))).toEqual(readdirSync("docs").filter((name) => name !== "api"));
  });

  it("has no dead link in its papers", () => {
    const home = join(project, "node_modules", manifest.name);
    const documents = readdirSync(home, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".md"));
    const dead = documents.flatMap((file) => {
      const text = readFileSync(join(home, file), "utf8");
      const targets = [...text.matchAll(/\]\(([^)\s#]+)[^)]*\)/g)].map(([, target = ""]) => target);
      const own = targets.filter((target) => !/^https?:/.test(target));
      return own
        .filter((target) => !existsSync(join(home, dirname(file), target)))
        .map((target) => `${file}: ${target}`);
    });
    expect(documents).toContain("README.md");
    expect(dead).toEqual([]);
  });

  it("imports from every subpath, and every subpath exports something", () => {
    const code = `const paths = ${JSON.stringify(codePaths)};
      const counts = await Promise.all(paths.map(async (path) => Object.keys(await import(path)).length));
      console.log(JSON.stringify(counts.map((count) => count > 0)));`;
    expect(JSON.parse(runInProject("import.mjs", code))).toEqual(codePaths.map(() => true));
  });

  it("gives require() the same exports as import", () => {
    const code = `const paths = ${JSON.stringify(codePaths)};
      const names = (module) => Object.keys(module).filter((name) => name !== "__esModule").sort().join();
      Promise.all(paths.map(async (path) => names(require(path)) === names(await import(path))))
        .then((same) => console.log(JSON.stringify(same)));`;
    expect(JSON.parse(runInProject("require.cjs", code))).toEqual(codePaths.map(() => true));
  });

  it("gives out its schemas and its manifest as JSON", () => {
    const paths = [...schemaPaths, `${manifest.name}/package.json`];
    const code = `console.log(JSON.stringify(${JSON.stringify(paths)}.map((path) => typeof require(path))));`;
    expect(JSON.parse(runInProject("json.cjs", code))).toEqual(paths.map(() => "object"));
  });

  it("closes every other path", () => {
    const code = `import("${manifest.name}/dist/index.js").catch((error) => console.log(error.code));`;
    expect(runInProject("closed.mjs", code)).toBe("ERR_PACKAGE_PATH_NOT_EXPORTED");
  });

  it("runs its command", () => {
    const cli = join(project, "node_modules", manifest.name, "dist", "cli.js");
    const { code, output } = run(process.execPath, [cli, "--version"], project);
    expect({ code, output: output.trim() }).toEqual({ code: 0, output: manifest.version });
    const verified = run(process.execPath, [cli, "verify", "--json"], project);
    expect([verified.code, JSON.parse(verified.output).examples]).toEqual([0, []]);
  });

  it("has types for every subpath, in ESM and in CommonJS files", () => {
    const imports = codePaths.map((path, at) => `import * as m${at} from "${path}";`).join("\n");
    const names = codePaths.map((_, at) => `keyof typeof m${at}`).join(", ");
    // An untyped import would make its names `string`, an empty one `never`.
    const check = `type Named<K> = [K] extends [never] ? false : string extends K ? false : true;
      type All<T extends unknown[]> = { [I in keyof T]: Named<T[I]> };
      export const all: All<[${names}]> = [${codePaths.map(() => "true").join(", ")}];`;
    const files = ["types.mts", "types.cts"];
    for (const file of files) writeFileSync(join(project, file), `${imports}\n${check}\n`);
    const options = ["--noEmit", "--strict", "--module", "NodeNext", "--target", "ES2022", "--lib", "ES2023"];
    const tsc = resolve("node_modules/typescript/bin/tsc");
    const { output } = run(process.execPath, [tsc, ...options, "--types", "node", ...files], project);
    expect(output).toBe("");
  });

  it("bundles its core for the browser without a Node module, and the bundle runs without Node's globals", async () => {
    const { metafile, outputFiles } = await build({
      stdin: { contents: `export * from "${manifest.name}";`, resolveDir: project },
      bundle: true,
      write: false,
      metafile: true,
      format: "iife",
      globalName: "core",
      platform: "browser",
      conditions: ["browser"],
      logLevel: "silent",
    });
    const inputs = Object.entries(metafile.inputs);
    const imports = inputs.flatMap(([, input]) => input.imports.map(({ path }) => path));
    expect(imports.filter((path) => isBuiltin(path))).toEqual([]);
    const hashes = inputs.map(([file]) => file).filter((file) => /dist\/sha256-\w+\.js$/.test(file));
    expect(hashes.map((file) => basename(file))).toEqual(["sha256-web.js"]);
    const step = { id: "income", intent: "Asks for the income, in \u20ac", collects: ["income"] };
    const code = `${outputFiles[0]?.text ?? ""}; core.contentHash(${JSON.stringify(step)})`;
    expect(runInNewContext(code, { TextDecoder, TextEncoder })).toBe(contentHash(step));
  });
});

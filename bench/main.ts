/**
 * The measurements of docs/performance.md: `npm run bench -- [--quick] [--only diff,hash]`.
 *
 * Each suite runs in a process of its own, from a bundle as it is published; the loader that runs this file would cost time in hot
 * places.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync } from "node:fs";
import { cpus } from "node:os";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { build } from "esbuild";
import { headOf, lineOf, type Row, verdictOf } from "./report.js";
import { suites } from "./suites.js";

const root = fileURLToPath(new URL("..", import.meta.url));
const bundle = `${root}node_modules/.cache/regraft-bench/main.mjs`;

async function bundleAll(): Promise<void> {
  mkdirSync(`${root}node_modules/.cache/regraft-bench`, { recursive: true });
  await build({
    entryPoints: [`${root}bench/child.ts`],
    outfile: bundle,
    bundle: true,
    packages: "external",
    alias: { "#sha256": `${root}src/hash/sha256-node.ts` },
    format: "esm",
    platform: "node",
    target: "es2022",
    logLevel: "warning",
  });
}

async function runSuite(name: string, flags: readonly string[]): Promise<Row[]> {
  const child = spawn(process.execPath, ["--expose-gc", bundle, name, ...flags], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const rows: Row[] = [];
  const exit = once(child, "exit");
  for await (const text of createInterface({ input: child.stdout })) {
    const row = JSON.parse(text) as Row;
    rows.push(row);
    console.log(lineOf(row));
  }
  const [code] = (await exit) as [number | null];
  if (code !== 0) throw new TypeError(`suite ${name} ended with ${code}`);
  return rows;
}

function summary(rows: readonly Row[]): string {
  const judged = rows.filter((row) => row.goal !== undefined);
  const count = (verdict: string) => judged.filter((row) => verdictOf(row) === verdict).length;
  return `${judged.length} goals: ${count("pass")} pass, ${count("near")} near, ${count("MISS")} miss`;
}

const { values } = parseArgs({ options: { quick: { type: "boolean", default: false }, only: { type: "string" } } });
const wanted = values.only?.split(",") ?? Object.keys(suites);
await bundleAll();
console.log(`node ${process.version}, ${cpus().length} x ${cpus()[0]?.model ?? "CPU"}${values.quick ? ", quick" : ""}`);
console.log(headOf());
const rows: Row[] = [];
for (const name of wanted) rows.push(...(await runSuite(name, values.quick ? ["--quick"] : [])));
const failed = rows.filter((row) => row.goal?.isGate === true && verdictOf(row) === "MISS");
console.log(summary(rows));
for (const row of failed) console.log(`gate missed: ${lineOf(row)}`);
process.exitCode = failed.length === 0 ? 0 : 1;

import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { checkCode } from "./architecture/code.js";
import { checkImports } from "./architecture/imports.js";
import { checkPurity } from "./architecture/purity.js";
import { readSources } from "./architecture/source.js";
import type { Violation } from "./architecture/violation.js";

/** Checks `<root>/src` against the layout; the list is empty when every rule holds, else sorted by file and line. */
export function checkArchitecture(root: string): Violation[] {
  const sources = readSources(root);
  const found = [
    ...checkImports(sources),
    ...sources.flatMap((source) => [...checkPurity(source), ...checkCode(source)]),
  ];
  return found.sort((a, b) => a.file.localeCompare(b.file) || a.line - b.line || a.rule.localeCompare(b.rule));
}

function main(): void {
  const found = checkArchitecture(resolve(process.argv[2] ?? "."));
  for (const { file, line, rule, message } of found) console.log(`${file}:${line} ${rule} ${message}`);
  console.log(found.length === 0 ? "architecture: no violation" : `architecture: ${found.length} violation(s)`);
  process.exitCode = found.length === 0 ? 0 : 1;
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) main();

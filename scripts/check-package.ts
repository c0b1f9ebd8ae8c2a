import { rmSync } from "node:fs";
import { buildIfStale } from "./lib/build.js";
import { packBuilt } from "./lib/pack.js";
import { run } from "./lib/run.js";

/** Lints the packed archive: `exports` and files (publint), declarations as each kind of importer resolves them (attw). */
function main(): void {
  buildIfStale();
  const { directory, archive } = packBuilt();
  const checks: readonly (readonly string[])[] = [
    ["publint", "run", archive, "--strict"],
    // The package is ESM only by choice; current Node requires it, so that rule of attw does not apply.
    ["attw", archive, "--profile", "node16", "--ignore-rules", "cjs-resolves-to-esm", "--no-emoji", "--no-color"],
  ];
  let failed = 0;
  for (const args of checks) {
    const { code, output } = run("npx", args);
    console.log(output.trim());
    if (code !== 0) failed += 1;
  }
  rmSync(directory, { recursive: true, force: true });
  process.exitCode = failed === 0 ? 0 : 1;
}

main();

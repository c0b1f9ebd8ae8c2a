import { readManifest } from "./lib/manifest.js";
import { run } from "./lib/run.js";

/** Runs the build and every `check:*` script, reports each by name, and ends with `N passed, N failed`. */
function main(): void {
  const names = Object.keys(readManifest().scripts).filter((name) => name.startsWith("check:"));
  let failed = 0;
  const steps = ["build", ...names];
  for (const name of steps) {
    const started = performance.now();
    const { code, output } = run("npm", ["run", "--silent", name]);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    console.log(`${code === 0 ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
    if (code === 0) continue;
    failed += 1;
    console.log(output);
  }
  console.log(`${steps.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
}

main();

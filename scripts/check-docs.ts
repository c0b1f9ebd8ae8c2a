import { readFileSync, writeFileSync } from "node:fs";
import { cliPage, cliPagePath } from "./docs/cli-page.js";

/** Checks that the page of the command line is what its definition says; with `--update` it is written anew. */
function main(): void {
  const page = cliPage();
  if (process.argv.includes("--update")) {
    writeFileSync(cliPagePath, page);
    console.log(`written: ${cliPagePath}`);
    return;
  }
  if (readFileSync(cliPagePath, "utf8") === page) return;
  console.error(`${cliPagePath} is not what the command line says; run: npx tsx scripts/check-docs.ts --update`);
  process.exitCode = 1;
}

main();

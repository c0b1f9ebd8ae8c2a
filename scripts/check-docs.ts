import { readFileSync, writeFileSync } from "node:fs";
import { cliPage, cliPagePath } from "./docs/cli-page.js";
import { generatedBlocks, withBlock } from "./docs/registry-tables.js";

/** Pages, or parts of them, that are written from what the program does: each with the text that it should have. */
function pages(): Map<string, string> {
  const wanted = new Map([[cliPagePath, cliPage()]]);
  for (const block of generatedBlocks()) {
    wanted.set(block.file, withBlock(wanted.get(block.file) ?? readFileSync(block.file, "utf8"), block));
  }
  return wanted;
}

/** Checks that the pages are what the program says; with `--update` they are written anew. */
function main(): void {
  for (const [file, text] of pages()) {
    if (process.argv.includes("--update")) {
      writeFileSync(file, text);
      console.log(`written: ${file}`);
    } else if (readFileSync(file, "utf8") !== text) {
      console.error(`${file} is not what the program says; run: npx tsx scripts/check-docs.ts --update`);
      process.exitCode = 1;
    }
  }
}

main();

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { composeSchemas } from "./generate/compose.js";
import { generateReasonCodeDocs, generateReasonCodes } from "./generate/reason-codes.js";
import { fileOf, readSchemas, toJsonText } from "./generate/schemas.js";
import { generateTypes } from "./generate/types.js";
import { generateValidators, generateValidatorTypes } from "./generate/validators.js";

// `--check` compares instead of writing; `--out DIR` writes or compares below another folder than the repository.
const { values: options } = parseArgs({ options: { check: { type: "boolean" }, out: { type: "string" } } });
const root = options.out ? pathToFileURL(`${options.out}/`) : new URL("../", import.meta.url);
const composed = composeSchemas();
const schemas = readSchemas(composed);
const files = new Map<string, string>();
for (const [stem, schema] of composed) files.set(`schemas/${fileOf(stem)}`, toJsonText(schema));
files.set("src/contracts/types.ts", await generateTypes(schemas));
files.set("src/contracts/validators.js", await generateValidators(schemas));
files.set("src/contracts/validators.d.ts", generateValidatorTypes());
files.set("src/contracts/reason-codes.ts", generateReasonCodes());
files.set("docs/reason-codes.md", generateReasonCodeDocs());

const stale = [...files].filter(([path, text]) => {
  const file = new URL(path, root);
  return !existsSync(file) || readFileSync(file, "utf8") !== text;
});
if (options.check) {
  for (const [path] of stale) console.error(`stale: ${path} (run npm run generate)`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) {
    const file = new URL(path, root);
    mkdirSync(fileURLToPath(new URL(".", file)), { recursive: true });
    writeFileSync(file, text);
    console.log(`written: ${path}`);
  }
}

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { composeSchemas } from "./generate/compose.js";
import { generateReasonCodeDocs, generateReasonCodes } from "./generate/reason-codes.js";
import { allKinds, generatePins, generateRegistry } from "./generate/registry.js";
import { fileOf, kindsOf, readSchemas, schemaFolder, toJsonText } from "./generate/schemas.js";
import { generateTypes } from "./generate/types.js";
import {
  generateGoldenValidatorTypes,
  generateRecordValidatorTypes,
  generateValidators,
  generateValidatorTypes,
  goldenKinds,
  recordKinds,
} from "./generate/validators.js";

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
files.set("src/contracts/golden-validators.js", await generateValidators(schemas, goldenKinds));
files.set("src/contracts/golden-validators.d.ts", generateGoldenValidatorTypes());
files.set("src/contracts/record-validators.js", await generateValidators(schemas, recordKinds));
files.set("src/contracts/record-validators.d.ts", generateRecordValidatorTypes());
files.set("src/contracts/reason-codes.ts", generateReasonCodes());
files.set("docs/reason-codes.md", generateReasonCodeDocs());
files.set("schemas/registry.json", toJsonText(generateRegistry(allKinds(schemas, kindsOf(schemas)))));
const pinned = new Map(
  [...schemas.keys()].map((stem) => {
    const path = `schemas/${fileOf(stem)}`;
    return [path, files.get(path) ?? readFileSync(new URL(fileOf(stem), schemaFolder), "utf8")] as const;
  }),
);
pinned.set("schemas/reason-codes.json", readFileSync(new URL("reason-codes.json", schemaFolder), "utf8"));
files.set("schemas/pins.json", toJsonText(generatePins(pinned)));

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

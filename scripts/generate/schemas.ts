import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";

/** A JSON Schema as it stands in a file: free JSON. */
export type Schema = { [key: string]: unknown };

export const schemaFolder = new URL("../../schemas/", import.meta.url);
const suffix = ".schema.json";

export const readJson = (name: string): unknown => JSON.parse(readFileSync(new URL(name, schemaFolder), "utf8"));

/** JSON text in the layout of the other files of the folder. */
export function toJsonText(value: unknown): string {
  const biome = createRequire(import.meta.url).resolve("@biomejs/biome/bin/biome");
  const args = [biome, "format", "--stdin-file-path=schemas/generated.schema.json"];
  const { status, stdout, stderr } = spawnSync(process.execPath, args, {
    cwd: fileURLToPath(new URL("../../", import.meta.url)),
    input: JSON.stringify(value, null, 2),
    encoding: "utf8",
  });
  if (status !== 0) throw new TypeError(`cannot format: ${stderr}`);
  return stdout;
}

export function isSchema(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function part(schema: Schema, key: string): Schema {
  const value = schema[key];
  if (!isSchema(value)) throw new TypeError(`"${key}" is not an object in ${JSON.stringify(schema).slice(0, 80)}`);
  return value;
}

/** Every schema by the stem of its file name, in alphabetical order. */
export function readSchemas(composed: ReadonlyMap<string, Schema>): Map<string, Schema> {
  const stems = readdirSync(schemaFolder)
    .filter((name) => name.endsWith(suffix))
    .map((name) => name.slice(0, -suffix.length));
  const all = new Map<string, Schema>();
  for (const stem of [...new Set([...stems, ...composed.keys()])].sort()) {
    const schema = composed.get(stem) ?? readJson(stem + suffix);
    if (!isSchema(schema)) throw new TypeError(`${stem}${suffix} is not an object`);
    all.set(stem, schema);
  }
  return all;
}

/** Kinds that have a module of validators of their own, so that the core does not grow by them. */
const apart = /^(golden|record)-/;

/** Whether a schema has its validator apart from the core. */
export const goldenOrRecord = (stem: string): boolean => apart.test(stem);

/** The kinds of values that the core can validate: schemas of whole objects, not those of parts. */
export function kindsOf(schemas: ReadonlyMap<string, Schema>): string[] {
  return [...schemas]
    .filter(([stem, schema]) => !apart.test(stem) && (schema.type === "object" || "oneOf" in schema))
    .map(([stem]) => stem);
}

export const fileOf = (stem: string): string => stem + suffix;

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

type Json = Record<string, unknown>;
const folder = new URL("../../schemas/", import.meta.url);
const files = readdirSync(folder).filter((file) => file.endsWith(".schema.json"));
const read = (file: string): Json => JSON.parse(readFileSync(new URL(file, folder), "utf8"));
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

const keywords = new Set([
  ...["$schema", "$id", "$defs", "$ref", "title", "description", "default", "type", "const", "enum", "oneOf"],
  ...["properties", "required", "additionalProperties", "propertyNames", "items", "minItems", "maxItems"],
  ...["minLength", "maxLength", "pattern", "minimum", "maximum"],
]);

/** Faults of a schema against the profile on which all tools agree. */
function faultsOf(schema: unknown, at: string, root: Json): string[] {
  if (!isObject(schema)) return [`${at}: not an object`];
  const faults: string[] = [];
  const add = (fault: string) => faults.push(`${at}: ${fault}`);
  for (const key of Object.keys(schema)) if (!keywords.has(key)) add(`keyword ${key}`);
  if (Array.isArray(schema.type)) add("type union");
  if (typeof schema.$ref === "string" && Object.keys(schema).some((key) => key !== "$ref" && key !== "description")) {
    add("keywords beside $ref");
  }
  if (schema.type === "string" && schema.enum === undefined && schema.maxLength === undefined && !schema.pattern) {
    add("text without a limit");
  }
  if (schema.type === "array" && schema.maxItems === undefined) add("array without a limit");
  if (schema.type === "array" && !isObject(schema.items)) add("array without items");
  if (schema.type === "integer" && (schema.minimum === undefined || schema.maximum === undefined)) {
    add("whole number without limits");
  }
  if (schema.type === "object" && schema.properties === undefined && schema.additionalProperties === undefined) {
    add("open object");
  }
  if (isObject(schema.properties)) {
    if (schema.additionalProperties !== false) add("additionalProperties is not false");
    const required = Array.isArray(schema.required) ? schema.required : [];
    for (const key of required) if (!Object.hasOwn(schema.properties, String(key))) add(`requires unknown ${key}`);
  }
  if (schema.oneOf !== undefined) faults.push(...unionFaults(schema, at, root));
  for (const [name, child] of children(schema)) faults.push(...faultsOf(child, `${at}/${name}`, root));
  for (const [name, definition] of Object.entries(isObject(schema.$defs) ? schema.$defs : {})) {
    if (!isObject(definition) || definition.title !== name) faults.push(`${at}/$defs/${name}: title is not its name`);
  }
  return faults;
}

function children(schema: Json): [string, unknown][] {
  const found: [string, unknown][] = [];
  for (const key of ["properties", "$defs"]) {
    if (isObject(schema[key]))
      found.push(...Object.entries(schema[key]).map(([n, s]): [string, unknown] => [`${key}/${n}`, s]));
  }
  if (schema.items !== undefined) found.push(["items", schema.items]);
  if (isObject(schema.additionalProperties)) found.push(["additionalProperties", schema.additionalProperties]);
  return found;
}

function unionFaults(schema: Json, at: string, root: Json): string[] {
  const branches = (Array.isArray(schema.oneOf) ? schema.oneOf : []).map((branch: Json) => {
    const name = String(branch.$ref).replace("#/$defs/", "");
    return isObject(root.$defs) ? root.$defs[name] : undefined;
  });
  if (schema.properties !== undefined) return [`${at}: properties beside oneOf`];
  if (!branches.every(isObject)) return [`${at}: a branch is not a definition of the file`];
  const tags = branches.map((branch) =>
    Object.entries(isObject(branch.properties) ? branch.properties : {})
      .filter(([key, value]) => isObject(value) && "const" in value && (branch.required as string[]).includes(key))
      .map(([key, value]) => `${key}=${(value as Json).const}`),
  );
  const faults = tags.some((tag) => tag.length !== 1) ? [`${at}: a branch has not one const tag`] : [];
  if (new Set(tags.map((tag) => tag[0]?.split("=")[0])).size !== 1) faults.push(`${at}: different tags`);
  if (new Set(tags.flat()).size !== branches.length) faults.push(`${at}: a tag twice`);
  return faults;
}

describe("profile of the schemas", () => {
  it.each(files)("%s keeps to it", (file) => {
    const schema = read(file);
    expect(faultsOf(schema, file, schema)).toEqual([]);
    expect(schema.$id).toBe(file);
    expect(schema.$schema).toBe("https://json-schema.org/draft/2020-12/schema");
    expect(typeof schema.title).toBe("string");
  });

  it("has one owner for each title", () => {
    const titles = files.flatMap((file) => {
      const schema = read(file);
      return [schema.title, ...Object.keys(isObject(schema.$defs) ? schema.$defs : {})];
    });
    expect(titles.filter((title, at) => titles.indexOf(title) !== at)).toEqual([]);
  });

  it.each([
    ["open object", { type: "object", properties: {} }],
    ["type union", { type: ["string", "number"] }],
    ["tuple", { type: "array", maxItems: 2, items: {}, prefixItems: [{}] }],
    ["if", { if: {} }],
    ["unevaluatedProperties", { unevaluatedProperties: false }],
    ["untitled definition", { $defs: { A: { type: "boolean" } } }],
    ["union without a tag", { oneOf: [{ $ref: "#/$defs/A" }], $defs: { A: { title: "A", type: "boolean" } } }],
  ])("is broken by: %s", (_name, schema) => {
    expect(faultsOf(schema, "", schema as Json)).not.toEqual([]);
  });
});

import { readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { z } from "zod";
import type { SchemaRegistryFile } from "../contracts/types.js";
import type { Violation } from "../contracts/violation.js";
import { RegraftError } from "../errors.js";
import { validateRecord } from "../ledger/records.js";
import { packageRoot } from "./package-root.js";
import { readInside } from "./path-guard.js";
import { ownCheck } from "./schema-kinds.js";
import { driftOf, type PinDrift, pinsOf, type SchemaPins } from "./schema-pins.js";

/** Kinds of documents with what lies in files about them. */
export interface SchemaSet {
  /** The directory that paths are relative to. */
  readonly root: string;
  readonly artifacts: SchemaRegistryFile["artifacts"];
  /** Path of the pins. */
  readonly pinsFile: string;
  /** The kinds of this package, whose checks are generated. */
  readonly isOwn: boolean;
}

/** What is wrong with a kind: a file that is missing or of another kind of file, or an example that its schema judges otherwise. */
export interface SchemaProblem {
  readonly kind: string;
  readonly path: string;
  readonly problem: string;
}

function textIn(root: string, path: string): string | undefined {
  try {
    return readInside(root, path);
  } catch {
    return undefined;
  }
}

function jsonIn(root: string, path: string): unknown {
  const text = textIn(root, path);
  if (text === undefined) {
    throw new RegraftError("CLI.FILE_NOT_FOUND", `${path} is not there`, { file: path, expected: "a plain file" });
  }
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    throw new RegraftError("CLI.BAD_JSON", `${path} is not JSON`, { file: path }, { cause: error });
  }
}

/**
 * Reads a registry.
 *
 * @param from - `file`: path of a registry of a host's own; `root`: where this package lies
 * @throws RegraftError `ARTIFACT.INVALID`, `CLI.FILE_NOT_FOUND`, `CLI.BAD_JSON`
 */
export function readSchemaSet({ file, root: own }: { readonly file?: string; readonly root?: string } = {}): SchemaSet {
  const isOwn = file === undefined;
  const root = isOwn ? (own ?? packageRoot()) : dirname(file);
  const path = isOwn ? "schemas/registry.json" : basename(file);
  const { artifacts } = validateRecord("record-schema-registry", jsonIn(root, path));
  for (const [kind, { schema, example, invalidExamples }] of Object.entries(artifacts)) {
    const outside = [schema, example, ...invalidExamples].find((one) => one.split("/").includes(".."));
    if (outside === undefined) continue;
    throw new RegraftError("ARTIFACT.INVALID", `${kind} names a file outside of its directory`, {
      path: `/artifacts/${kind}`,
      expected: "a path below the registry",
      received: outside,
    });
  }
  return { root, artifacts, isOwn, pinsFile: isOwn ? "schemas/pins.json" : "pins.json" };
}

function schemaCheck(schema: unknown): (value: unknown) => readonly Violation[] {
  const parsed = z.fromJSONSchema(schema as Parameters<typeof z.fromJSONSchema>[0]);
  return (value) => {
    const { error } = parsed.safeParse(value);
    return (error?.issues ?? []).map(({ path, message }) => ({
      path: path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join(""),
      expected: message,
      received: "something else",
    }));
  };
}

/**
 * The check of a kind: the generated one, or for kinds of hosts one that is made of their schema.
 *
 * @throws RegraftError `ARTIFACT.UNREGISTERED_KIND`; `SCHEMA.INVALID` for a schema that no check can be made of
 */
export function checkOf({ root, artifacts, isOwn }: SchemaSet, kind: string): (value: unknown) => readonly Violation[] {
  const known = Object.hasOwn(artifacts, kind) ? artifacts[kind] : undefined;
  const own = isOwn ? ownCheck(kind) : undefined;
  if (known !== undefined && own !== undefined) return own;
  if (known === undefined || isOwn) {
    throw new RegraftError("ARTIFACT.UNREGISTERED_KIND", `no kind of documents is called ${kind}`, {
      path: "--kind",
      expected: "a registered kind",
      received: kind,
    });
  }
  try {
    return schemaCheck(jsonIn(root, known.schema));
  } catch (error) {
    if (error instanceof RegraftError) throw error;
    const text = error instanceof Error ? error.message : String(error);
    throw new RegraftError("SCHEMA.INVALID", `the schema of ${kind} cannot be used: ${text}`, { file: known.schema });
  }
}

/** Files that a registry names and that are not there. */
export function gapsOf({ root, artifacts }: SchemaSet): readonly SchemaProblem[] {
  return Object.entries(artifacts).flatMap(([kind, { schema, example, invalidExamples }]) =>
    [schema, example, ...invalidExamples]
      .filter((path) => textIn(root, path) === undefined)
      .map((path) => ({ kind, path, problem: "missing" })),
  );
}

function judged(set: SchemaSet, kind: string, path: string, wanted: "valid" | "invalid"): SchemaProblem[] {
  if (textIn(set.root, path) === undefined) return [{ kind, path, problem: "missing" }];
  const [fault] = checkOf(set, kind)(jsonIn(set.root, path));
  if (wanted === "invalid") return fault === undefined ? [{ kind, path, problem: "is valid, but must not be" }] : [];
  if (fault === undefined) return [];
  return [{ kind, path, problem: `${fault.path}: expected ${fault.expected}, received ${fault.received}` }];
}

/** Data files of this package, with the kinds that they are of. */
const dataFiles: readonly (readonly [kind: string, path: string])[] = [
  ["reason-codes", "schemas/reason-codes.json"],
  ["record-schema-registry", "schemas/registry.json"],
  ["record-schema-pins", "schemas/pins.json"],
];

/** Judges every example, and the data files of this package: valid ones must be valid, invalid ones must not. */
export function problemsOf(set: SchemaSet): readonly SchemaProblem[] {
  const found = Object.entries(set.artifacts).flatMap(([kind, { schema, example, invalidExamples }]) => [
    ...(textIn(set.root, schema) === undefined ? [{ kind, path: schema, problem: "missing" }] : []),
    ...judged(set, kind, example, "valid"),
    ...invalidExamples.flatMap((path) => judged(set, kind, path, "invalid")),
  ]);
  if (!set.isOwn) return found;
  const known = new Set(["schemas/registry.json", ...dataFiles.map(([, path]) => path)]);
  const strays = readdirSync(join(set.root, "schemas")).filter(
    (name) => !name.endsWith(".schema.json") && !known.has(`schemas/${name}`),
  );
  return [
    ...found,
    ...dataFiles.flatMap(([kind, path]) => judged(set, kind, path, "valid")),
    ...strays.map((name) => ({ kind: "none", path: `schemas/${name}`, problem: "has no schema" })),
  ];
}

/** The files that are pinned: the schemas of all kinds and, in this package, those of their parts and the catalogue. */
function pinnedFiles({ root, artifacts, isOwn }: SchemaSet): Map<string, string> {
  const paths = isOwn
    ? readdirSync(join(root, "schemas"))
        .filter((name) => name.endsWith(".schema.json") || name === "reason-codes.json")
        .map((name) => `schemas/${name}`)
    : [...new Set(Object.values(artifacts).map(({ schema }) => schema))];
  return new Map(
    paths.flatMap((path) => {
      const text = textIn(root, path);
      return text === undefined ? [] : [[path, text] as const];
    }),
  );
}

/** Pins the schemas as they are now. */
export function pinSchemas(set: SchemaSet): SchemaPins {
  return pinsOf(pinnedFiles(set));
}

/**
 * How the schemas differ from their pins.
 *
 * @throws RegraftError `CLI.FILE_NOT_FOUND` without pins, `CLI.BAD_JSON`, `ARTIFACT.INVALID`
 */
export function pinDrift(set: SchemaSet): readonly PinDrift[] {
  const pins = validateRecord("record-schema-pins", jsonIn(set.root, set.pinsFile));
  return driftOf(pinnedFiles(set), pins);
}

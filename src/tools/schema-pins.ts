import { sha256Hex } from "../hash/sha256.js";

/** Digests of schemas, and one over all of them: what was read and agreed on. */
export interface SchemaPins {
  readonly algorithm: "sha256";
  readonly framing: "length-prefixed";
  /** By path, sorted. */
  readonly schemas: Readonly<Record<string, string>>;
  readonly root: string;
}

/** How the schemas differ from their pins. */
export interface PinDrift {
  readonly path: string;
  readonly problem: "changed" | "not pinned" | "missing" | "pin edited";
}

/** Each part is preceded by its length, so that no two lists of parts give the same text. */
function framed(parts: readonly string[]): string {
  return parts.map((part) => `${part.length}:${part}`).join("");
}

function rootOf(schemas: Readonly<Record<string, string>>): string {
  const paths = Object.keys(schemas).sort();
  return `sha256:${sha256Hex(framed(paths.flatMap((path) => [path, schemas[path] ?? ""])))}`;
}

/** Pins files by their paths and texts. Path and text are framed with their lengths in UTF-16 code units. */
export function pinsOf(files: ReadonlyMap<string, string>): SchemaPins {
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const schemas = Object.fromEntries(sorted.map(([path, text]) => [path, `sha256:${sha256Hex(framed([path, text]))}`]));
  return { algorithm: "sha256", framing: "length-prefixed", schemas, root: rootOf(schemas) };
}

/** How files differ from their pins, and whether the pins themselves were edited; sorted by path, empty if nothing did. */
export function driftOf(files: ReadonlyMap<string, string>, pins: SchemaPins): readonly PinDrift[] {
  const now = pinsOf(files).schemas;
  const found: PinDrift[] = [];
  for (const path of [...new Set([...Object.keys(now), ...Object.keys(pins.schemas)])].sort()) {
    const [is, was] = [now[path], pins.schemas[path]];
    if (was === undefined) found.push({ path, problem: "not pinned" });
    else if (is === undefined) found.push({ path, problem: "missing" });
    else if (is !== was) found.push({ path, problem: "changed" });
  }
  return rootOf(pins.schemas) === pins.root ? found : [...found, { path: "root", problem: "pin edited" }];
}

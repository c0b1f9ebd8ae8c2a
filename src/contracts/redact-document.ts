import { nameKind } from "./redact-names.js";
import { type SecretKind, secretsIn } from "./redact-text.js";

/** Where a document shows a secret. */
export interface SecretPlace {
  /** JSON pointer into the document. */
  readonly path: string;
  readonly kind: SecretKind;
}

/** Members that hold an expression: `has(token) ? token : "none"` is no secret. */
const expressions: ReadonlySet<string> = new Set(["condition", "skipWhen", "when", "expression"]);

/** Members in which names are the author's own words. */
const free: ReadonlySet<string> = new Set(["metadata"]);

interface Place {
  readonly value: unknown;
  readonly name: string;
  readonly isFree: boolean;
  readonly above: Place | undefined;
}

/**
 * The first secret in a document that is kept as it is. Finds what no text of a flow has any other reason to hold: keys, tokens and
 * passwords in their own forms, and values that look like one under the name of one. Names of members count inside `metadata` only:
 * elsewhere they may be those of steps and fields. O(size).
 */
export function secretIn(document: unknown): SecretPlace | undefined {
  const open: Place[] = [{ value: document, name: "", isFree: false, above: undefined }];
  for (let place = open.pop(); place !== undefined; place = open.pop()) {
    const kind = kindIn(place);
    if (kind !== undefined) return { path: pathOf(place), kind };
    const { value } = place;
    if (typeof value !== "object" || value === null) continue;
    for (const [name, member] of Object.entries(value)) {
      if (secretsIn(name).some(({ certain }) => certain))
        return { path: pathOf(place), kind: "a value under the name of a secret" };
      if (typeof member === "string" || (typeof member === "object" && member !== null)) {
        open.push({ value: member, name, isFree: place.isFree || free.has(name), above: place });
      }
    }
  }
  return undefined;
}

function kindIn({ value, name, isFree }: Place): SecretKind | undefined {
  if (typeof value !== "string" || value === "") return undefined;
  const named = "a value under the name of a secret";
  if (isFree && nameKind(name) !== "plain") return named;
  return secretsIn(value).find(({ kind, certain }) => certain && (kind !== named || !expressions.has(name)))?.kind;
}

function pathOf(place: Place): string {
  const keys: string[] = [];
  for (let at: Place | undefined = place; at?.above !== undefined; at = at.above) keys.unshift(at.name);
  return keys.map((key) => `/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

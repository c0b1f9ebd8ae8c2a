import type { Step } from "../contracts/types.js";
import { escapeNormal, isPlain, normalise, quote } from "../hash/canonical-json.js";
import { sha256Hex } from "../hash/sha256.js";

/**
 * Version of the recipe, in front of every stored hash. A change of what is hashed or how needs a new one: hashes of sessions and
 * plans are kept for weeks.
 */
export const hashRecipe = "r1";

/** What a step means, in the form that is hashed: strings in normal form C, sets sorted and unique, nothing absent. */
export interface ContentParts {
  readonly checkpoint: boolean;
  readonly checkpointDescription: string;
  readonly collects: readonly string[];
  readonly description: string;
  readonly requiredAction: boolean;
  readonly rules: readonly string[];
  readonly skipWhen: string;
  /** The intent if there is one, else the name. */
  readonly title: string;
  readonly tools: readonly string[];
}

/**
 * The parts of a step that its content hash covers. Never its id, its place or its metadata.
 *
 * What is absent has the value that stands for it: empty text, empty set, `false`.
 *
 * @example
 * contentParts({ id: "a", name: "Ask", collects: ["mail", "mail"] }).collects; // ["mail"]
 */
export function contentParts(step: Step): ContentParts {
  return {
    checkpoint: step.checkpoint === true,
    checkpointDescription: normalise(step.checkpointDescription ?? ""),
    collects: canonicalSet(step.collects),
    description: normalise(step.description ?? ""),
    requiredAction: step.requiredAction === true,
    rules: canonicalSet(step.rules),
    skipWhen: normalise(step.skipWhen ?? ""),
    title: normalise(titleOf(step)),
    tools: canonicalSet(step.tools),
  };
}

/** The RFC 8785 text that is hashed: the canonical JSON of `contentParts`, written with a fixed order of keys. */
export function contentText(step: Step): string {
  const head = step.checkpoint === true ? '{"checkpoint":true' : '{"checkpoint":false';
  const action =
    step.requiredAction === true ? '","requiredAction":true,"rules":' : '","requiredAction":false,"rules":';
  // Few pieces, because joining and flattening them costs more than looking at their characters.
  return (
    `${head},"checkpointDescription":"${escapeNormal(step.checkpointDescription ?? "")}","collects":${setText(step.collects)}` +
    `,"description":"${escapeNormal(step.description ?? "")}${action}${setText(step.rules)}` +
    `,"skipWhen":"${escapeNormal(step.skipWhen ?? "")}","title":"${escapeNormal(titleOf(step))}","tools":${setText(step.tools)}}`
  );
}

/**
 * The hash of what a step means: `r1:` and the SHA-256 of its canonical content as 64 hex digits.
 *
 * Covers intent (else name), description, rules, collected fields, tools, `skipWhen`, checkpoint flag and text, and the required
 * action flag. Strings count in normal form C, sets without order and repetition, and what is absent like what is empty. The id,
 * the place in the graph and `metadata` never count.
 *
 * @throws RegraftError `INPUT.INVALID` if a text has an unpaired surrogate
 *
 * @remarks Anybody can check it: SHA-256 over the RFC 8785 text of `contentParts`. The bytes are frozen; a recipe with
 * other bytes has another prefix.
 *
 * @example
 * contentHash({ id: "a", name: "Ask" }) === contentHash({ id: "b", name: "Ask", collects: [] }); // true
 *
 * @since 0.1.0
 * @public
 */
export function contentHash(step: Step): string {
  return `${hashRecipe}:${sha256Hex(contentText(step))}`;
}

/** A set of strings in the form that is hashed: normal form C, sorted by UTF-16 code units, without repetition. */
export function canonicalSet(values: readonly string[] | undefined): readonly string[] {
  if (values === undefined || values.length === 0) return [];
  const sorted: string[] = [];
  for (const value of values) insert(sorted, normalise(value));
  return sorted;
}

/** Few values, mostly in order already: insertion from the end beats a sort. Long lists are searched by halves. */
function insert(sorted: string[], value: string): void {
  let low = 0;
  let high = sorted.length;
  const last = sorted[high - 1];
  if (last === undefined || last < value) {
    sorted.push(value);
    return;
  }
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? "") < value) low = middle + 1;
    else high = middle;
  }
  if (sorted[low] !== value) sorted.splice(low, 0, value);
}

/** {@link canonicalSet} as RFC 8785 writes it. */
export function setText(values: readonly string[] | undefined): string {
  if (values === undefined || values.length === 0) return "[]";
  if (!values.every(isPlain)) return `[${canonicalSet(values).map(quote).join(",")}]`;
  const sorted: string[] = [];
  for (const value of values) insert(sorted, value);
  return `["${sorted.join('","')}"]`;
}

function titleOf(step: Step): string {
  return step.intent || step.name || "";
}

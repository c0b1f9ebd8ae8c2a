import type { Field, Scenario, Transition } from "../contracts/types.js";
import { canonicalJson, normalise, quoteNormal } from "../hash/canonical-json.js";
import { sha256Hex } from "../hash/sha256.js";
import { canonicalSet, contentHash, hashRecipe, setText } from "./content-hash.js";
import { inEvaluationOrder, priorityOf } from "./ways-order.js";

/**
 * The checksum that proves a version: `r1:` and the SHA-256 of its canonical form as 64 hex digits.
 *
 * Covers the scenario's id, the ids and content hashes of its steps, the entry, the field definitions, and the transitions with
 * condition, conditionText, fields, else and priority. The order of steps, of fields, and of transitions does not count, except
 * among transitions of one step with equal priority. The version number, names, descriptions of the scenario and all metadata
 * are outside.
 *
 * @throws RegraftError `INPUT.INVALID` if a text has an unpaired surrogate
 *
 * @remarks O(n log n). For a compiled scenario read `compile(s).checksum`, which is made once.
 *
 * @example
 * scenarioChecksum(v1) === scenarioChecksum({ ...v1, version: 7, metadata: { x: 1 } }); // true
 *
 * @since 0.1.0
 * @public
 */
export function scenarioChecksum(scenario: Scenario): string {
  return checksumFrom(scenario, scenario.steps.map(contentHash));
}

/** {@link scenarioChecksum} for a caller that has the content hashes of the steps already, in the order of the steps. */
export function checksumFrom(scenario: Scenario, hashes: readonly string[]): string {
  return `${hashRecipe}:${sha256Hex(checksumText(scenario, hashes))}`;
}

/**
 * The RFC 8785 text that a checksum hashes, written with a fixed order of keys: entry, fields, id, steps (hash and id) and
 * transitions (from, and its ways in the order of evaluation).
 */
export function checksumText(scenario: Scenario, hashes: readonly string[]): string {
  const steps = sortedBy(
    scenario.steps.map((step, at) => ({ id: step.id, hash: hashes[at] ?? contentHash(step) })),
    (step) => step.id,
  );
  const fields = sortedBy(scenario.fields ?? [], (field) => field.name).map(canonicalField);
  return (
    `{"entry":${quoteNormal(scenario.entry)},"fields":${canonicalJson(fields, { nfc: true })},"id":${quoteNormal(scenario.id)}` +
    `,"steps":[${steps.map(({ id, hash }) => `{"hash":"${hash}","id":${quoteNormal(id)}}`).join(",")}]` +
    `,"transitions":[${waysTexts(scenario.transitions).join(",")}]}`
  );
}

function waysTexts(transitions: readonly Transition[]): string[] {
  const byStep = new Map<string, { index: number; transition: Transition }[]>();
  transitions.forEach((transition, index) => {
    const out = byStep.get(transition.from);
    if (out === undefined) byStep.set(transition.from, [{ index, transition }]);
    else out.push({ index, transition });
  });
  return sortedBy([...byStep], ([from]) => from).map(([from, out]) => {
    const ways = inEvaluationOrder(out).map(({ transition }) => wayText(transition));
    return `{"from":${quoteNormal(from)},"ways":[${ways.join(",")}]}`;
  });
}

function wayText(way: Transition): string {
  return (
    `{"condition":${quoteNormal(way.condition ?? "")},"conditionText":${quoteNormal(way.conditionText ?? "")}` +
    `,"else":${way.else === true},"fields":${setText(way.fields)}` +
    `,"priority":${priorityOf(way)},"to":${quoteNormal(way.to)}}`
  );
}

function canonicalField(field: Field) {
  return {
    askPrompt: field.askPrompt ?? "",
    displayName: field.displayName ?? "",
    examples: canonicalSet(field.examples),
    expiresAfterMs: field.expiresAfterMs ?? null,
    extractionHint: field.extractionHint ?? "",
    max: field.max ?? null,
    min: field.min ?? null,
    name: field.name,
    pattern: field.pattern ?? "",
    sensitive: field.sensitive === true,
    source: field.source ?? "person",
    type: field.type,
    values: sortedBy(field.values ?? [], ({ value }) => value).map(({ value, synonyms }) => ({
      synonyms: canonicalSet(synonyms),
      value,
    })),
  };
}

/** Sorted by a text in normal form C, so that both forms of a text give one order. */
function sortedBy<T>(items: readonly T[], textOf: (item: T) => string): T[] {
  return items
    .map((item) => ({ item, text: normalise(textOf(item)) }))
    .sort((a, b) => (a.text < b.text ? -1 : a.text > b.text ? 1 : 0))
    .map(({ item }) => item);
}

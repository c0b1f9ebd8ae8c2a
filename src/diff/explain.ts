import type { CompiledScenario } from "../scenario/compile.js";
import type { Matching, StepMatch } from "./matching.js";

const EVIDENCE: Readonly<Record<StepMatch["evidence"], string>> = {
  mapping: "mapped by the plan",
  hash_id: "same content and same id",
  hash_neighbourhood: "same content, told apart from its twins by its neighbours",
  hash_unique: "same content, which stands only once in each version",
  same_id: "same id",
  similar: "reads alike in a like place",
  chain: "followed through the versions in between",
};

const WAITS: Readonly<Partial<Record<StepMatch["relation"], string>>> = {
  proposed: "; no image until the plan maps it",
  suggested: "; no image, only a hint for a mapping",
};

/**
 * Says of every step of two versions why it has a match or why it has none, one sentence each.
 *
 * In this order: the pairs; the proposals and suggestions, which give nobody an image; the old steps that stay open between
 * equal steps, with their candidates; the other old steps without an image; the new steps that no old step is paired with.
 *
 * @param m - the matching of a diff
 *
 * @remarks Pure. O(V) for the lines, and the suggestions are made if they were not yet.
 *
 * @example
 * const step = (id: string, name: string) => ({ id, name });
 * const v1 = defineScenario({ id: "loan", version: 1, entry: "a", steps: [step("a", "Hello")], transitions: [] });
 * const v2 = defineScenario({ id: "loan", version: 2, entry: "b", steps: [step("b", "Hello")], transitions: [] });
 * const [line] = explainMatching(diffScenarios(v1, v2).matching);
 * line; // "a -> b (content): same content, which stands only once in each version"
 *
 * @since 0.1.0
 * @public
 */
export function explainMatching(m: Matching): string[] {
  const told = new Set([...m.proposed, ...m.suggested].map((pair) => pair.from));
  const olds = [...m.from.steps.keys()].filter((s) => !m.imageOf[s] && !m.ambiguous.has(s) && !told.has(s));
  const shown = new Set([...m.proposed, ...m.suggested].map((pair) => pair.to));
  const news = [...m.to.steps.keys()].filter(
    (s) => m.preimagesOf[s]?.length === 0 && !m.contested.has(s) && !shown.has(s),
  );
  return [
    ...[...m.pairs, ...m.proposed, ...m.suggested].map((pair) => pairLine(m, pair)),
    ...[...m.ambiguous].map(([old, now]) => openLine(m, old, now)),
    ...olds.map((old) => `${idOf(m.from, old)} -> nothing (removed): ${whyGone(m, old)}`),
    ...news.map((now) => `nothing -> ${idOf(m.to, now)} (inserted): ${whyNew(m, now)}`),
  ];
}

function pairLine(m: Matching, pair: StepMatch): string {
  const differs = pair.changed.length > 0 ? `; differs in ${pair.changed.join(", ")}` : "";
  const asks = pair.addedFields.length > 0 ? `; collects ${pair.addedFields.join(", ")} in addition` : "";
  const shared = m.preimagesOf[pair.to]?.length ?? 0;
  const merged = shared > 1 ? `; one of ${shared} steps that became this one` : "";
  const waits = WAITS[pair.relation] ?? "";
  return `${idOf(m.from, pair.from)} -> ${idOf(m.to, pair.to)} (${pair.relation}): ${EVIDENCE[pair.evidence]}${differs}${asks}${merged}${waits}`;
}

function openLine(m: Matching, old: number, candidates: readonly number[]): string {
  const ids = candidates.map((step) => idOf(m.to, step)).join(", ");
  const areEqual = candidates.every((step) => m.to.hashes[step] === m.from.hashes[old]);
  const why = areEqual ? `equal steps ${ids}, which nothing tells apart for certain` : `evidence for ${ids}`;
  return `${idOf(m.from, old)} -> ? (ambiguous): ${why}`;
}

function whyGone(m: Matching, old: number): string {
  const equal = m.to.byHash.get(m.from.hashes[old] ?? "") ?? [];
  const content = equal.length === 0 ? "no step has its content" : "every step of equal content has another match";
  const now = m.to.index.get(idOf(m.from, old));
  if (now === undefined) return `${content}, none has its id`;
  const other = m.preimagesOf[now]?.find((pair) => pair.from !== old);
  return other === undefined
    ? `${content}, and its id now names a step that is claimed by equal ones`
    : `${content}, and its id now names what was ${idOf(m.from, other.from)}`;
}

function whyNew(m: Matching, now: number): string {
  const equal = m.from.byHash.get(m.to.hashes[now] ?? "") ?? [];
  const content =
    equal.length === 0 ? "no old step has its content" : "every old step of equal content has another match";
  const old = m.from.index.get(idOf(m.to, now));
  return old === undefined ? `${content}, none has its id` : `${content}, and the old step of its id went elsewhere`;
}

function idOf(c: CompiledScenario, step: number): string {
  return c.steps[step]?.id ?? "";
}

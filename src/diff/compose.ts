import type { AmbiguousStep, StepPair, VersionRef } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { deepFreeze } from "../hash/freeze.js";

/** What of a map says which step became which: every transformation map is one, and so is every composed map. */
export interface StepMap {
  readonly from: VersionRef;
  readonly to: VersionRef;
  readonly pairs: readonly StepPair[];
  readonly ambiguous: readonly AmbiguousStep[];
  /** Whether an edited effect is still the same one, by old step id; absent where nobody has said. */
  readonly effects?: Readonly<Record<string, "same" | "other">>;
}

/** The relation of a composed pair is the weakest link, except that a mapping stays one and nothing crosses a proposed pair. */
const RANK = { content: 0, edited: 1, lineage: 2, explicit: 3, proposed: 4, suggested: 5 } as const;

/**
 * Joins the maps of consecutive versions into one from the first version to the last. Needs no graph, so it also serves where
 * versions are gone.
 *
 * A composed pair has the relation `content` exactly where every hop kept the content; it then is the pair of the direct diff for
 * all content that stands once in both ends. Explicit pairs compose with the pairs of other hops and stay explicit. Steps that edits
 * connect keep the relation `edited`, with the evidence `chain` where several hops edited them; what a hop only proposed
 * stays proposed. `changed` and `addedFields` collect what the hops changed: an upper bound, since a later hop may have undone it.
 * An effect is the same only if every hop said so. A step that one hop removed is gone, also if a later hop brought it back:
 * a `StepTrace` finds it again by its content.
 *
 * Laws: composing with the map of a version and itself changes nothing, besides what pairs of equal content rest on; composing is
 * associative.
 *
 * @param maps - V1->V2, V2->V3, ... in order, at least one
 * @returns a frozen map, ordered by the old step ids
 * @throws RegraftError `INPUT.INVALID` when a map does not start where the one before it ends
 *
 * @remarks Pure. O(pairs of all maps).
 *
 * @example
 * const [one, two] = [diffScenarios(v1, v2).map, diffScenarios(v2, v3).map];
 * composeMaps([one, two]).pairs; // steps of v1 with their steps of v3
 *
 * @since 0.1.0
 * @public
 */
export function composeMaps(maps: readonly [StepMap, ...StepMap[]]): StepMap {
  const [first, ...rest] = maps;
  return deepFreeze(rest.reduce(join, tidy(first)));
}

/** Only pairs that mean something to a session, with an answer about the effect where there is one. */
function tidy(map: StepMap): StepMap {
  const pairs = map.pairs.filter((pair) => pair.relation !== "suggested").map((pair) => ({ ...pair }));
  const ambiguous = map.ambiguous.map(({ from, candidates }) => ({ from, candidates: [...candidates].sort() }));
  return { from: map.from, to: map.to, pairs: inOrder(pairs), ambiguous: inOrder(ambiguous), effects: effectsOf(map) };
}

function join(before: StepMap, after: StepMap): StepMap {
  if (before.to.version !== after.from.version || before.to.checksum !== after.from.checksum) {
    throw new RegraftError("INPUT.INVALID", "a map does not start where the one before it ends", {
      expected: `version ${before.to.version} ${before.to.checksum}`,
      received: `version ${after.from.version} ${after.from.checksum}`,
    });
  }
  const next = tidy(after);
  const pairAt = new Map(next.pairs.map((pair) => [pair.from, pair]));
  const twinsAt = new Map(next.ambiguous.map(({ from, candidates }) => [from, candidates]));
  const [said, nextSaid] = [before.effects ?? {}, next.effects ?? {}];
  const pairs: StepPair[] = [];
  const ambiguous: AmbiguousStep[] = [];
  const effects: Record<string, "same" | "other"> = Object.create(null) as Record<string, "same" | "other">;
  /** Where a step goes on: several steps where twins stay open, none where one of them may be gone. */
  const onward = (step: string): readonly string[] => {
    const pair = pairAt.get(step);
    if (pair !== undefined) return pair.relation === "content" ? [pair.to] : [];
    return twinsAt.get(step) ?? [];
  };
  for (const pair of before.pairs) {
    const later = pairAt.get(pair.to);
    if (later !== undefined) {
      pairs.push(through(pair, later));
      if (pair.changed.length === 0 && later.changed.length === 0) continue;
      const effect = weaker(effectAt(said, pair), effectAt(nextSaid, later));
      if (effect !== undefined) effects[pair.from] = effect;
    } else {
      const candidates = pair.relation === "content" ? onward(pair.to) : [];
      if (candidates.length > 0) ambiguous.push({ from: pair.from, candidates: [...candidates].sort() });
    }
  }
  for (const { from, candidates } of before.ambiguous) {
    const lists = candidates.map(onward);
    const all = [...new Set(lists.flat())].sort();
    if (lists.every((list) => list.length > 0)) ambiguous.push({ from, candidates: all });
  }
  return { from: before.from, to: next.to, pairs, ambiguous: inOrder(ambiguous), effects };
}

function inOrder<T extends { readonly from: string }>(list: readonly T[]): T[] {
  return [...list].sort((a, b) => (a.from < b.from ? -1 : 1));
}

function through(pair: StepPair, later: StepPair): StepPair {
  const relation = RANK[later.relation] > RANK[pair.relation] ? later.relation : pair.relation;
  const changes = [pair, later].filter((one) => one.relation !== "content");
  const [only, other] = changes;
  return {
    from: pair.from,
    to: later.to,
    relation,
    evidence: only === undefined ? contentEvidence(pair, later) : other === undefined ? only.evidence : "chain",
    changed: union(pair.changed, later.changed),
    addedFields: union(pair.addedFields, later.addedFields),
  };
}

/** Where one hop needed more than equal ids to pair equal content, that is what the pair rests on. */
function contentEvidence(pair: StepPair, later: StepPair): StepPair["evidence"] {
  if (later.evidence === "hash_id") return pair.evidence;
  return pair.evidence === "hash_id" || pair.evidence < later.evidence ? later.evidence : pair.evidence;
}

function union(a: readonly string[], b: readonly string[]): string[] {
  return [...new Set([...a, ...b])].sort();
}

function effectsOf(map: StepMap): Record<string, "same" | "other"> {
  const effects: Record<string, "same" | "other"> = Object.create(null) as Record<string, "same" | "other">;
  for (const pair of map.pairs) {
    if (pair.relation === "suggested" || pair.changed.length === 0) continue;
    const classChanged = pair.changed.includes("checkpoint") || pair.changed.includes("requiredAction");
    const answer = map.effects?.[pair.from] ?? (pair.relation === "explicit" ? "same" : undefined);
    if (answer !== undefined) effects[pair.from] = classChanged ? "other" : answer;
  }
  return effects;
}

function effectAt(effects: NonNullable<StepMap["effects"]>, pair: StepPair): "same" | "other" | undefined {
  return pair.changed.length === 0 ? "same" : effects[pair.from];
}

function weaker(a: "same" | "other" | undefined, b: "same" | "other" | undefined): "same" | "other" | undefined {
  if (a === "other" || b === "other") return "other";
  return a === undefined || b === undefined ? undefined : "same";
}

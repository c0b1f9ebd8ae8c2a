import type { CompiledScenario } from "../scenario/compile.js";
import { RegraftError } from "../errors.js";
import { addedFields, changedParts, effectClass, isTextEdit } from "./pair.js";
import { indexMatching, type Matching, type PairEvidence, type PairRelation, type StepMatch } from "./matching.js";
import { suggestPairs } from "./similar.js";
import { settleTwins, type TwinGroup } from "./twins.js";

/** Answers that only an operator or a chain of versions can give. */
export interface MatchOptions {
  /** Explicit pairs, old step id -> new step id. They override the automatic ones. */
  readonly mapping?: Readonly<Record<string, string>>;
  /** For steps with an effect whose text was edited: is it still the same effect? By old step id. */
  readonly effects?: Readonly<Record<string, "same" | "other">>;
  /** Pairs found by following a step through the versions in between, old step id -> new step id. */
  readonly lineage?: Readonly<Record<string, string>>;
}

/**
 * Pairs the steps of two versions by evidence.
 *
 * In this order: explicit mapping; equal content with equal id or neighbourhood; equal content, unique in both versions;
 * same id with edited text or fields; same id with a changed effect, rules or tools (proposed, no image); lineage. Equal steps
 * that nothing tells apart stay ambiguous.
 *
 * @throws RegraftError `PLAN.MAPPING_INVALID` when the mapping names a step that does not exist
 * @remarks Pure. O(V + E) apart from groups of equal steps, which are compared pairwise up to 4096 combinations.
 */
export function matchSteps(from: CompiledScenario, to: CompiledScenario, options: MatchOptions = {}): Matching {
  const images = new Map<number, StepMatch>();
  const effects = options.effects ?? {};
  const pair = (old: number, now: number, relation: PairRelation, evidence: PairEvidence): StepMatch =>
    describe(from, to, old, now, relation, evidence, effects);

  for (const [old, now] of explicitPairs(from, to, options.mapping ?? {})) {
    images.set(old, pair(old, now, "explicit", "mapping"));
  }
  const taken = new Set<number>();
  const groups: TwinGroup[] = [];
  const settled = new Map<number, number>();
  for (const [hash, olds] of from.byHash) {
    const left = olds.filter((step) => !images.has(step));
    const right = to.byHash.get(hash) ?? [];
    const [old, now] = [left[0], right[0]];
    if (old === undefined || now === undefined) continue;
    if (olds.length === 1 && right.length === 1) {
      images.set(old, pair(old, now, "content", sameId(from, to, old, now) ? "hash_id" : "hash_unique"));
      taken.add(now);
      settled.set(old, now);
    } else groups.push({ from: left, to: right });
  }
  for (const twin of settleTwins(from, to, groups, settled)) {
    images.set(twin.from, pair(twin.from, twin.to, "content", twin.evidence));
    taken.add(twin.to);
  }
  const ambiguous = new Map<number, readonly number[]>();
  const contested = new Set<number>();
  for (const group of groups) {
    const candidates = group.to.filter((step) => !taken.has(step));
    if (candidates.length === 0) continue;
    for (const step of group.from.filter((old) => !images.has(old))) {
      ambiguous.set(step, candidates);
      for (const candidate of candidates) contested.add(candidate);
    }
  }
  const proposed = pairSameIds(from, to, { images, taken, contested, ambiguous }, pair);
  addLineage(from, to, options.lineage ?? {}, { images, taken, contested, ambiguous }, pair);

  const pairs = [...images.values()].sort((a, b) => a.from - b.from || a.to - b.to);
  const lists = { pairs, proposed, suggested: [] as StepMatch[], ambiguous };
  const suggested = suggestPairs(indexMatching(from, to, lists), pair);
  return indexMatching(from, to, { ...lists, suggested });
}

interface Found {
  readonly images: Map<number, StepMatch>;
  readonly taken: Set<number>;
  readonly contested: Set<number>;
  readonly ambiguous: Map<number, readonly number[]>;
}

type MakePair = (old: number, now: number, relation: PairRelation, evidence: PairEvidence) => StepMatch;

function pairSameIds(from: CompiledScenario, to: CompiledScenario, found: Found, pair: MakePair): StepMatch[] {
  const proposed: StepMatch[] = [];
  from.steps.forEach((step, old) => {
    const now = to.index.get(step.id);
    if (now === undefined || found.images.has(old) || found.ambiguous.has(old)) return;
    if (found.taken.has(now) || found.contested.has(now)) return;
    const candidate = pair(old, now, "edited", "same_id");
    if (isTextEdit(candidate.changed)) {
      found.images.set(old, candidate);
      found.taken.add(now);
    } else proposed.push({ ...candidate, relation: "proposed", effect: false });
  });
  return proposed;
}

/** Lineage never overrides equal content; where it contradicts another pair, both stay candidates. */
function addLineage(
  from: CompiledScenario,
  to: CompiledScenario,
  lineage: Readonly<Record<string, string>>,
  found: Found,
  pair: MakePair,
): void {
  for (const [oldId, newId] of Object.entries(lineage)) {
    const [old, now] = [from.index.get(oldId), to.index.get(newId)];
    if (old === undefined || now === undefined) continue;
    const image = found.images.get(old);
    if (image?.to === now || image?.relation === "content" || image?.relation === "explicit") continue;
    if (image !== undefined) {
      found.images.delete(old);
      found.ambiguous.set(old, [image.to, now]);
      continue;
    }
    if (found.ambiguous.has(old) || found.taken.has(now)) continue;
    found.images.set(old, pair(old, now, "lineage", "chain"));
  }
}

function* explicitPairs(from: CompiledScenario, to: CompiledScenario, mapping: Readonly<Record<string, string>>) {
  for (const [oldId, newId] of Object.entries(mapping)) {
    const [old, now] = [from.index.get(oldId), to.index.get(newId)];
    if (old === undefined || now === undefined) {
      const side = old === undefined ? from : to;
      throw new RegraftError("PLAN.MAPPING_INVALID", `mapping names a step that version ${side.scenario.version} lacks`, {
        path: `/mapping/${oldId}`,
        expected: `a step of version ${side.scenario.version}`,
        received: old === undefined ? oldId : newId,
      });
    }
    yield [old, now] as const;
  }
}

function describe(
  from: CompiledScenario,
  to: CompiledScenario,
  old: number,
  now: number,
  relation: PairRelation,
  evidence: PairEvidence,
  effects: Readonly<Record<string, "same" | "other">>,
): StepMatch {
  const [before, after] = [from.steps[old], to.steps[now]];
  if (before === undefined || after === undefined) throw new RegraftError("INTERNAL.BUG", "a pair names no step");
  const equal = from.hashes[old] === to.hashes[now];
  const sameClass = effectClass(before) === effectClass(after);
  const answer = effects[before.id];
  const mapped = answer !== "other" && (relation === "explicit" || answer === "same");
  const effect = sameClass && (equal || mapped);
  return {
    from: old,
    to: now,
    relation,
    evidence,
    changed: equal ? [] : changedParts(before, after),
    addedFields: equal ? [] : addedFields(before, after),
    effect,
    answered: equal || relation === "explicit" || answer !== undefined,
  };
}

function sameId(from: CompiledScenario, to: CompiledScenario, old: number, now: number): boolean {
  return from.steps[old]?.id === to.steps[now]?.id;
}

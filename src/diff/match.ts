import { RegraftError } from "../errors.js";
import type { CompiledScenario } from "../scenario/compile.js";
import { isCorroborated } from "./corroborate.js";
import { indexMatching, type Matching, type PairEvidence, type PairRelation, type StepMatch } from "./matching.js";
import { addedFields, changedParts, effectClass, isTextEdit } from "./pair.js";
import { suggestPairs } from "./similar.js";
import { stepFlagsOf } from "./step-flags.js";
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
 * that nothing tells apart stay ambiguous. Once an id is seen on other content than before, ids alone prove nothing.
 *
 * @throws RegraftError `PLAN.MAPPING_INVALID` when the mapping names a step that does not exist
 * @remarks Pure. O(V + E) apart from groups of equal steps, which are compared pairwise up to 4096 combinations.
 */
export function matchSteps(from: CompiledScenario, to: CompiledScenario, options: MatchOptions = {}): Matching {
  const effects = options.effects ?? {};
  const pair: MakePair = (old, now, relation, evidence) => describe(from, to, old, now, relation, evidence, effects);
  const found: Found = {
    images: new Array<StepMatch | undefined>(from.size).fill(undefined),
    taken: new Uint8Array(to.size),
    contested: new Set(),
    ambiguous: new Map(),
    conflicts: new Map(),
    idsReused: false,
  };
  for (const [old, now] of explicitPairs(from, to, options.mapping ?? {})) {
    found.images[old] = pair(old, now, "explicit", "mapping");
  }
  const twins = pairUnique(from, to, found, pair);
  pairTwins(from, to, twins, found, pair);
  const proposed = pairSameIds(from, to, found, pair);
  addLineage(from, to, options.lineage ?? {}, found, pair);

  const matching = indexMatching(from, to, {
    imageOf: found.images,
    proposed,
    ambiguous: found.ambiguous,
    conflicts: found.conflicts,
  });
  let suggested: readonly StepMatch[] | undefined;
  return {
    ...matching,
    get suggested() {
      suggested ??= suggestPairs(matching, pair);
      return suggested;
    },
  };
}

interface Found {
  /** By old step. */
  readonly images: (StepMatch | undefined)[];
  /** By new step: 1 if it is the image of an old step, explicit pairs not counted. */
  readonly taken: Uint8Array;
  readonly contested: Set<number>;
  readonly ambiguous: Map<number, readonly number[]>;
  readonly conflicts: Map<number, number>;
  /** Whether some content stands under another id while its old id names something else. */
  idsReused: boolean;
}

type MakePair = (old: number, now: number, relation: PairRelation, evidence: PairEvidence) => StepMatch;

/** Pairs equal content that stands once in each version; returns the groups of what is equal and stands more often. */
function pairUnique(from: CompiledScenario, to: CompiledScenario, found: Found, pair: MakePair): TwinGroup[] {
  const [oldTwin, newTwin] = [stepFlagsOf(from).twin, stepFlagsOf(to).twin];
  const repeated = new Set<string>();
  let expected = 0;
  for (let old = 0; old < from.size; old += 1) {
    const hash = from.hashes[old] ?? "";
    // Most steps follow each other as before, so the next one is looked at before the index is asked.
    const now = to.hashes[expected] === hash ? expected : to.byHash.get(hash)?.[0];
    if (now === undefined) continue;
    expected = now + 1;
    if (oldTwin[old] === 1 || newTwin[now] === 1) repeated.add(hash);
    else if (found.images[old] === undefined) {
      const keepsId = sameId(from, to, old, now);
      if (!keepsId && to.index.has(from.steps[old]?.id ?? "")) found.idsReused = true;
      found.images[old] = pair(old, now, "content", keepsId ? "hash_id" : "hash_unique");
      found.taken[now] = 1;
    }
  }
  return [...repeated].flatMap((hash) => {
    const left = (from.byHash.get(hash) ?? []).filter((step) => found.images[step] === undefined);
    return left.length === 0 ? [] : [{ from: left, to: to.byHash.get(hash) ?? [] }];
  });
}

/** Pairs the twins that their neighbours tell apart; the others are ambiguous. */
function pairTwins(
  from: CompiledScenario,
  to: CompiledScenario,
  groups: readonly TwinGroup[],
  found: Found,
  pair: MakePair,
): void {
  if (groups.length === 0) return;
  const landmarks = found.images.flatMap((image) => (image?.relation === "content" ? [image] : []));
  for (const twin of settleTwins({ from, to, landmarks, idsHold: !found.idsReused }, groups)) {
    found.images[twin.from] = pair(twin.from, twin.to, "content", twin.evidence);
    found.taken[twin.to] = 1;
  }
  for (const group of groups) {
    const candidates = group.to.filter((step) => found.taken[step] !== 1);
    if (candidates.length === 0) continue;
    for (const step of group.from.filter((old) => found.images[old] === undefined)) {
      found.ambiguous.set(step, candidates);
      for (const candidate of candidates) found.contested.add(candidate);
    }
  }
}

function pairSameIds(from: CompiledScenario, to: CompiledScenario, found: Found, pair: MakePair): StepMatch[] {
  const proposed: StepMatch[] = [];
  // Only pairs by content bear witness, so that the order of steps tells nothing.
  const contents = found.idsReused ? [...found.images] : found.images;
  const imageOf = (step: number) => contents[step]?.to;
  for (const [old, image] of found.images.entries()) {
    if (image !== undefined || found.ambiguous.has(old)) continue;
    const now = to.index.get(from.steps[old]?.id ?? "");
    if (now === undefined || found.taken[now] === 1 || found.contested.has(now)) continue;
    const candidate = pair(old, now, "edited", "same_id");
    if (isTextEdit(candidate.changed) && (!found.idsReused || isCorroborated(from, to, imageOf, old, now))) {
      found.images[old] = candidate;
      found.taken[now] = 1;
    } else proposed.push({ ...candidate, relation: "proposed", effect: false });
  }
  return proposed;
}

/**
 * Lineage never overrides equal content; where it contradicts another pair, both stay candidates. Either way the conflict is kept:
 * sessions for which it matters need a person. Among equal twins the direct comparison decides alone.
 */
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
    const image = found.images[old];
    if (image?.to === now || image?.relation === "explicit") continue;
    const isSure = image?.evidence === "hash_id" || from.hashes[old] === to.hashes[now];
    if (image !== undefined && !isSure) found.conflicts.set(old, now);
    if (image?.relation === "content") continue;
    if (image !== undefined) {
      found.images[old] = undefined;
      found.ambiguous.set(old, [image.to, now]);
      continue;
    }
    if (found.ambiguous.has(old) || found.taken[now] === 1) continue;
    found.images[old] = pair(old, now, "lineage", "chain");
  }
}

function* explicitPairs(from: CompiledScenario, to: CompiledScenario, mapping: Readonly<Record<string, string>>) {
  for (const [oldId, newId] of Object.entries(mapping)) {
    const [old, now] = [from.index.get(oldId), to.index.get(newId)];
    if (old === undefined || now === undefined) {
      const side = old === undefined ? from : to;
      throw new RegraftError(
        "PLAN.MAPPING_INVALID",
        `mapping names a step that version ${side.scenario.version} lacks`,
        {
          path: `/mapping/${oldId}`,
          expected: `a step of version ${side.scenario.version}`,
          received: old === undefined ? oldId : newId,
        },
      );
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
  if (from.hashes[old] === to.hashes[now]) {
    return { from: old, to: now, relation, evidence, changed: none, addedFields: none, effect: true, answered: true };
  }
  const [before, after] = [from.steps[old], to.steps[now]];
  if (before === undefined || after === undefined) throw new RegraftError("INTERNAL.BUG", "a pair names no step");
  const answer = effects[before.id];
  const mapped = answer !== "other" && (relation === "explicit" || answer === "same");
  return {
    from: old,
    to: now,
    relation,
    evidence,
    changed: changedParts(before, after),
    addedFields: addedFields(before, after),
    effect: mapped && effectClass(before) === effectClass(after),
    answered: relation === "explicit" || answer !== undefined,
  };
}

const none: readonly string[] = Object.freeze([]);

function sameId(from: CompiledScenario, to: CompiledScenario, old: number, now: number): boolean {
  return from.steps[old]?.id === to.steps[now]?.id;
}

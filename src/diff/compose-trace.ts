import type { StepPair } from "../contracts/types.js";
import type { CompiledScenario } from "../scenario/compile.js";
import { composeMaps, type StepMap } from "./compose.js";
import type { StepMatch } from "./matching.js";

/** What a pair says about a step whose own graph is gone. */
export type TracedPair = Pick<StepMatch, "relation" | "addedFields" | "effect" | "answered">;

/** A step of the new version that a step of a gone version stands for; several images where twins stay open. */
export interface TracedImage {
  readonly step: number;
  /** Undefined where equal content alone connects the two. */
  readonly pair: TracedPair | undefined;
  readonly effect: boolean;
  readonly certain: boolean;
}

/** Finds the steps of a version whose graph is gone in the new version. */
export interface StepTrace {
  readonly map: StepMap;
  readonly to: CompiledScenario;
  /** The images of a step, given what a visit says about it. Empty if nothing of it is left. */
  imagesOf(stepId: string, contentHash: string): readonly TracedImage[];
  /** The step whose use or effect changed so much that a person has to map it first. */
  proposedFor(stepId: string, contentHash: string): StepPair | undefined;
  /** The step that a chain of edits leads to where the old content stands elsewhere by now. */
  conflictFor(stepId: string, contentHash: string): number | undefined;
}

/**
 * Reads a map, composed or not, by the content hashes that visits keep.
 *
 * The order of evidence is that of a direct match: an explicit pair; equal content, told apart among twins by the map; pairs that
 * edits connect. So for content that stands once in both ends the image is that of the direct diff, also where a version in
 * between had removed the step.
 *
 * @param given - from the gone version to the new one
 * @remarks Pure. O(pairs) once, then O(twins) for each step.
 */
export function stepTrace(given: StepMap, to: CompiledScenario): StepTrace {
  const map = composeMaps([given]);
  const pairAt = new Map(map.pairs.map((pair) => [pair.from, pair]));
  const twinsAt = new Map(map.ambiguous.map(({ from, candidates }) => [from, candidates]));
  const takenBy = new Map(map.pairs.flatMap((p) => (p.relation === "content" ? [[p.to, p.from] as const] : [])));
  /** Steps of the new version with the same content that no other step of the old version is. */
  const equalTo = (stepId: string, contentHash: string): readonly number[] =>
    (to.byHash.get(contentHash) ?? []).filter((step) => {
      const owner = takenBy.get(to.steps[step]?.id ?? "");
      return owner === undefined || owner === stepId;
    });
  const follow = (pair: StepPair | undefined): number | undefined =>
    pair === undefined || pair.relation === "proposed" || pair.relation === "suggested"
      ? undefined
      : to.index.get(pair.to);
  return {
    map,
    to,
    imagesOf(stepId, contentHash) {
      const pair = pairAt.get(stepId);
      const followed = follow(pair);
      const equal = equalTo(stepId, contentHash);
      if (followed !== undefined && pair !== undefined && (pair.relation === "explicit" || equal.length === 0)) {
        const traced = described(map, to, pair, followed, contentHash);
        return [{ step: followed, pair: traced, effect: traced.effect, certain: true }];
      }
      if (followed !== undefined && equal.includes(followed)) return [byContent(followed, true)];
      const twins = twinsAt.get(stepId)?.flatMap((id) => to.index.get(id) ?? []);
      const open = equal.length > 0 ? equal : (twins ?? []);
      return open.map((step) => byContent(step, open.length === 1));
    },
    proposedFor(stepId, contentHash) {
      const pair = pairAt.get(stepId);
      return pair?.relation === "proposed" && equalTo(stepId, contentHash).length === 0 ? pair : undefined;
    },
    conflictFor(stepId, contentHash) {
      const pair = pairAt.get(stepId);
      const followed = follow(pair);
      const isEdit = pair?.relation === "edited" || pair?.relation === "lineage";
      if (!isEdit || followed === undefined || to.hashes[followed] === contentHash) return undefined;
      const equal = equalTo(stepId, contentHash);
      return equal.length === 0 || equal.includes(to.index.get(stepId) ?? -1) ? undefined : followed;
    },
  };
}

function byContent(step: number, certain: boolean): TracedImage {
  return { step, pair: undefined, effect: true, certain };
}

function described(map: StepMap, to: CompiledScenario, pair: StepPair, step: number, contentHash: string): TracedPair {
  if (to.hashes[step] === contentHash)
    return { relation: pair.relation, addedFields: [], effect: true, answered: true };
  const collects = to.steps[step]?.collects ?? [];
  const answer = map.effects?.[pair.from];
  return {
    relation: pair.relation,
    addedFields: pair.addedFields.filter((field) => collects.includes(field)),
    effect: answer === "same",
    answered: answer !== undefined || pair.relation === "explicit",
  };
}

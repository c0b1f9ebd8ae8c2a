import type { MatchOptions } from "./match.js";
import type { Matching } from "./matching.js";

/**
 * Follows every step of the first version through consecutive matchings to the last version.
 *
 * The result is evidence for a direct match of the two ends, never a replacement of it: a step whose content is in both ends is
 * paired by that content whatever happened in between. Explicit mappings compose with the pairs of other hops; a step that only
 * edits connect becomes lineage; an effect survives only if every hop kept it.
 *
 * @param hops - matchings V1->V2, V2->V3, ... in order
 * @remarks Pure. O(hops x V).
 */
export function composeEvidence(hops: readonly Matching[]): Required<MatchOptions> {
  const mapping: Record<string, string> = Object.create(null) as Record<string, string>;
  const lineage: Record<string, string> = Object.create(null) as Record<string, string>;
  const effects: Record<string, "same" | "other"> = Object.create(null) as Record<string, "same" | "other">;
  const [first, last] = [hops[0], hops[hops.length - 1]];
  if (first === undefined || last === undefined) return { mapping, lineage, effects };
  first.from.steps.forEach((step, start) => {
    let at: number | undefined = start;
    let explicit = false;
    let effect = true;
    for (const hop of hops) {
      const pair: Matching["imageOf"][number] = at === undefined ? undefined : hop.imageOf[at];
      at = pair?.to;
      explicit ||= pair?.relation === "explicit";
      effect &&= pair?.effect === true;
    }
    const target = at === undefined ? undefined : last.to.steps[at]?.id;
    if (target === undefined) return;
    (explicit ? mapping : lineage)[step.id] = target;
    effects[step.id] = effect ? "same" : "other";
  });
  return { mapping, lineage, effects };
}

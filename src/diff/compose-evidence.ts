import type { StepMap } from "./compose.js";
import { pairOf, refOf } from "./map.js";
import type { MatchOptions } from "./match.js";
import type { Matching } from "./matching.js";

/** The pairs of two versions as a map that can be composed. O(pairs), without the lists of changes. */
export function stepMapOf(matching: Matching, effects: MatchOptions["effects"]): StepMap {
  const idOf = (step: number) => matching.to.steps[step]?.id ?? "";
  return {
    from: refOf(matching.from),
    to: refOf(matching.to),
    pairs: [...matching.pairs, ...matching.proposed].map((pair) => pairOf(matching, pair)),
    ambiguous: [...matching.ambiguous].map(([step, candidates]) => ({
      from: matching.from.steps[step]?.id ?? "",
      candidates: candidates.map(idOf),
    })),
    ...(effects === undefined ? {} : { effects }),
  };
}

/**
 * What a composed map adds to the direct comparison of its ends: evidence, never a replacement. Explicit pairs are mappings, all
 * others are lineage, which content that is equal in both ends outranks.
 */
export function evidenceOf(map: StepMap): Required<MatchOptions> {
  const mapping: Record<string, string> = Object.create(null) as Record<string, string>;
  const lineage: Record<string, string> = Object.create(null) as Record<string, string>;
  const effects: Record<string, "same" | "other"> = Object.create(null) as Record<string, "same" | "other">;
  for (const { from, to, relation } of map.pairs) {
    if (relation === "proposed" || relation === "suggested") continue;
    (relation === "explicit" ? mapping : lineage)[from] = to;
    // A mapping would answer for an edit of another hop about which nobody has said anything.
    const answer = map.effects?.[from] ?? (relation === "explicit" ? "other" : undefined);
    if (answer !== undefined) effects[from] = answer;
  }
  return { mapping, lineage, effects };
}

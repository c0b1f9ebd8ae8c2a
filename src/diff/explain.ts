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

/** One sentence a pair: which steps belong together, why, and what differs. In the order of the old steps. */
export function explainMatching(m: Matching): string[] {
  const line = (pair: StepMatch): string => {
    const differs = pair.changed.length > 0 ? `; differs in ${pair.changed.join(", ")}` : "";
    const asks = pair.addedFields.length > 0 ? `; collects ${pair.addedFields.join(", ")} in addition` : "";
    return `${m.from.steps[pair.from]?.id} -> ${m.to.steps[pair.to]?.id} (${pair.relation}): ${EVIDENCE[pair.evidence]}${differs}${asks}`;
  };
  const open = [...m.ambiguous].map(
    ([old, now]) =>
      `${m.from.steps[old]?.id} -> ? (ambiguous): equal steps ${now.map((s) => m.to.steps[s]?.id).join(", ")}`,
  );
  return [...[...m.pairs, ...m.proposed, ...m.suggested].map(line), ...open];
}

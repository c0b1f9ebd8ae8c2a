import type { CompiledScenario } from "../scenario/compile.js";

/** How two steps belong together. Only `content`, `edited`, `explicit` and `lineage` pairs give a step an image. */
export type PairRelation = "content" | "edited" | "proposed" | "explicit" | "lineage" | "suggested";

/** What a pair rests on. */
export type PairEvidence =
  | "mapping"
  | "hash_id"
  | "hash_neighbourhood"
  | "hash_unique"
  | "same_id"
  | "similar"
  | "chain";

/** One pair of steps, by position in the two compiled versions. */
export interface StepMatch {
  readonly from: number;
  readonly to: number;
  readonly relation: PairRelation;
  readonly evidence: PairEvidence;
  readonly changed: readonly string[];
  readonly addedFields: readonly string[];
  /** Whether having done the old step counts as having done the new one's effect. */
  readonly effect: boolean;
  /** Whether somebody has said if an edited effect is still the same. */
  readonly answered: boolean;
}

/** The pairs between two versions, with lookups in both directions. */
export interface Matching {
  readonly from: CompiledScenario;
  readonly to: CompiledScenario;
  /** Pairs that give an image, in order of the old steps. */
  readonly pairs: readonly StepMatch[];
  /** Pairs that do not: a person has to map them first. */
  readonly proposed: readonly StepMatch[];
  /** Pairs by similar text, for the reader only. Made when asked for. */
  readonly suggested: readonly StepMatch[];
  /** Steps with equal twins between which nothing decides: old step -> possible new steps. */
  readonly ambiguous: ReadonlyMap<number, readonly number[]>;
  /** Steps that a chain of versions leads elsewhere than the direct pair, which stands: old step -> new step of the chain. */
  readonly conflicts: ReadonlyMap<number, number>;
  /** The image of each old step, by position. */
  readonly imageOf: readonly (StepMatch | undefined)[];
  /** The pairs that lead to each new step, by position. */
  readonly preimagesOf: readonly (readonly StepMatch[])[];
  /** New steps that are candidates of some ambiguous old step. */
  readonly contested: ReadonlySet<number>;
}

const NO_MATCHES: readonly StepMatch[] = Object.freeze([]);

/** Adds the lookups from new to old steps. */
export function indexMatching(
  from: CompiledScenario,
  to: CompiledScenario,
  lists: Pick<Matching, "imageOf" | "proposed" | "ambiguous" | "conflicts">,
): Omit<Matching, "suggested"> {
  const pairs = lists.imageOf.filter((pair) => pair !== undefined);
  const preimagesOf: (readonly StepMatch[])[] = new Array<readonly StepMatch[]>(to.size).fill(NO_MATCHES);
  for (const pair of pairs) {
    const others = preimagesOf[pair.to] ?? NO_MATCHES;
    preimagesOf[pair.to] = others.length === 0 ? [pair] : [...others, pair];
  }
  const contested = new Set<number>();
  for (const candidates of lists.ambiguous.values()) for (const step of candidates) contested.add(step);
  return { from, to, pairs, ...lists, preimagesOf, contested };
}

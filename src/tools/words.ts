import { reasons } from "../contracts/reasons.js";
import type { Anchor, DecisionChange, ReasonCode, StepPair } from "../contracts/types.js";

/** What a kind of migration means for the sessions that have it. */
export const kindWords: Readonly<Record<Anchor["kind"], string>> = {
  clean_graft: "stay in place, nothing is asked",
  gap_fill: "stay in place, something may have to be known first",
  re_route: "may be led to another branch",
};

/** How two steps belong together. */
export const relationWords: Readonly<Record<StepPair["relation"], string>> = {
  content: "same content",
  edited: "edited",
  proposed: "to be mapped",
  explicit: "mapped",
  lineage: "by lineage",
  suggested: "similar",
};

/** How a decision changed. */
export const decisionWords: Readonly<Record<DecisionChange["change"], string>> = {
  new_fork: "new fork",
  branches_changed: "branches changed",
  guard_added: "guard added",
  guard_changed: "guard changed",
};

/** The sentence of the catalogue for a reason code. */
export function meaningOf(code: ReasonCode): string {
  return reasons.get(code).message;
}

/** What the catalogue advises for a reason code. */
export function hintOf(code: ReasonCode): string {
  return reasons.get(code).hint;
}

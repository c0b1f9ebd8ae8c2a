import type { Loose } from "../../scripts/cases/case.js";

/** A case whose own expectation is a matter of choice, and what is chosen instead. */
interface Deviation {
  readonly expect: Loose;
  /** Where docs/decisions.md gives the reason. */
  readonly decision: string;
}

const staysPut: Deviation = {
  expect: { action: "teleport", kind: "clean_graft", step: "b", version: 2, neverAtStep: ["u", "h"] },
  decision: "A fork whose branches all rejoin before the session's place over silent steps is not asked",
};

/** By case id. Only cases that are not strict may stand here. */
export const deviations: Readonly<Record<string, Deviation>> = {
  "sound-w13-both-true": staysPut,
  "sound-w13-second-only": staysPut,
  "sound-w13-amount-unknown": staysPut,
};

import type { ReasonCode } from "../contracts/reason-codes.js";
import type { MigrationKind } from "../contracts/types.js";
import { dominatorTreeOf } from "../scenario/dominators.js";
import { type Exposure, exposureOf, grownSteps, movedSteps, union } from "./exposure.js";
import { hasUpstream, nearestDominator } from "./flags.js";
import type { Matching } from "./matching.js";
import { metUnpassed, passedFor, soleOrigins } from "./meets.js";
import type { WaysDiff } from "./ways.js";

/** What an anchor's sessions may need at most. */
export interface AnchorClass {
  readonly kind: MigrationKind;
  readonly reasons: readonly ReasonCode[];
  /** The nearest changed step that every run to the anchor passes; its own chain gives the others. -1: none. */
  readonly mandatory: number;
}

/** The classes of all steps of the new version, and the steps that made them. */
export interface Classes {
  readonly of: (step: number) => AnchorClass;
  /** New steps that may cost a question or an action: inserted, moved or with added fields or effects. */
  readonly owing: Uint8Array;
  /** By new step: the nearest owing step that dominates it, or -1. */
  readonly nearestOwing: Int32Array;
  /** Those that no session of the old version can have behind it. */
  readonly grown: Uint8Array;
  readonly exposure: Exposure;
}

/**
 * Classifies every step of the new version by what lies above it: `re_route` when a decision can lead elsewhere that changed or
 * that a change lets sessions meet anew, else `gap_fill` when a step that collects or acts was added, moved, changed or newly met
 * above it, or a decision there may have no way out; else `clean_graft`.
 *
 * An upper bound for every session: what one session owes is decided on its own history.
 *
 * @remarks O(V + E).
 */
export function classify(m: Matching, ways: WaysDiff): Classes {
  const c = m.to;
  const exposure = exposureOf(m, ways);
  const grown = grownSteps(m);
  const owing = union(grown, movedSteps(m, ways));
  const asked = union(hasUpstream(c, grown), metUnpassed(m, exposure.met));
  const nearestOwing = nearestDominator(c, owing);
  const origins = soleOrigins(m);
  for (const step of dominatorTreeOf(c).preorder) {
    const isPassed = (above: number) => above >= 0 && grown[above] !== 1 && passedFor(m, origins, above, step);
    while (isPassed(nearestOwing[step] ?? -1)) nearestOwing[step] = nearestOwing[nearestOwing[step] ?? -1] ?? -1;
  }
  const of = (step: number): AnchorClass => {
    const reasons: ReasonCode[] = [];
    if (c.reachable[step] !== 1) reasons.push("TARGET.UNREACHABLE");
    if (exposure.rerouted[step] === 1) reasons.push("MIGRATION.REROUTED");
    const reroute = reasons.length > 0;
    if (asked[step] === 1) reasons.push("FIELD.REQUIRED");
    if (exposure.stops[step] === 1) reasons.push("DECISION.GUARD_FALSE");
    const kind: MigrationKind = reroute ? "re_route" : reasons.length > 0 ? "gap_fill" : "clean_graft";
    return { kind, reasons, mandatory: nearestOwing[step] ?? -1 };
  };
  return { of, owing, nearestOwing, grown, exposure };
}

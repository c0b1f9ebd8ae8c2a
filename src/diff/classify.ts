import type { ReasonCode } from "../contracts/reason-codes.js";
import type { MigrationKind, Step } from "../contracts/types.js";
import type { CompiledScenario } from "../scenario/compile.js";
import { reachableFrom } from "../scenario/reachability.js";
import { DominatorIntervals, hasUpstream, ledAwayFrom } from "./flags.js";
import type { Matching } from "./matching.js";
import { effectClass } from "./pair.js";
import type { WaysChange, WaysDiff } from "./ways.js";

/** Above this many steps with a lost way, every step counts as one that a loss may lead away from. */
const MAX_EXACT_LOSSES = 512;

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
}

/**
 * Classifies every step of the new version by what lies above it: `re_route` when a changed decision can lead elsewhere, else
 * `gap_fill` when a step that collects or acts was added, moved or changed above it, a guard was added, or a changed decision
 * has such steps on a branch; else `clean_graft`.
 *
 * An upper bound for every session: what one session owes is decided on its own history.
 *
 * @remarks O(V + E), plus O(E) for each changed branch (up to 512 of them).
 */
export function classify(m: Matching, ways: WaysDiff): Classes {
  const c = m.to;
  const intervals = new DominatorIntervals(c);
  const owing = owingSteps(m, ways);
  const decisions = ways.changes.filter((change) => isDecision(c, change));
  const routing = ways.changes.filter((change) => isDecision(c, change) || wayLost(change));
  const guards = seedsOf(c, ways.changes.filter((change) => isGuard(c, change)).map((change) => change.step));
  const belowDecision = hasUpstream(c, seedsOf(c, decisions.map((change) => change.step)), intervals);
  const belowRouting = hasUpstream(c, seedsOf(c, routing.map((change) => change.step)), intervals);
  const doing = Uint8Array.from(c.steps, (step, i) => (belowRouting[i] === 1 && doesSomething(step) ? 1 : 0));
  const belowOwing = hasUpstream(c, owing, intervals);
  const belowDoing = hasUpstream(c, doing, intervals);
  const belowGuard = hasUpstream(c, guards, intervals);
  const away = ledAwayFrom(c, decisions, belowDecision);
  const lost = belowLostWays(m, routing);
  const nearestOwing = nearestDominator(c, owing);

  const of = (step: number): AnchorClass => {
    const reasons: ReasonCode[] = [];
    if (c.reachable[step] !== 1) reasons.push("TARGET.UNREACHABLE");
    if (away[step] === 1 || lost[step] === 1) reasons.push("MIGRATION.REROUTED");
    const reroute = reasons.length > 0;
    if (belowOwing[step] === 1 || belowDoing[step] === 1) reasons.push("FIELD.REQUIRED");
    if (belowGuard[step] === 1) reasons.push("DECISION.GUARD_FALSE");
    const kind: MigrationKind = reroute ? "re_route" : reasons.length > 0 ? "gap_fill" : "clean_graft";
    return { kind, reasons, mandatory: nearestOwing[step] ?? -1 };
  };
  return { of, owing, nearestOwing };
}

/** Whether a step asks for something or has an effect; any other step is silent and may be skipped. */
export function doesSomething(step: Step): boolean {
  return (step.collects?.length ?? 0) > 0 || effectClass(step) !== "none";
}

/** Whether a change is of a step with two or more ways out. */
export function isDecision(c: CompiledScenario, change: WaysChange): boolean {
  return (c.ways[change.step]?.length ?? 0) > 1;
}

/** Whether a change is of a step whose only way out is conditioned. */
export function isGuard(c: CompiledScenario, change: WaysChange): boolean {
  const [only, second] = c.ways[change.step] ?? [];
  return second === undefined && (only?.condition !== undefined || only?.conditionText !== undefined);
}

function wayLost(change: WaysChange): boolean {
  return change.old !== undefined && change.removed.length > 0;
}

function owingSteps(m: Matching, ways: WaysDiff): Uint8Array {
  const reordered = new Set<number>();
  for (const change of ways.changes) {
    if (change.old === undefined) continue;
    for (const key of [...change.added, ...change.modified]) if (key.target.startsWith("x")) reordered.add(Number(key.target.slice(1)));
  }
  return Uint8Array.from(m.to.steps, (step, i) => {
    if (!doesSomething(step) || m.to.reachable[i] !== 1) return 0;
    const preimages = m.preimagesOf[i] ?? [];
    if (preimages.length === 0) return 1;
    const grown = preimages.some((p) => p.addedFields.length > 0 || (effectClass(step) !== "none" && !p.effect));
    return grown || reordered.has(i) ? 1 : 0;
  });
}

/** Steps that a session could reach in the old version by a way that is gone, and that its origin no longer reaches at all. */
function belowLostWays(m: Matching, routing: readonly WaysChange[]): Uint8Array {
  const flags = new Uint8Array(m.to.size);
  const losing = routing.filter(wayLost);
  if (losing.length > MAX_EXACT_LOSSES) return flags.fill(1);
  for (const change of losing) {
    const still = reachableFrom(m.to, change.step);
    for (const key of change.removed) {
      const below = reachableFrom(m.from, key.way.to);
      for (let old = 0; old < m.from.size; old += 1) {
        const image = below[old] === 1 ? m.imageOf[old]?.to : undefined;
        if (image !== undefined && still[image] !== 1) flags[image] = 1;
      }
    }
  }
  return flags;
}

function nearestDominator(c: CompiledScenario, seeds: Uint8Array): Int32Array {
  const nearest = new Int32Array(c.size).fill(-2);
  for (let start = 0; start < c.size; start += 1) {
    const trail: number[] = [];
    let step = start;
    while (step >= 0 && nearest[step] === -2) {
      trail.push(step);
      step = c.idom[step] ?? -1;
    }
    let found = step >= 0 ? above(step, seeds, nearest) : -1;
    for (let i = trail.length - 1; i >= 0; i -= 1) {
      const at = trail[i] ?? 0;
      nearest[at] = found;
      found = above(at, seeds, nearest);
    }
  }
  return nearest;
}

function above(step: number, seeds: Uint8Array, nearest: Int32Array): number {
  return seeds[step] === 1 ? step : (nearest[step] ?? -1);
}

function seedsOf(c: CompiledScenario, steps: readonly number[]): Uint8Array {
  const seeds = new Uint8Array(c.size);
  for (const step of steps) seeds[step] = 1;
  return seeds;
}

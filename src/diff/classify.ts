import type { ReasonCode } from "../contracts/reason-codes.js";
import type { MigrationKind } from "../contracts/types.js";
import type { CompiledScenario } from "../scenario/compile.js";
import { componentsOf } from "../scenario/components.js";
import { analyseFork } from "../scenario/fork.js";
import { ledAwayFrom } from "./away.js";
import { flagged, hasUpstream, nearestDominator } from "./flags.js";
import { belowLostWays, wayLost } from "./lost.js";
import type { Matching, StepMatch } from "./matching.js";
import { effectClass } from "./pair.js";
import { stepFlagsOf } from "./step-flags.js";
import type { WaysChange, WaysDiff } from "./ways.js";

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
 * @remarks O(V + E).
 */
export function classify(m: Matching, ways: WaysDiff): Classes {
  const c = m.to;
  const owing = owingSteps(m, ways);
  const decisions = ways.changes.filter((change) => isDecision(c, change)).map((change) => change.step);
  const losses = ways.changes.filter(wayLost);
  const guards = ways.changes.filter((change) => mayStop(c, change)).map((change) => change.step);
  const routing = [...decisions, ...losses.map((change) => change.step)];
  const belowRouting = startsAsBefore(m) ? hasUpstream(c, flagged(c, routing)) : c.reachable;
  const belowQuestion = hasUpstream(c, withDoing(c, owing, belowRouting));
  const belowGuard = hasUpstream(c, flagged(c, guards));
  const loops = decisions.length > 0 ? repeating(c) : flagged(c, []);
  const belowLoop = hasUpstream(c, loops);
  const belowDecision = hasUpstream(c, flagged(c, decisions));
  const unsure = (step: number) => belowDecision[step] === 1 && (loops[step] === 1 || belowLoop[step] === 1);
  const away = ledAwayFrom(c, decisions);
  const lost = belowLostWays(m, losses);
  const nearestOwing = nearestDominator(c, owing);

  const of = (step: number): AnchorClass => {
    const reasons: ReasonCode[] = [];
    if (c.reachable[step] !== 1) reasons.push("TARGET.UNREACHABLE");
    if (away[step] === 1 || lost[step] === 1 || wasUnreachable(m, step)) reasons.push("MIGRATION.REROUTED");
    const reroute = reasons.length > 0;
    if (belowQuestion[step] === 1) reasons.push("FIELD.REQUIRED");
    if (belowGuard[step] === 1 || unsure(step)) reasons.push("DECISION.GUARD_FALSE");
    const kind: MigrationKind = reroute ? "re_route" : reasons.length > 0 ? "gap_fill" : "clean_graft";
    return { kind, reasons, mandatory: nearestOwing[step] ?? -1 };
  };
  return { of, owing, nearestOwing };
}

/** Whether no run of the old version led to the step: then nothing is known about how its sessions came there. */
function wasUnreachable(m: Matching, step: number): boolean {
  const pairs = m.preimagesOf[step] ?? [];
  return pairs.length > 0 && pairs.every((pair) => m.from.reachable[pair.from] !== 1);
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

/** Whether a change leaves open if any way out of the step holds. */
function mayStop(c: CompiledScenario, change: WaysChange): boolean {
  const out = c.ways[change.step] ?? [];
  return isGuard(c, change) || (out.length > 1 && analyseFork(out, c.fields).exhaustive !== true);
}

/** Steps that may come again: between them and a decision, its branches do not rejoin for certain. */
function repeating(c: CompiledScenario): Uint8Array {
  const { component, start } = componentsOf(c);
  return Uint8Array.from(c.outs, (next, step) => {
    const own = component[step] ?? 0;
    return (start[own + 1] ?? 0) - (start[own] ?? 0) > 1 || next.includes(step) ? 1 : 0;
  });
}

/** Whether runs of both versions start at the same step. */
function startsAsBefore(m: Matching): boolean {
  return (m.preimagesOf[m.to.entry] ?? []).some((pair) => pair.from === m.from.entry);
}

function owingSteps(m: Matching, ways: WaysDiff): Uint8Array {
  const reordered = new Set<number>();
  for (const change of ways.changes) {
    if (change.old === undefined) continue;
    for (const { target } of [...change.added, ...change.modified]) reordered.add(target);
  }
  if (!startsAsBefore(m)) reordered.add(m.to.entry);
  const { doing } = stepFlagsOf(m.to);
  const owing = new Uint8Array(m.to.size);
  for (let step = 0; step < m.to.size; step += 1) {
    if (doing[step] !== 1 || m.to.reachable[step] !== 1) continue;
    const pairs = m.preimagesOf[step] ?? [];
    const walked = pairs.some((pair) => m.from.reachable[pair.from] === 1);
    if (!walked || reordered.has(step) || pairs.some((pair) => hasGrown(m, pair))) owing[step] = 1;
  }
  return owing;
}

/** Whether the new form of a step asks or does what the old one did not. */
function hasGrown(m: Matching, pair: StepMatch): boolean {
  if (pair.addedFields.length > 0) return true;
  const step = m.to.steps[pair.to];
  return !pair.effect && step !== undefined && effectClass(step) !== "none";
}

/** Owing steps, and steps on the branches of changed decisions that ask or act. */
function withDoing(c: CompiledScenario, owing: Uint8Array, belowRouting: Uint8Array): Uint8Array {
  const { doing } = stepFlagsOf(c);
  return owing.map((flag, step) => flag | ((doing[step] ?? 0) & (belowRouting[step] ?? 0)));
}

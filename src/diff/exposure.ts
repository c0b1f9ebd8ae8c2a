import type { CompiledScenario } from "../scenario/compile.js";
import { componentsOf } from "../scenario/components.js";
import { analyseFork } from "../scenario/fork.js";
import { ledAwayFrom } from "./away.js";
import { flagged, hasUpstream } from "./flags.js";
import { belowLostWays, wayLost } from "./lost.js";
import type { Matching, StepMatch } from "./matching.js";
import { metUnpassed, passedFor, soleOrigins } from "./meets.js";
import { effectClass } from "./pair.js";
import { stepFlagsOf } from "./step-flags.js";
import type { WaysChange, WaysDiff } from "./ways.js";

/**
 * What sessions can meet on the way to each step of the new version, one flag per step. Upper bounds for every session, whatever its
 * history and data are.
 */
export interface Exposure {
  /** May be led elsewhere. */
  readonly rerouted: Uint8Array;
  /** Below a decision or guard that their own past need not settle. */
  readonly decides: Uint8Array;
  /** Below one of those that may have no way out, or whose branches do not come back to the step over silent steps for certain. */
  readonly stops: Uint8Array;
  /** Below something that changed where runs lead. */
  readonly routed: Uint8Array;
  /** Steps that ask or act and were kept, but may be met by sessions that have not passed them. */
  readonly met: Uint8Array;
  /** Decisions and guards that are counted above. */
  readonly deciding: Uint8Array;
}

/** Reads off two versions what their sessions can meet. O(V + E). */
export function exposureOf(m: Matching, ways: WaysDiff): Exposure {
  const c = m.to;
  const changed = new Set(ways.changes.map(({ step }) => step));
  const unsettled = conditioned(c).filter((step) => !changed.has(step) && isUnsettled(m, step));
  const decisions = ways.changes.filter((change) => isDecision(c, change)).map((change) => change.step);
  const losses = ways.changes.filter(wayLost);
  const deciding = decisions.filter((step) => isUnsettled(m, step) || !isOpenChoice(c, step));
  const routing = [...decisions, ...unsettled, ...losses.map((change) => change.step)];
  const routed = startsAsBefore(m) ? hasUpstream(c, flagged(c, routing)) : c.reachable;
  const kept = conditioned(c).filter((step) => routed[step] === 1 && !changed.has(step) && !isUnsettled(m, step));
  const guards = ways.changes.filter((change) => mayStop(c, change.step)).map((change) => change.step);
  const origins = soleOrigins(m);
  const isKept = flagged(c, kept);
  const forks = [...deciding, ...unsettled, ...kept].filter((step) => (c.ways[step]?.length ?? 0) > 1);
  const rerouted = ledAwayFrom(c, forks, (fork, step) => isKept[fork] === 1 && passedFor(m, origins, fork, step));
  const lost = belowLostWays(m, losses);
  const own = [...deciding, ...unsettled, ...guards];
  const stopping = [...guards, ...unsettled.filter((step) => mayStop(c, step))];
  const decides = union(hasUpstream(c, flagged(c, own)), metUnpassed(m, isKept));
  const stops = union(
    hasUpstream(c, flagged(c, stopping)),
    metUnpassed(
      m,
      flagged(
        c,
        kept.filter((step) => mayStop(c, step)),
      ),
    ),
  );
  const chosen = decides.includes(1) ? ledAwayByChoice(m, new Set(forks), changed, origins) : flagged(c, []);
  const loops = forks.length > 0 ? repeating(c) : flagged(c, []);
  const belowLoop = hasUpstream(c, loops);
  const { doing } = stepFlagsOf(c);
  const met = doing.map((flag, step) => flag & (routed[step] ?? 0));
  const belowMet = hasUpstream(c, met);
  for (let step = 0; step < c.size; step += 1) {
    if (lost[step] === 1 || wasUnreachable(m, step)) rerouted[step] = 1;
    const isSilent = loops[step] !== 1 && belowLoop[step] !== 1 && belowMet[step] !== 1 && chosen[step] !== 1;
    if (decides[step] === 1 && !isSilent) stops[step] = 1;
    // Where several branches are open at once, they lead away from a step to which a run may not get.
    if (chosen[step] === 1 && stops[step] === 1) rerouted[step] = 1;
  }
  return {
    rerouted,
    decides,
    stops,
    routed,
    met: union(met, movedSteps(m, ways)),
    deciding: flagged(c, [...own, ...kept]),
  };
}

/** By new step: may a fork of which several branches are open at once lead away from it? */
function ledAwayByChoice(
  m: Matching,
  forks: ReadonlySet<number>,
  changed: ReadonlySet<number>,
  origins: Int32Array,
): Uint8Array {
  const c = m.to;
  const others: number[] = [];
  for (let step = 0; step < c.size; step += 1)
    if (c.reachable[step] === 1 && (c.ways[step]?.length ?? 0) > 1 && !forks.has(step)) others.push(step);
  const [before, now] = [repeating(m.from), repeating(c)];
  const isPlain = (fork: number) =>
    !changed.has(fork) && c.ways[fork]?.length === 2 && now[fork] !== 1 && before[origins[fork] ?? -1] === 0;
  return ledAwayFrom(c, others, (fork, step) => isPlain(fork) && passedFor(m, origins, fork, step));
}

/** Both sets. */
export function union(a: Uint8Array, b: Uint8Array): Uint8Array {
  return a.map((flag, i) => flag | (b[i] ?? 0));
}

/** Whether a change is of a step with two or more ways out. */
export function isDecision(c: CompiledScenario, change: WaysChange): boolean {
  return (c.ways[change.step]?.length ?? 0) > 1;
}

/** Whether a change is of a step whose only way out is conditioned. */
export function isGuard(c: CompiledScenario, change: WaysChange): boolean {
  return isGuarded(c, change.step);
}

/** Whether runs of both versions start at the same step. */
export function startsAsBefore(m: Matching): boolean {
  return (m.preimagesOf[m.to.entry] ?? []).some((pair) => pair.from === m.from.entry);
}

/** Steps that ask or act and whose sessions of the old version cannot have had what they ask now: inserted or grown. */
export function grownSteps(m: Matching): Uint8Array {
  const { doing } = stepFlagsOf(m.to);
  return doing.map((flag, step) => {
    if (flag !== 1 || m.to.reachable[step] !== 1) return 0;
    const pairs = m.preimagesOf[step] ?? [];
    const walked = pairs.some((pair) => m.from.reachable[pair.from] === 1);
    return Number(!walked || pairs.some((pair) => hasGrown(m, pair)));
  });
}

/** Steps that ask or act and that other steps lead to now: they may lie above steps that they did not lie above. */
export function movedSteps(m: Matching, ways: WaysDiff): Uint8Array {
  const led = new Set<number>();
  for (const change of ways.changes) {
    if (change.old === undefined) continue;
    for (const { target } of [...change.added, ...change.modified]) led.add(target);
  }
  if (!startsAsBefore(m)) led.add(m.to.entry);
  const { doing } = stepFlagsOf(m.to);
  return doing.map((flag, step) => Number(flag === 1 && m.to.reachable[step] === 1 && led.has(step)));
}

/** Whether the new form of a step asks or does what the old one did not. */
function hasGrown(m: Matching, pair: StepMatch): boolean {
  if (pair.addedFields.length > 0) return true;
  const step = m.to.steps[pair.to];
  return !pair.effect && step !== undefined && effectClass(step) !== "none";
}

/** Whether all ways out of a step are unconditioned: evaluated anew, it keeps all of them open. */
function isOpenChoice(c: CompiledScenario, step: number): boolean {
  return (c.ways[step] ?? []).every((way) => way.open);
}

function isGuarded(c: CompiledScenario, step: number): boolean {
  const [only, second] = c.ways[step] ?? [];
  return second === undefined && (only?.condition !== undefined || only?.conditionText !== undefined);
}

/** Reachable steps whose way on is decided. */
function conditioned(c: CompiledScenario): number[] {
  const found: number[] = [];
  for (let step = 0; step < c.size; step += 1)
    if (c.reachable[step] === 1 && ((c.ways[step]?.length ?? 0) > 1 || isGuarded(c, step))) found.push(step);
  return found;
}

/** Whether the past of a session may speak of a step in more than one way. */
function isUnsettled(m: Matching, step: number): boolean {
  return m.contested.has(step) || (m.preimagesOf[step]?.length ?? 0) > 1;
}

/** Whether it is open if any way out of the step holds. */
function mayStop(c: CompiledScenario, step: number): boolean {
  const out = c.ways[step] ?? [];
  return isGuarded(c, step) || (out.length > 1 && analyseFork(out, c.fields).exhaustive !== true);
}

/** Whether no run of the old version led to the step: then nothing is known about how its sessions came there. */
function wasUnreachable(m: Matching, step: number): boolean {
  const pairs = m.preimagesOf[step] ?? [];
  return pairs.length > 0 && pairs.every((pair) => m.from.reachable[pair.from] !== 1);
}

/** Steps that may come again: between them and a decision, its branches do not rejoin for certain. */
function repeating(c: CompiledScenario): Uint8Array {
  const { component, start } = componentsOf(c);
  return Uint8Array.from(c.outs, (next, step) => {
    const own = component[step] ?? 0;
    return (start[own + 1] ?? 0) - (start[own] ?? 0) > 1 || next.includes(step) ? 1 : 0;
  });
}

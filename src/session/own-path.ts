import type { CompiledScenario, Way } from "../scenario/compile.js";
import { reaching } from "../scenario/reachability.js";

/** The part of the old version that a session's own way can have led through. */
export interface OwnRegion {
  readonly own: Uint8Array;
  /** The same without regard to which branches were taken last: earlier rounds may have taken others. */
  readonly possible: () => Uint8Array;
  readonly takenFrom: (old: number) => readonly Way[] | undefined;
}

/**
 * Finds the ways of the old version to the current step that agree with the history.
 *
 * A history is evidence, not a path: people jump and answer ahead. Where a visited fork is followed by a visit that only some
 * of its branches lead to, those were taken; everything else stays open. If the evidence contradicts itself, all ways are open.
 *
 * @remarks O(V + E), plus O(E) for each visited fork.
 */
export function ownRegion(
  from: CompiledScenario | undefined,
  current: number | undefined,
  trail: readonly number[],
): OwnRegion {
  if (from === undefined || current === undefined) {
    const none = new Uint8Array(from?.size ?? 0);
    return { own: none, possible: () => none, takenFrom: () => undefined };
  }
  const back = reaching(from, current);
  let free: Uint8Array | undefined;
  const possible = () => {
    free ??= walk(from, current, back) ?? new Uint8Array(from.size);
    return free;
  };
  const observed = observedWays(from, [...trail, current]);
  const agreeing = observed.size === 0 ? undefined : walk(from, current, back, observed);
  if (agreeing === undefined) return { own: possible(), possible, takenFrom: () => undefined };
  return { own: agreeing, possible, takenFrom: (old) => observed.get(old) };
}

/**
 * Whether some run of a version passes all of the given steps on its way to a goal.
 *
 * @remarks O(2^n (V + E)) for n steps; the caller keeps n small.
 */
export function canPassAll(c: CompiledScenario, goal: number, steps: readonly number[]): boolean {
  const full = 2 ** steps.length - 1;
  const maskOf = (step: number) => steps.reduce((mask, other, i) => (other === step ? mask | (1 << i) : mask), 0);
  const seen = new Set<number>();
  const open = [{ step: c.entry, mask: maskOf(c.entry) }];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at.step === goal && at.mask === full) return true;
    const key = at.mask * c.size + at.step;
    if (seen.has(key)) continue;
    seen.add(key);
    for (const next of c.outs[at.step] ?? []) open.push({ step: next, mask: at.mask | maskOf(next) });
  }
  return false;
}

function observedWays(from: CompiledScenario, sequence: readonly number[]): Map<number, readonly Way[]> {
  const observed = new Map<number, readonly Way[]>();
  sequence.slice(0, -1).forEach((step, i) => {
    const ways = from.ways[step] ?? [];
    const next = sequence[i + 1];
    if (ways.length < 2 || next === undefined) return;
    const direct = ways.filter((way) => way.to === next);
    if (direct.length > 0) {
      observed.set(step, direct);
      return;
    }
    const leading = reaching(from, next, step);
    const towards = ways.filter((way) => leading[way.to] === 1);
    if (towards.length > 0 && towards.length < ways.length) observed.set(step, towards);
  });
  return observed;
}

/**
 * Steps before a goal on the ways from the entry to it: on all of them or, where some were observed, on those.
 *
 * @param back - the steps that lead to the goal: no way to it leaves them
 * @returns one flag per step, or undefined if no way arrives
 */
function walk(
  from: CompiledScenario,
  goal: number,
  back: Uint8Array,
  observed?: ReadonlyMap<number, readonly Way[]>,
): Uint8Array | undefined {
  const seen = new Uint8Array(from.size);
  const open = back[from.entry] === 1 ? [from.entry] : [];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    seen[step] = 1;
    if (step === goal) continue;
    for (const { to } of observed?.get(step) ?? from.ways[step] ?? []) {
      if (seen[to] !== 1 && back[to] === 1) open.push(to);
    }
  }
  const arrives = seen[goal] === 1;
  seen[goal] = 0;
  return arrives ? seen : undefined;
}

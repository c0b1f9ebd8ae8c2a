import type { CompiledScenario, Way } from "../scenario/compile.js";
import { reaching } from "../scenario/reachability.js";

/** The part of the old version that a session's own way can have led through. */
export interface OwnRegion {
  readonly own: Uint8Array;
  /** The same without regard to which branches were taken last: earlier rounds may have taken others. */
  readonly possible: Uint8Array;
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
    return { own: none, possible: none, takenFrom: () => undefined };
  }
  const observed = observedWays(from, [...trail, current]);
  let takenFrom = (old: number): readonly Way[] | undefined => observed.get(old);
  let ahead = walk(from, current, takenFrom);
  if (ahead[current] !== 1) {
    takenFrom = () => undefined;
    ahead = walk(from, current, takenFrom);
  }
  const back = reaching(from, current);
  const between = (reached: Uint8Array) =>
    Uint8Array.from(reached, (flag, step) => (flag === 1 && back[step] === 1 && step !== current ? 1 : 0));
  return { own: between(ahead), possible: between(walk(from, current, () => undefined)), takenFrom };
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

/** Steps reached from the entry by the given ways, going no further than `goal`. */
function walk(
  from: CompiledScenario,
  goal: number,
  takenFrom: (old: number) => readonly Way[] | undefined,
): Uint8Array {
  const seen = new Uint8Array(from.size);
  const queue = [from.entry];
  seen[from.entry] = 1;
  for (let step = queue.pop(); step !== undefined; step = queue.pop()) {
    if (step === goal) continue;
    for (const way of takenFrom(step) ?? from.ways[step] ?? []) {
      if (seen[way.to] === 1) continue;
      seen[way.to] = 1;
      queue.push(way.to);
    }
  }
  return seen;
}

import type { CompiledScenario } from "../scenario/compile.js";
import { dominates } from "../scenario/dominators.js";
import { MinHeap } from "./heap.js";
import type { Debts } from "./owed.js";
import type { OpenWay, Router } from "./routing.js";

/** Checkpoints that not every run passes are told apart in the search; beyond this many it gives up. */
const MAX_WAYPOINTS = 16;

/** One step of a run and the way into it. */
export interface RunStep {
  readonly step: number;
  readonly via: OpenWay | undefined;
}

/** A set of steps of which a run has to pass at least one. */
export type Waypoint = ReadonlySet<number>;

/** All cheapest runs from the entry, as far as decided ways lead. */
export interface RunTree {
  /** The cheapest run to a step that passes all waypoints, or undefined. */
  to(step: number): readonly RunStep[] | undefined;
  /** The cheapest run to a step, whatever it passes. */
  anyTo(step: number): readonly RunStep[] | undefined;
  costTo(step: number): number;
  /** Steps reached by decided ways, in order of cost. */
  readonly reached: readonly number[];
}

interface State {
  readonly step: number;
  readonly mask: number;
  readonly before: State | undefined;
  readonly via: OpenWay | undefined;
}

/**
 * Finds the cheapest runs of the new version under the decided ways: fewest obstacles, then questions, then unvisited steps.
 *
 * @param options.goal - the search does not go on from this step
 * @param options.near - what every way to this step passes need not be told apart
 * @remarks Dijkstra over (step, waypoints passed): O(2^w (V + E) log V) for w waypoints.
 */
export function findRuns(
  c: CompiledScenario,
  router: Router,
  debts: Debts,
  waypoints: readonly Waypoint[],
  { goal, near }: { readonly goal?: number; readonly near: number },
): RunTree {
  const onSome = (set: Waypoint) => ![...set].some((step) => dominates(c, step, near));
  const optional = waypoints.length > MAX_WAYPOINTS ? waypoints.filter(onSome) : waypoints;
  const told = optional.slice(0, MAX_WAYPOINTS);
  const full = told.length === optional.length ? 2 ** told.length - 1 : -1;
  const hasAll = (run: readonly RunStep[] | undefined) => {
    const on = new Set((run ?? []).map((passed) => passed.step));
    return waypoints.every((set) => [...set].some((step) => on.has(step)));
  };
  const maskOf = (step: number) => told.reduce((mask, set, i) => (set.has(step) ? mask | (1 << i) : mask), 0);
  const settled = new Map<number, { state: State; cost: number }>();
  const cheapest = new Map<number, { state: State; cost: number }>();
  const reached: number[] = [];
  const keyOf = (step: number, mask: number) => mask * c.size + step;
  const heap = new MinHeap<State>();
  heap.push(0, { step: c.entry, mask: maskOf(c.entry), before: undefined, via: undefined });
  for (let top = heap.pop(); top !== undefined; top = heap.pop()) {
    const { key: cost, value: state } = top;
    const { step, mask } = state;
    if (settled.has(keyOf(step, mask))) continue;
    settled.set(keyOf(step, mask), { state, cost });
    if (!cheapest.has(step)) {
      cheapest.set(step, { state, cost });
      reached.push(step);
    }
    if (step === goal) continue;
    const next = cost + debts.costOf(step);
    for (const via of router.openAt(step)) {
      const target = via.way.to;
      const passed = mask | maskOf(target);
      if (!settled.has(keyOf(target, passed))) heap.push(next, { step: target, mask: passed, before: state, via });
    }
  }
  const trace = (found: { state: State } | undefined): RunStep[] | undefined => {
    if (found === undefined) return undefined;
    const run: RunStep[] = [];
    for (let at: State | undefined = found.state; at !== undefined; at = at.before)
      run.push({ step: at.step, via: at.via });
    return run.reverse();
  };
  return {
    to: (step) => {
      const run = full < 0 ? undefined : trace(settled.get(keyOf(step, full)));
      return hasAll(run) ? run : undefined;
    },
    anyTo: (step) => trace(cheapest.get(step)),
    costTo: (step) => settled.get(keyOf(step, Math.max(full, 0)))?.cost ?? Number.POSITIVE_INFINITY,
    reached,
  };
}

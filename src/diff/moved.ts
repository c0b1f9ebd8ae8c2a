import type { CompiledScenario } from "../scenario/compile.js";
import { componentsOf } from "../scenario/components.js";
import type { Matching } from "./matching.js";

/**
 * Old steps that changed their place among the steps that both versions have.
 *
 * Steps are ranked by the order of their components; a longest run of pairs that keeps its order stays, the others moved.
 *
 * @remarks O(V log V) by patience sorting.
 */
export function movedSteps(m: Matching): number[] {
  const before = ranks(m.from);
  const after = ranks(m.to);
  const pairs = m.pairs
    .filter((pair) => m.from.reachable[pair.from] === 1 && m.to.reachable[pair.to] === 1)
    .map((pair) => ({ step: pair.from, old: before[pair.from] ?? 0, now: after[pair.to] ?? 0 }))
    .sort((a, b) => a.old - b.old || a.now - b.now);
  const kept = longestKeptRun(pairs.map((pair) => pair.now));
  return pairs.flatMap((pair, i) => (kept.has(i) ? [] : [pair.step])).sort((a, b) => a - b);
}

/** Longest distance from the entry over components: equal for steps of one cycle and for parallel branches of equal length. */
function ranks(c: CompiledScenario): Int32Array {
  const { component, count, order } = componentsOf(c);
  const depth = new Int32Array(count);
  for (let at = order.length - 1; at >= 0; at -= 1) {
    const step = order[at] ?? 0;
    if (c.reachable[step] !== 1) continue;
    const own = component[step] ?? 0;
    for (const next of c.outs[step] ?? []) {
      const to = component[next] ?? 0;
      if (to !== own) depth[to] = Math.max(depth[to] ?? 0, (depth[own] ?? 0) + 1);
    }
  }
  return component.map((own) => depth[own] ?? 0);
}

/** Positions of a longest non-decreasing subsequence. */
function longestKeptRun(values: readonly number[]): Set<number> {
  const tails: number[] = [];
  const previous: number[] = [];
  values.forEach((value, i) => {
    let low = 0;
    let high = tails.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((values[tails[middle] ?? 0] ?? 0) <= value) low = middle + 1;
      else high = middle;
    }
    previous[i] = low > 0 ? (tails[low - 1] ?? -1) : -1;
    tails[low] = i;
  });
  const kept = new Set<number>();
  for (let at = tails[tails.length - 1] ?? -1; at >= 0; at = previous[at] ?? -1) kept.add(at);
  return kept;
}

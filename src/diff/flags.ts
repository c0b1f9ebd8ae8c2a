import type { CompiledScenario } from "../scenario/compile.js";
import { componentsOf } from "../scenario/components.js";
import { dominatorTreeOf } from "../scenario/dominators.js";

/** A set of steps of a version, as one flag per step. */
export function flagged(c: CompiledScenario, steps: Iterable<number>): Uint8Array {
  const flags = new Uint8Array(c.size);
  for (const step of steps) flags[step] = 1;
  return flags;
}

/**
 * Spreads a set of steps forward: which steps have one of them upstream, on some way from the entry that does not pass the
 * step itself?
 *
 * A step that can only be reached through X is not upstream of X even if a loop leads back, so inside a loop the steps that X
 * dominates do not count.
 *
 * @returns one flag per step; O(V + E)
 */
export function hasUpstream(c: CompiledScenario, seeds: Uint8Array): Uint8Array {
  if (!seeds.includes(1)) return new Uint8Array(c.size);
  const { component, count } = componentsOf(c);
  const { first, last } = dominatorTreeOf(c);
  // By component: the least and the greatest number that its seeds have in the dominator tree.
  const least = new Int32Array(count).fill(c.size);
  const greatest = new Int32Array(count).fill(-1);
  for (let seed = 0; seed < c.size; seed += 1) {
    if (seeds[seed] !== 1 || c.reachable[seed] !== 1) continue;
    const [own, at] = [component[seed] ?? 0, first[seed] ?? 0];
    least[own] = Math.min(least[own] ?? at, at);
    greatest[own] = Math.max(greatest[own] ?? at, at);
  }
  const entered = enteredBelow(c, greatest);
  const flags = new Uint8Array(c.size);
  for (let step = 0; step < c.size; step += 1) {
    if (c.reachable[step] !== 1) continue;
    const own = component[step] ?? 0;
    const beside = (least[own] ?? 0) < (first[step] ?? 0) || (greatest[own] ?? 0) > (last[step] ?? 0);
    if (beside || entered[own] === 1) flags[step] = 1;
  }
  return flags;
}

/** By component: does an earlier one that holds a seed lead into it? */
function enteredBelow(c: CompiledScenario, greatest: Int32Array): Uint8Array {
  const { component, count, order } = componentsOf(c);
  const entered = new Uint8Array(count);
  for (let at = order.length - 1; at >= 0; at -= 1) {
    const step = order[at] ?? 0;
    const own = component[step] ?? 0;
    if (c.reachable[step] !== 1 || (entered[own] !== 1 && greatest[own] === -1)) continue;
    for (const next of c.outs[step] ?? []) {
      const to = component[next] ?? 0;
      if (to !== own) entered[to] = 1;
    }
  }
  return entered;
}

/** By step: the nearest flagged step that dominates it, itself not counted, or -1. O(V). */
export function nearestDominator(c: CompiledScenario, seeds: Uint8Array): Int32Array {
  const nearest = new Int32Array(c.size).fill(-1);
  for (const step of dominatorTreeOf(c).preorder) {
    const above = c.idom[step] ?? -1;
    if (above >= 0) nearest[step] = seeds[above] === 1 ? above : (nearest[above] ?? -1);
  }
  return nearest;
}

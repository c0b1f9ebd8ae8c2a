import type { CompiledScenario } from "../scenario/compile.js";
import { componentsOf } from "../scenario/components.js";
import { dominates, dominatorTreeOf } from "../scenario/dominators.js";
import { hasUpstream } from "./flags.js";
import type { Matching } from "./matching.js";

/** Loops in loops need several rounds; beyond these the answer is careful instead of exact. */
const MAX_ROUNDS = 8;
/** How far up a step whose old dominator is kept is looked for. */
const MAX_CLIMB = 64;

/** By new step: the one old step that it is the image of, or -1 where that is not certain. */
export function soleOrigins(m: Matching): Int32Array {
  return Int32Array.from(m.preimagesOf, (pairs, step) =>
    pairs.length === 1 && !m.contested.has(step) ? (pairs[0]?.from ?? -1) : -1,
  );
}

/** Whether every way of the old version to the origin of `step` passed the origin of `above`: sessions there have it behind them. */
export function passedFor({ from }: Matching, origins: Int32Array, above: number, step: number): boolean {
  const [before, own] = [origins[above] ?? -1, origins[step] ?? -1];
  return before >= 0 && own >= 0 && before !== own && dominates(from, before, own);
}

/**
 * Spreads steps that were kept: which steps have one upstream that their sessions need not have passed on the old version?
 *
 * Where the old counterpart of a seed dominates the old counterpart of a step, that step's sessions have the seed behind them.
 * Seeds that stand on some ways only count as not passed.
 *
 * @returns one flag per step; at least the steps that are concerned, O(V + E)
 */
export function metUnpassed(m: Matching, seeds: Uint8Array): Uint8Array {
  const c = m.to;
  if (!seeds.includes(1)) return new Uint8Array(c.size);
  const spread = spreadBeside(c, seeds);
  if (spread === undefined) return hasUpstream(c, seeds);
  const { beside, above } = spread;
  const origins = soleOrigins(m);
  const flags = new Uint8Array(c.size);
  const { order } = componentsOf(c);
  for (let at = order.length - 1; at >= 0; at -= 1) {
    const step = order[at] ?? 0;
    const parent = c.idom[step] ?? -1;
    if (c.reachable[step] !== 1 || parent < 0) continue;
    let kept = parent;
    for (let climbed = 0; kept >= 0 && !passedFor(m, origins, kept, step); climbed += 1)
      kept = climbed < MAX_CLIMB ? (c.idom[kept] ?? -1) : -1;
    const open = (above[parent] ?? 0) - (kept < 0 ? 0 : (above[kept] ?? 0));
    if (beside[step] === 1 || open > 0 || (kept >= 0 && flags[kept] === 1)) flags[step] = 1;
  }
  return flags;
}

interface Spread {
  /** By step: a seed lies between its nearest dominator and itself. */
  readonly beside: Uint8Array;
  /** By step: how many of its dominators, itself included, are seeds or have one beside them. */
  readonly above: Int32Array;
}

/** Undefined if the loops are too entangled. */
function spreadBeside(c: CompiledScenario, seeds: Uint8Array): Spread | undefined {
  const { order } = componentsOf(c);
  const beside = new Uint8Array(c.size);
  const above = new Int32Array(c.size);
  for (const step of dominatorTreeOf(c).preorder)
    above[step] = (above[c.idom[step] ?? -1] ?? 0) + (seeds[step] === 1 ? 1 : 0);
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    let changed = false;
    for (let at = order.length - 1; at >= 0; at -= 1) {
      const step = order[at] ?? 0;
      if (c.reachable[step] !== 1) continue;
      const parent = c.idom[step] ?? -1;
      const outside = parent < 0 ? 0 : (above[parent] ?? 0);
      if (beside[step] !== 1 && parent >= 0) {
        const comesBeside = (before: number) =>
          c.reachable[before] === 1 && (above[before] ?? 0) > outside && !dominates(c, step, before);
        if ((c.ins[step] ?? []).some((before) => before !== parent && comesBeside(before))) {
          beside[step] = 1;
          changed = true;
        }
      }
      above[step] = outside + (seeds[step] === 1 || beside[step] === 1 ? 1 : 0);
    }
    if (!changed) return { beside, above };
  }
  return undefined;
}

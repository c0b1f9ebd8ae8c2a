import type { Matching, StepMatch } from "../diff/matching.js";
import type { CompiledScenario } from "../scenario/compile.js";
import { componentsOf } from "../scenario/components.js";

/** Checkpoints looked at together, one bit each. */
const TOGETHER = 30;

/**
 * For checkpoints that the old version never came back to: the first step after each of them from which the new version leads to it
 * again. By old step; what is not led back to is absent.
 *
 * @param checkpoints - pairs of checkpoints
 * @remarks O(V + E) for each thirty checkpoints.
 */
export function newReturns(m: Matching, checkpoints: readonly StepMatch[]): Map<number, number> {
  const found = new Map<number, number>();
  const single = checkpoints.filter((pair) => !isInLoop(m.from, pair.from));
  for (let at = 0; at < single.length; at += TOGETHER) {
    const block = single.slice(at, at + TOGETHER);
    const after = followers(
      m.from,
      block.map((pair) => pair.from),
    );
    const before = leaders(
      m.to,
      block.map((pair) => pair.to),
    );
    for (const pair of m.pairs) {
      const both = (after[pair.from] ?? 0) & (before[pair.to] ?? 0);
      if (both === 0) continue;
      for (const [bit, checkpoint] of block.entries()) {
        const leadsBack = (both & (1 << bit)) !== 0 && pair.from !== checkpoint.from;
        if (leadsBack && !found.has(checkpoint.from)) found.set(checkpoint.from, pair.from);
      }
    }
  }
  return found;
}

function isInLoop(c: CompiledScenario, step: number): boolean {
  const { component, start } = componentsOf(c);
  const own = component[step] ?? 0;
  return (start[own + 1] ?? 0) - (start[own] ?? 0) > 1 || (c.outs[step] ?? []).includes(step);
}

/** By step: which of some steps lead to it, as bits. */
function followers(c: CompiledScenario, steps: readonly number[]): Int32Array {
  const { component, order } = componentsOf(c);
  const bits = seeded(c, steps);
  for (let at = order.length - 1; at >= 0; at -= 1) {
    const step = order[at] ?? 0;
    const own = bits[component[step] ?? 0] ?? 0;
    for (const next of c.outs[step] ?? []) add(bits, component[next] ?? 0, own);
  }
  return component.map((own) => bits[own] ?? 0);
}

/** By step: which of some steps it leads to, as bits. */
function leaders(c: CompiledScenario, steps: readonly number[]): Int32Array {
  const { component, order } = componentsOf(c);
  const bits = seeded(c, steps);
  for (const step of order) {
    for (const next of c.outs[step] ?? []) add(bits, component[step] ?? 0, bits[component[next] ?? 0] ?? 0);
  }
  return component.map((own) => bits[own] ?? 0);
}

/** By component: which of some steps are in it, as bits. */
function seeded(c: CompiledScenario, steps: readonly number[]): Int32Array {
  const { component, count } = componentsOf(c);
  const bits = new Int32Array(count);
  for (const [bit, step] of steps.entries()) add(bits, component[step] ?? 0, 1 << bit);
  return bits;
}

function add(bits: Int32Array, at: number, more: number): void {
  bits[at] = (bits[at] ?? 0) | more;
}

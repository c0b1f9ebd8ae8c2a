import type { CompiledScenario } from "./compile.js";

const noDominator = -1;
const unreachable = -2;

/** Numbers of a walk over the dominator tree: what a step dominates has numbers from its first to its last. */
export interface DominatorTree {
  /** By step: its number; -2 for what the entry does not reach. */
  readonly first: Int32Array;
  readonly last: Int32Array;
  /** The steps that the entry reaches by their numbers, so that a step comes after all that dominate it. */
  readonly preorder: Int32Array;
}

const cache = new WeakMap<CompiledScenario, DominatorTree>();

/**
 * Whether every path from the entry to `below` passes `above`. A step dominates itself; what the entry does not reach is
 * dominated by nothing.
 *
 * @remarks O(1) after O(V) once for each version.
 */
export function dominates(c: CompiledScenario, above: number, below: number): boolean {
  const { first, last } = dominatorTreeOf(c);
  const at = first[below] ?? unreachable;
  return at >= 0 && at >= (first[above] ?? 0) && at <= (last[above] ?? unreachable);
}

/** The steps that dominate a step, from the entry down to the step itself; empty if the entry does not reach it. */
export function dominatorsOf(c: CompiledScenario, step: number): number[] {
  const chain: number[] = [];
  if ((c.idom[step] ?? unreachable) === unreachable) return chain;
  for (let at = step; at >= 0; at = c.idom[at] ?? noDominator) chain.push(at);
  return chain.reverse();
}

/** The dominator tree of a scenario. O(V), kept per version. */
export function dominatorTreeOf(c: CompiledScenario): DominatorTree {
  const known = cache.get(c);
  if (known !== undefined) return known;
  const made = walkTree(c);
  cache.set(c, made);
  return made;
}

function walkTree({ entry, idom, size }: CompiledScenario): DominatorTree {
  const child = new Int32Array(size).fill(-1);
  const sibling = new Int32Array(size).fill(-1);
  for (let step = 0; step < size; step += 1) {
    const parent = idom[step] ?? unreachable;
    if (parent < 0) continue;
    sibling[step] = child[parent] ?? -1;
    child[parent] = step;
  }
  const first = new Int32Array(size).fill(unreachable);
  const last = new Int32Array(size).fill(unreachable);
  const preorder = new Int32Array(size);
  let clock = 0;
  const path = [entry];
  while (path.length > 0) {
    const step = path[path.length - 1] ?? 0;
    if (first[step] === unreachable) {
      preorder[clock] = step;
      first[step] = clock++;
    }
    const below = child[step] ?? -1;
    if (below >= 0) {
      child[step] = sibling[below] ?? -1;
      path.push(below);
      continue;
    }
    last[step] = clock - 1;
    path.pop();
  }
  return { first, last, preorder: preorder.subarray(0, clock) };
}

import type { CompiledScenario } from "./compile.js";

const noDominator = -1;
const unreachable = -2;

interface Intervals {
  readonly first: Int32Array;
  readonly last: Int32Array;
}

const cache = new WeakMap<CompiledScenario, Intervals>();

/**
 * Whether every path from the entry to `below` passes `above`. A step dominates itself; what the entry does not reach is
 * dominated by nothing.
 *
 * @remarks O(1) after O(V) once for each version.
 */
export function dominates(c: CompiledScenario, above: number, below: number): boolean {
  const { first, last } = intervalsOf(c);
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

/** Numbers of a walk over the dominator tree: what a step dominates has numbers from its first to its last. */
function intervalsOf(c: CompiledScenario): Intervals {
  const known = cache.get(c);
  if (known !== undefined) return known;
  const children: number[][] = Array.from({ length: c.size }, () => []);
  c.idom.forEach((parent, step) => {
    if (parent >= 0) children[parent]?.push(step);
  });
  const first = new Int32Array(c.size).fill(unreachable);
  const last = new Int32Array(c.size).fill(unreachable);
  let clock = 0;
  const path = [c.entry];
  while (path.length > 0) {
    const step = path[path.length - 1] ?? 0;
    if (first[step] === unreachable) first[step] = clock++;
    const child = children[step]?.pop();
    if (child !== undefined) {
      path.push(child);
      continue;
    }
    last[step] = clock - 1;
    path.pop();
  }
  const made: Intervals = { first, last };
  cache.set(c, made);
  return made;
}

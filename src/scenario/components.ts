import type { CompiledScenario } from "./compile.js";

/** The strongly connected components of a scenario. */
export interface Components {
  readonly count: number;
  /** By step: the number of its component. Numbers are in reverse topological order: what leads to others has the higher one. */
  readonly component: Int32Array;
  /** The steps in the order of their components. Read backwards, it is a topological order but for cycles. */
  readonly order: Int32Array;
  /** By component: where its steps begin in the order; one more entry for the end. More than one step means a cycle. */
  readonly start: Int32Array;
}

const cache = new WeakMap<CompiledScenario, Components>();

/** The strongly connected components (Tarjan's algorithm without recursion, so that no chain is too long). O(V + E), kept per version. */
export function componentsOf(c: CompiledScenario): Components {
  const known = cache.get(c);
  if (known !== undefined) return known;
  const made = tarjan(c);
  cache.set(c, made);
  return made;
}

function tarjan(c: CompiledScenario): Components {
  const component = new Int32Array(c.size).fill(-1);
  const found = new Int32Array(c.size).fill(-1);
  const low = new Int32Array(c.size);
  const next = new Int32Array(c.size);
  const order = new Int32Array(c.size);
  const start = [0];
  const open: number[] = [];
  const path: number[] = [];
  let clock = 0;
  let placed = 0;
  for (let root = 0; root < c.size; root += 1) {
    if (found[root] !== -1) continue;
    path.push(root);
    while (path.length > 0) {
      const step = path[path.length - 1] ?? 0;
      if (found[step] === -1) {
        found[step] = low[step] = clock++;
        open.push(step);
      }
      const target = c.outs[step]?.[next[step] ?? 0];
      if (target !== undefined) {
        next[step] = (next[step] ?? 0) + 1;
        if (found[target] === -1) path.push(target);
        else if (component[target] === -1) low[step] = Math.min(low[step] ?? 0, found[target] ?? 0);
        continue;
      }
      path.pop();
      const parent = path[path.length - 1];
      if (parent !== undefined) low[parent] = Math.min(low[parent] ?? 0, low[step] ?? 0);
      if (low[step] !== found[step]) continue;
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        component[member] = start.length - 1;
        order[placed++] = member;
        if (member === step) break;
      }
      start.push(placed);
    }
  }
  return { count: start.length - 1, component, order, start: Int32Array.from(start) };
}

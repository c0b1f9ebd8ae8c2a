import type { CompiledScenario } from "./compile.js";

/** The strongly connected components of a scenario. */
export interface Components {
  /** By step: the number of its component. Numbers are in reverse topological order: what leads to others has the higher one. */
  readonly component: Int32Array;
  /** By component: its steps. More than one means a cycle. */
  readonly members: readonly (readonly number[])[];
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
  const order = new Int32Array(c.size).fill(-1);
  const low = new Int32Array(c.size);
  const next = new Int32Array(c.size);
  const onStack = new Uint8Array(c.size);
  const members: number[][] = [];
  const open: number[] = [];
  let clock = 0;
  for (let root = 0; root < c.size; root += 1) {
    if (order[root] !== -1) continue;
    const path = [root];
    while (path.length > 0) {
      const step = path[path.length - 1] ?? 0;
      if (order[step] === -1) {
        order[step] = low[step] = clock++;
        open.push(step);
        onStack[step] = 1;
      }
      const target = c.outs[step]?.[next[step] ?? 0];
      if (target !== undefined) {
        next[step] = (next[step] ?? 0) + 1;
        if (order[target] === -1) path.push(target);
        else if (onStack[target] === 1) low[step] = Math.min(low[step] ?? 0, order[target] ?? 0);
        continue;
      }
      path.pop();
      const parent = path[path.length - 1];
      if (parent !== undefined) low[parent] = Math.min(low[parent] ?? 0, low[step] ?? 0);
      if (low[step] !== order[step]) continue;
      const group: number[] = [];
      for (let member = open.pop(); member !== undefined; member = open.pop()) {
        onStack[member] = 0;
        component[member] = members.length;
        group.push(member);
        if (member === step) break;
      }
      members.push(group.sort((a, b) => a - b));
    }
  }
  return { component, members };
}

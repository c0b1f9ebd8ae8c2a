/** By step: the steps beside it. */
export type Neighbours = readonly (readonly number[])[];

/** A step, or a test of steps, that paths keep clear of. */
export type Avoided = number | ((step: number) => boolean);

const noDominator = -1;
const unreachable = -2;

/** By step: 1 if a path leads to it from the start, itself included, that keeps clear of what is avoided. O(V + E). */
export function reachableOver(neighbours: Neighbours, start: number, avoid?: Avoided): Uint8Array {
  const reached = new Uint8Array(neighbours.length);
  const isAvoided = typeof avoid === "function" ? avoid : (step: number) => step === avoid;
  if (neighbours[start] === undefined || isAvoided(start)) return reached;
  reached[start] = 1;
  const open = [start];
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    for (const next of neighbours[step] ?? []) {
      if (reached[next] === 1 || isAvoided(next)) continue;
      reached[next] = 1;
      open.push(next);
    }
  }
  return reached;
}

/**
 * The immediate dominator of each step: the last step that every path from the entry passes before it.
 *
 * @returns by step: its immediate dominator; -1 for the entry, -2 for a step that the entry does not reach
 *
 * @remarks The iterative algorithm of Cooper, Harvey and Kennedy ("A Simple, Fast Dominance Algorithm", 2001) over reverse
 * postorder; near linear on flows, where few sweeps are needed. No recursion.
 */
export function immediateDominators(outs: Neighbours, ins: Neighbours, entry: number): Int32Array {
  const order = reversePostorder(outs, entry);
  const place = new Int32Array(outs.length).fill(unreachable);
  order.forEach((step, at) => {
    place[step] = at;
  });
  // By place in the order; the entry dominates itself while the sweeps run.
  const dominator = new Int32Array(order.length).fill(unreachable);
  dominator[0] = 0;
  for (let changed = true; changed; ) {
    changed = false;
    for (let at = 1; at < order.length; at += 1) {
      let common = unreachable;
      for (const from of ins[order[at] ?? 0] ?? []) {
        const other = place[from] ?? unreachable;
        if (other < 0 || dominator[other] === unreachable) continue;
        common = common === unreachable ? other : meet(dominator, common, other);
      }
      if (common !== dominator[at]) {
        dominator[at] = common;
        changed = true;
      }
    }
  }
  const idom = new Int32Array(outs.length).fill(unreachable);
  order.forEach((step, at) => {
    idom[step] = at === 0 ? noDominator : (order[dominator[at] ?? 0] ?? unreachable);
  });
  return idom;
}

function meet(dominator: Int32Array, first: number, second: number): number {
  let a = first;
  let b = second;
  while (a !== b) {
    while (a > b) a = dominator[a] ?? 0;
    while (b > a) b = dominator[b] ?? 0;
  }
  return a;
}

function reversePostorder(outs: Neighbours, entry: number): Int32Array {
  const seen = new Uint8Array(outs.length);
  const next = new Int32Array(outs.length);
  const finished: number[] = [];
  const path = outs[entry] === undefined ? [] : [entry];
  seen[entry] = 1;
  while (path.length > 0) {
    const step = path[path.length - 1] ?? 0;
    const at = next[step] ?? 0;
    const target = outs[step]?.[at];
    if (target === undefined) {
      finished.push(step);
      path.pop();
      continue;
    }
    next[step] = at + 1;
    if (seen[target] === 1) continue;
    seen[target] = 1;
    path.push(target);
  }
  return Int32Array.from(finished.reverse());
}

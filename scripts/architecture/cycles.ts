/** Directed edges by node name. */
export type Edges = ReadonlyMap<string, Iterable<string>>;

function pathBack(edges: Edges, from: string, to: string): string[] | undefined {
  const cameFrom = new Map<string, string>([[from, from]]);
  const queue = [from];
  for (const node of queue) {
    if (node === to) break;
    for (const next of edges.get(node) ?? []) {
      if (cameFrom.has(next)) continue;
      cameFrom.set(next, node);
      queue.push(next);
    }
  }
  if (!cameFrom.has(to)) return undefined;
  const path = [to];
  for (let node = to; node !== from; ) {
    node = cameFrom.get(node) ?? from;
    path.unshift(node);
  }
  return path;
}

/**
 * One shortest cycle for each node that is the first, in map order, to lie on it.
 *
 * Nodes of a cycle already reported are not reported again, so the list is short but empty only if the graph has no cycle.
 */
export function findCycles(edges: Edges): string[][] {
  const cycles: string[][] = [];
  const seen = new Set<string>();
  for (const [node, targets] of edges) {
    if (seen.has(node)) continue;
    let shortest: string[] | undefined;
    for (const target of targets) {
      const back = pathBack(edges, target, node);
      if (back && (shortest === undefined || back.length < shortest.length)) shortest = back;
    }
    if (shortest === undefined) continue;
    cycles.push([node, ...shortest]);
    for (const member of shortest) seen.add(member);
  }
  return cycles;
}

import type { DirectedGraph } from "graphology";
import { diffCompiled } from "../src/diff/diff.js";
import type { CompiledScenario } from "../src/scenario/compile.js";
import { toGraphology } from "../src/scenario/graphology.js";
import { race } from "./measure.js";
import { type Bench, timesOf } from "./report.js";
import { type Versions, versions } from "./versions.js";

type Graph = Pick<DirectedGraph, "forEachOutNeighbor" | "forEachInNeighbor">;

const plain = "naive: walks on graphology for each anchor, lists made";
const ours = "diff, all anchors classified";
const listed = "diff with the lists of every anchor made";

/** The obvious program: for each anchor, which inserted and removed steps lie on a way to it? */
export async function naiveSuite({ isQuick, emit }: Bench): Promise<void> {
  for (const size of isQuick ? [50, 500] : [50, 500, 1000]) {
    const pair = versions({ seed: 1, steps: size });
    const graphs = { from: toGraphology(pair.from.scenario), to: toGraphology(pair.to.scenario) };
    const contenders = [
      { name: plain, run: () => naive(pair, graphs.from, graphs.to) },
      { name: ours, run: () => diffCompiled(pair.from, pair.to).classes.owing },
      { name: listed, run: () => lists(pair) },
    ];
    const measured = await race(contenders, { rounds: 9 });
    for (const row of timesOf("naive", size, [plain, ours, listed], measured)) emit(row);
    const isEqual = JSON.stringify(naive(pair, graphs.from, graphs.to)) === JSON.stringify(lists(pair));
    const goal = size === 500 ? { id: "G5", atLeast: 100, isGate: true } : { id: "G5", atLeast: 500, isGate: false };
    const value = measured.ratio(plain, ours);
    emit({ suite: "naive", size, what: "naive / diff", value, ...(size < 500 ? {} : { goal }) });
    emit({
      suite: "naive",
      size,
      what: "equal lists for every anchor (1 = yes)",
      value: Number(isEqual),
      goal: { id: "G5", atLeast: 1, isGate: true },
    });
  }
}

/** By old step: the inserted and the removed steps on the ways to it, in the order of the versions. */
type Lists = Record<string, { inserted: string[]; removed: string[] }>;

function naive({ from, to }: Versions, oldGraph: Graph, newGraph: Graph): Lists {
  const [oldKnown, newKnown] = [
    new Set([...from.hashes, ...from.index.keys()]),
    new Set([...to.hashes, ...to.index.keys()]),
  ];
  const lists: Lists = {};
  from.steps.forEach((step, at) => {
    const image = to.steps[to.hashes.indexOf(from.hashes[at] ?? "")]?.id;
    if (image === undefined) return;
    const [before, now] = [upstream(from, oldGraph, step.id), upstream(to, newGraph, image)];
    const isNew = (id: string, i: number) => !oldKnown.has(id) && !oldKnown.has(to.hashes[i] ?? "");
    const isGone = (id: string, i: number) => !newKnown.has(id) && !newKnown.has(from.hashes[i] ?? "");
    const inserted = to.steps.filter(({ id }, i) => now.has(id) && isNew(id, i));
    const removed = from.steps.filter(({ id }, i) => before.has(id) && isGone(id, i));
    lists[step.id] = { inserted: inserted.map(({ id }) => id), removed: removed.map(({ id }) => id) };
  });
  return lists;
}

/** Steps on some way from the entry to a step that does not pass it before its end. */
function upstream({ scenario }: CompiledScenario, graph: Graph, id: string): Set<string> {
  const ahead = walk(scenario.entry, id, (step, visit) => graph.forEachOutNeighbor(step, visit));
  const back = walk(id, undefined, (step, visit) => graph.forEachInNeighbor(step, visit));
  return new Set([...ahead].filter((step) => step !== id && back.has(step)));
}

function walk(
  start: string,
  avoid: string | undefined,
  forEach: (step: string, visit: (next: string) => void) => void,
): Set<string> {
  if (start === avoid) return new Set();
  const seen = new Set([start]);
  for (const step of seen) {
    forEach(step, (next) => {
      if (next !== avoid) seen.add(next);
    });
  }
  return seen;
}

function lists({ from, to }: Versions): Lists {
  const diff = diffCompiled(from, to);
  const entries = diff.matching.pairs.flatMap((pair) => {
    if (pair.relation !== "content") return [];
    const id = from.steps[pair.from]?.id ?? "";
    const { inserted, removed } = diff.upstream(id);
    return [[id, { inserted, removed }] as const];
  });
  return Object.fromEntries(entries);
}

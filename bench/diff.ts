import { hash } from "node:crypto";
import patch from "fast-json-patch";
import microdiff from "microdiff";
import type { Scenario, Step, Transition } from "../src/contracts/types.js";
import { diffCompiled, type ScenarioDiff } from "../src/diff/diff.js";
import { race } from "./measure.js";
import { type Bench, timesOf } from "./report.js";
import { bytesOf, fresh, readOnce, versions } from "./versions.js";

const bound = "bound: SHA-256 of the bytes of both versions, one buffer";
const walk = "bound: read every step and transition of both once";
const ours = "diff of published versions, all anchors classified";
const first = "the same, nothing kept with the versions yet";
const map = "the map for the operator, from a diff";
const peers = { microdiff: "microdiff, keyed by id", patch: "fast-json-patch compare, keyed by id" };

/** The diff of two versions, against the bounds and JSON diffs, which answer an easier question. */
export async function diffSuite({ isQuick, emit }: Bench): Promise<void> {
  for (const size of isQuick ? [50, 500, 5000] : [50, 500, 2000, 8000, 32_000, 100_000]) {
    const pair = versions({ seed: 1, steps: size });
    const [from, to] = [pair.from.scenario, pair.to.scenario];
    const bytes = bytesOf(pair);
    const [a, b] = [keyed(from), keyed(to)];
    const contenders = [
      { name: bound, run: () => hash("sha256", bytes, "hex") },
      { name: walk, run: () => readOnce(from) + readOnce(to) },
      { name: ours, run: () => classified(diffCompiled(pair.from, pair.to)) },
      { name: first, run: () => classified(diffCompiled(fresh(pair.from), fresh(pair.to))) },
      { name: map, run: () => diffCompiled(pair.from, pair.to).map },
      { name: peers.microdiff, run: () => microdiff(a, b) },
      { name: peers.patch, run: () => patch.compare(a, b) },
    ];
    const measured = await race(contenders);
    const names = contenders.map(({ name }) => name);
    for (const row of timesOf("diff", size, names, measured)) emit(row);
    const judge = (what: string, against: string, goal: { id: string; atMost: number; isGate?: boolean }) =>
      emit({ suite: "diff", size, what: `${what} / ${against}`, value: measured.ratio(ours, against), goal });
    judge("diff", bound, { id: "G2", atMost: 1, isGate: size >= 500 && size <= 8000 });
    judge("diff", peers.microdiff, { id: "G2", atMost: 0.35, isGate: true });
    judge("diff", peers.patch, { id: "G2", atMost: 0.35, isGate: true });
  }
}

/** Anchors that are classified; makes the diff do all of its work. */
function classified(diff: ScenarioDiff): number {
  let count = 0;
  for (const pair of diff.matching.pairs) count += diff.classes.of(pair.to).kind === "clean_graft" ? 0 : 1;
  return count;
}

/** A scenario as JSON diffs like it: objects by id instead of arrays. */
function keyed({ steps, transitions }: Scenario): { steps: Record<string, Step>; ways: Record<string, Transition> } {
  const count = new Map<string, number>();
  const nameOf = ({ from, to }: Transition) => {
    const name = `${from}->${to}`;
    const number = count.get(name) ?? 0;
    count.set(name, number + 1);
    return `${name}#${number}`;
  };
  return {
    steps: Object.fromEntries(steps.map((step) => [step.id, step])),
    ways: Object.fromEntries(transitions.map((way) => [nameOf(way), way])),
  };
}

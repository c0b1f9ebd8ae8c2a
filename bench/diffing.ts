import { createHash } from "node:crypto";
import jsonPatch from "fast-json-patch";
import microdiff from "microdiff";
import type { Scenario } from "../src/contracts/types.js";
import { diffCompiled } from "../src/diff/diff.js";
import { canonicalJson } from "../src/hash/canonical-json.js";
import { buildPlan } from "../src/plan/build.js";
import { compile } from "../src/scenario/compile.js";
import { toGraphology } from "../src/scenario/graphology.js";
import { defineScenario } from "../src/scenario/parse.js";
import { compare, print } from "./rounds.js";
import { versionPair } from "./scenarios.js";

const keyed = ({ steps, transitions }: Scenario) => ({
  steps: Object.fromEntries(steps.map((step) => [step.id, step])),
  transitions: Object.fromEntries(transitions.map((way, i) => [`${way.from}>${way.to}#${i}`, way])),
});

/** G2, G4, G5: the diff of two published versions with the class of every anchor, its size, and a naive search per anchor. */
export function benchDiffing(steps: number, rounds: number): void {
  const pair = versionPair({ seed: 2, steps });
  const [v1, v2] = [defineScenario(pair.from), defineScenario(pair.to)];
  const [from, to] = [compile(v1), compile(v2)];
  const bytes = Buffer.from(canonicalJson(v1) + canonicalJson(v2));
  const ours = {
    name: "ours",
    run: () => {
      const diff = diffCompiled(from, to);
      return diff.matching.pairs.map((pair) => diff.classes.of(pair.to).kind);
    },
  };
  const against = (goal: string, name: string, run: () => unknown, limit?: number) => {
    const ratio = compare({ name, run }, [ours], rounds).get("ours");
    if (ratio === undefined) return;
    print({
      goal,
      what: `diff with classes / ${name}`,
      steps,
      spread: ratio,
      ...(limit === undefined ? {} : { limit: { atMost: limit } }),
    });
  };
  against("G2", "SHA-256 of both versions' bytes", () => createHash("sha256").update(bytes).digest("hex"), 1.6);
  const [a, b] = [keyed(v1), keyed(v2)];
  against("G2", "microdiff, keyed by id", () => microdiff(a, b), steps >= 100_000 ? 0.35 : undefined);
  against("G2", "fast-json-patch compare, keyed by id", () => jsonPatch.compare(a, b));
  if (steps <= 1000) naive(from, to, ours, steps, rounds);
  const plan = buildPlan({ tenantId: "", id: "p", from, to, createdAt: "2026-03-01T00:00:00Z" });
  const ratio = JSON.stringify(plan).length / JSON.stringify(v2).length;
  print({
    goal: "G4",
    what: "bytes of the plan / bytes of the new version",
    steps,
    spread: { median: ratio, least: ratio, most: ratio },
    limit: { atMost: 2.5 },
  });
}

function naive(
  from: ReturnType<typeof compile>,
  to: ReturnType<typeof compile>,
  ours: { name: string; run(): unknown },
  steps: number,
  rounds: number,
): void {
  const graph = toGraphology(to.scenario);
  const before = new Set(from.scenario.steps.map((step) => step.id));
  const run = () =>
    to.steps.map(({ id }) => {
      const seen = new Set([id]);
      const open = [id];
      for (let step = open.pop(); step !== undefined; step = open.pop()) {
        for (const source of graph.inNeighbors(step)) {
          if (seen.has(source)) continue;
          seen.add(source);
          open.push(source);
        }
      }
      return [...seen].filter((step) => !before.has(step));
    });
  const ratio = compare(ours, [{ name: "naive", run }], Math.min(rounds, 5)).get("naive");
  if (ratio !== undefined) {
    print({
      goal: "G5",
      what: "one graphology search per anchor / diff with classes",
      steps,
      spread: ratio,
      limit: { atLeast: steps >= 1000 ? 500 : 100 },
    });
  }
}

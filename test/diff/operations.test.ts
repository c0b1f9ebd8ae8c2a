import { describe, expect, it } from "vitest";
import type { Scenario, Transition } from "../../src/contracts/types.js";
import { diffCompiled } from "../../src/diff/diff.js";
import { compile } from "../../src/scenario/compile.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { countEdges } from "../count-edges.js";

type Shape = (size: number) => Transition[];

const way = (from: number, to: number): Transition => ({ from: `s${from}`, to: `s${to}` });
const upTo = (size: number) => Array.from({ length: size - 1 }, (_, i) => i);

const SHAPES: Record<string, Shape> = {
  chain: (size) => upTo(size).map((i) => way(i, i + 1)),
  ladder: (size) => upTo(size).flatMap((i) => (i + 2 < size ? [way(i, i + 1), way(i, i + 2)] : [way(i, i + 1)])),
  ring: (size) => [...upTo(size).map((i) => way(i, i + 1)), way(size - 1, 0)],
};

function version(number: number, size: number, shape: Shape): Scenario {
  const changed = (i: number) => number === 2 && i % 100 === 50;
  const steps = Array.from({ length: size }, (_, i) => ({
    id: `s${i}`,
    name: changed(i) ? `Edited ${i}` : `Step ${i}`,
  }));
  return defineScenario({ id: "flow", version: number, entry: "s0", steps, transitions: shape(size) });
}

/** Edges looked at in a diff with the class of every anchor, for each step and edge of both versions. */
function work(size: number, shape: Shape): number {
  const [v1, v2] = [compile(version(1, size, shape)), compile(version(2, size, shape))];
  const [from, to] = [countEdges(v1), countEdges(v2)];
  const diff = diffCompiled(from.scenario, to.scenario);
  for (const pair of diff.matching.pairs) diff.classes.of(pair.to);
  const parts = v1.size + v2.size + v1.scenario.transitions.length + v2.scenario.transitions.length;
  return (from.edges() + to.edges()) / parts;
}

describe("the work of a diff", () => {
  it.each(Object.keys(SHAPES))("grows with the size of a %s and no faster", (name) => {
    const shape = SHAPES[name] ?? (() => []);
    const figures = [500, 2000, 8000].map((size) => work(size, shape));
    const [least, most] = [Math.min(...figures), Math.max(...figures)];
    expect(most).toBeLessThanOrEqual(12);
    expect(most / least).toBeLessThan(1.2);
  });

  it("has no limit of depth", () => {
    const size = 60_000;
    const shape = SHAPES.chain ?? (() => []);
    const diff = diffCompiled(compile(version(1, size, shape)), compile(version(2, size, shape)));
    expect(diff.matching.pairs).toHaveLength(size);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { scenarioChecksum } from "../../src/scenario/checksum.js";
import { fromGraphology, toGraphology } from "../../src/scenario/graphology.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { anyScenario } from "./arbitraries.js";

const scenario = defineScenario({
  id: "loan",
  version: 2,
  name: "Loan",
  entry: "a",
  steps: [{ id: "a", collects: ["age"] }, { id: "b->c", metadata: { x: 1 } }, { id: "a->b" }, { id: "c" }],
  transitions: [
    { from: "a", to: "b->c", condition: "age > 1" },
    { from: "a", to: "b->c", else: true },
    { from: "a->b", to: "c", priority: 1 },
    { from: "c", to: "c" },
  ],
  fields: [{ name: "age", type: "integer" }],
});

describe("toGraphology and fromGraphology", () => {
  it("give back an equal scenario with the same checksum, also over graphology's own JSON", () => {
    fc.assert(
      fc.property(anyScenario, (json) => {
        const before = defineScenario(json);
        const graph = toGraphology(before);
        const after = fromGraphology(graph);
        expect(after).toEqual(before);
        expect(scenarioChecksum(after)).toBe(scenarioChecksum(before));
        const copy = toGraphology(scenario);
        copy.clear();
        copy.import(JSON.parse(JSON.stringify(graph.export())));
        expect(fromGraphology(copy)).toEqual(before);
      }),
    );
  });

  it("name edges by their ends and a count, the same in every process", () => {
    expect(toGraphology(scenario).edges()).toEqual(["a->b->c#0", "a->b->c#1", "a->b->c#2", "c->c#0"]);
    expect(toGraphology(scenario).nodes()).toEqual(["a", "b->c", "a->b", "c"]);
  });

  it("keep the order of steps and transitions when the graph has lost it", () => {
    const graph = toGraphology(scenario);
    const { attributes, nodes, edges, options } = graph.export();
    const shuffled = toGraphology(scenario);
    shuffled.clear();
    shuffled.import({ attributes, options, nodes: [...nodes].reverse(), edges: [...edges].reverse() });
    expect(fromGraphology(shuffled)).toEqual(scenario);
  });

  it("leave the scenario alone when the graph changes, and leave out what a layout adds", () => {
    const graph = toGraphology(scenario);
    graph.setNodeAttribute("a", "collects", []);
    graph.mergeNodeAttributes("c", { x: 10, y: 20 } as object);
    const changed = fromGraphology(graph);
    expect(scenario.steps[0]?.collects).toEqual(["age"]);
    expect(changed.steps[0]?.collects).toEqual([]);
    expect(changed.steps[3]).toEqual({ id: "c" });
  });

  it("put new parts last and refuse a graph that is no scenario", () => {
    const graph = toGraphology(scenario);
    graph.addNode("d", { name: "New" });
    graph.addEdgeWithKey("c->d#0", "c", "d");
    const changed = fromGraphology(graph);
    expect(changed.steps.at(-1)).toEqual({ id: "d", name: "New" });
    expect(changed.transitions.at(-1)).toEqual({ from: "c", to: "d" });
    graph.dropNode("a");
    expect(() => fromGraphology(graph)).toThrow(/SCENARIO.ENTRY_MISSING/);
  });
});

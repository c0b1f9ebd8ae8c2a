import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Scenario, Transition } from "../../src/contracts/types.js";
import { compile } from "../../src/scenario/compile.js";
import { contentHash } from "../../src/scenario/content-hash.js";
import { dominates, dominatorsOf } from "../../src/scenario/dominators.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { reachableFrom, reaching } from "../../src/scenario/reachability.js";
import { anyScenario } from "./arbitraries.js";

function scenario(ids: string, ways: (string | Transition)[]): Scenario {
  return defineScenario({
    id: "flow",
    version: 1,
    entry: ids[0],
    steps: [...ids].map((id) => ({ id, name: id })),
    transitions: ways.map((way) => (typeof way === "string" ? { from: way[0], to: way[1] } : way)),
  });
}

/** The ways out of the first step: their targets in the order of evaluation, `?` for else, `*` for open. */
function order(ways: Omit<Transition, "from">[]): string[] {
  const c = compile(
    scenario(
      "abcdefg",
      ways.map((way) => ({ from: "a", ...way })),
    ),
  );
  return (c.ways[0] ?? []).map((way) => `${c.steps[way.to]?.id}${way.isElse ? "?" : ""}${way.open ? "*" : ""}`);
}

describe("compile", () => {
  it("compiles a scenario once", () => {
    const v1 = scenario("ab", ["ab"]);
    expect(compile(v1)).toBe(compile(v1));
    expect(Object.isFrozen(compile(v1))).toBe(true);
  });

  it("defines a scenario that is not defined yet", () => {
    const json: Scenario = { id: "x", version: 1, entry: "a", steps: [{ id: "a" }], transitions: [] };
    expect(Object.isFrozen(compile(json).scenario)).toBe(true);
    expect(compile(json)).toBe(compile(json));
    expect(() => compile({ ...json, entry: "z" })).toThrow(/SCENARIO.ENTRY_MISSING/);
  });

  it("numbers steps by their position and finds them by id, hash and field", () => {
    const c = compile(
      defineScenario({
        id: "flow",
        version: 1,
        entry: "b",
        steps: [
          { id: "a", name: "same" },
          { id: "b", name: "other", skipWhen: "age > 1" },
          { id: "constructor", name: "same" },
        ],
        transitions: [],
        fields: [{ name: "age", type: "number" }],
      }),
    );
    expect([c.size, c.entry, c.index.get("constructor"), c.index.get("toString")]).toEqual([3, 1, 2, undefined]);
    expect(c.hashes).toEqual(c.steps.map(contentHash));
    expect(c.byHash.get(c.hashes[0] ?? "")).toEqual([0, 2]);
    expect(c.fields.get("age")?.type).toBe("number");
    expect(c.skips.map((skip) => skip?.text)).toEqual([undefined, "age > 1", undefined]);
  });

  it("lists distinct neighbours", () => {
    const c = compile(scenario("abc", ["ab", "ab", "ac", "cb", "bb"]));
    expect(c.outs).toEqual([[1, 2], [1], [1]]);
    expect(c.ins).toEqual([[], [0, 1, 2], [0]]);
  });

  it.each<[string, Omit<Transition, "from">[], string[]]>([
    ["a single way", [{ to: "b" }], ["b"]],
    ["a single way flagged else", [{ to: "b", else: true }], ["b"]],
    [
      "conditions as they stand",
      [
        { to: "b", condition: "x" },
        { to: "c", condition: "y" },
      ],
      ["b", "c"],
    ],
    [
      "higher priority first",
      [
        { to: "b", condition: "x" },
        { to: "c", condition: "y", priority: 2 },
        { to: "d", conditionText: "z", priority: -1 },
      ],
      ["c", "b", "d"],
    ],
    [
      "an else last, whatever its priority",
      [
        { to: "b", else: true, priority: 9 },
        { to: "c", condition: "x" },
      ],
      ["c", "b?"],
    ],
    ["an unconditioned way beside conditioned ones as else", [{ to: "b" }, { to: "c", condition: "x" }], ["c", "b?"]],
    ["several unconditioned ways as an open choice", [{ to: "b" }, { to: "c" }], ["b*", "c*"]],
    ["an open choice behind conditions", [{ to: "b" }, { to: "c", condition: "x" }, { to: "d" }], ["c", "b?*", "d?*"]],
    [
      "an else behind an unconditioned way",
      [{ to: "b", else: true }, { to: "c" }, { to: "d", condition: "x" }],
      ["d", "c?", "b?"],
    ],
  ])("orders %s", (_title, ways, expected) => {
    expect(order(ways)).toEqual(expected);
  });

  it("takes a condition before a judged one on the same way", () => {
    const c = compile(
      scenario("ab", [{ from: "a", to: "b", condition: "x > 1", conditionText: "is large", priority: 3 }]),
    );
    const way = c.ways[0]?.[0];
    expect([way?.condition?.text, way?.conditionText, way?.priority, way?.index]).toEqual(["x > 1", undefined, 3, 0]);
  });
});

/** What can be reached, by the definition: sweeps until nothing changes. */
function reachedBySweeps(outs: readonly (readonly number[])[], start: number, avoid?: number): Set<number> {
  const reached = new Set(start === avoid ? [] : [start]);
  for (let before = -1; before !== reached.size; ) {
    before = reached.size;
    for (const step of [...reached]) for (const next of outs[step] ?? []) if (next !== avoid) reached.add(next);
  }
  return reached;
}

const setOf = (flags: Uint8Array) => new Set([...flags.keys()].filter((step) => flags[step] === 1));

describe("reachability and dominators", () => {
  it("reach what the definition says, forward and backward", () => {
    fc.assert(
      fc.property(anyScenario, fc.nat(), fc.option(fc.nat(), { nil: undefined }), (json, from, except) => {
        const c = compile(defineScenario(json));
        const start = from % c.size;
        const avoid = except === undefined ? undefined : except % c.size;
        expect(setOf(reachableFrom(c, start, avoid))).toEqual(reachedBySweeps(c.outs, start, avoid));
        expect(setOf(reaching(c, start, avoid))).toEqual(reachedBySweeps(c.ins, start, avoid));
        expect(reachableFrom(c, start, (step) => step === avoid)).toEqual(reachableFrom(c, start, avoid));
        expect(setOf(c.reachable)).toEqual(reachedBySweeps(c.outs, c.entry));
      }),
      { numRuns: 300 },
    );
  });

  it("dominate exactly what cannot be reached without them", () => {
    fc.assert(
      fc.property(anyScenario, (json) => {
        const c = compile(defineScenario(json));
        for (let below = 0; below < c.size; below += 1) {
          const chain = dominatorsOf(c, below);
          for (let above = 0; above < c.size; above += 1) {
            const cut = c.reachable[below] === 1 && reachableFrom(c, c.entry, above)[below] === 0;
            expect(dominates(c, above, below)).toBe(cut);
            expect(chain.includes(above)).toBe(cut);
          }
          expect(c.idom[below]).toBe(c.reachable[below] === 0 ? -2 : below === c.entry ? -1 : chain.at(-2));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("find the dominators of a loop with two entries", () => {
    const c = compile(scenario("abcd", ["ab", "ac", "bc", "cb", "bd"]));
    expect([...c.idom]).toEqual([-1, 0, 0, 1]);
    expect(dominatorsOf(c, 3)).toEqual([0, 1, 3]);
  });

  it("hold on a chain of 50,000 steps with a long way back, without recursion", () => {
    const count = 50_000;
    const ids = Array.from({ length: count }, (_, at) => `s${at}`);
    const transitions = ids.slice(1).map((to, at) => ({ from: `s${at}`, to }));
    transitions.push({ from: `s${count - 1}`, to: "s0" });
    const c = compile(
      defineScenario({ id: "long", version: 1, entry: "s0", steps: ids.map((id) => ({ id })), transitions }),
    );
    expect(c.idom[count - 1]).toBe(count - 2);
    expect(dominates(c, 1, count - 1)).toBe(true);
    expect(dominates(c, count - 1, 1)).toBe(false);
    expect(reaching(c, 0)[count - 1]).toBe(1);
    expect(reachableFrom(c, 5, 9)[10]).toBe(0);
  });
});

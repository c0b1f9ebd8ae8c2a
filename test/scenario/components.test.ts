import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compile } from "../../src/scenario/compile.js";
import { componentsOf } from "../../src/scenario/components.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { reachableFrom } from "../../src/scenario/reachability.js";
import { anyScenario } from "./arbitraries.js";

describe("componentsOf", () => {
  it("joins exactly the steps that reach each other, and numbers what leads to others higher", () => {
    fc.assert(
      fc.property(anyScenario, (json) => {
        const c = compile(defineScenario(json));
        const { component, count, order, start } = componentsOf(c);
        expect([...order].sort((a, b) => a - b)).toEqual([...c.steps.keys()]);
        expect([start[0], start[count]]).toEqual([0, c.size]);
        const reached = c.steps.map((_, step) => reachableFrom(c, step));
        for (let a = 0; a < c.size; a += 1) {
          const group = component[a] ?? -1;
          expect(order.subarray(start[group], start[group + 1])).toContain(a);
          for (let b = 0; b < c.size; b += 1) {
            const forth = reached[a]?.[b] === 1;
            const back = reached[b]?.[a] === 1;
            expect(component[a] === component[b]).toBe(forth && back);
            if (forth && !back) expect(component[a]).toBeGreaterThan(component[b] ?? 0);
          }
        }
      }),
      { numRuns: 200 },
    );
  });

  it("are made once for each version", () => {
    const c = compile(defineScenario({ id: "x", version: 1, entry: "a", steps: [{ id: "a" }], transitions: [] }));
    expect(componentsOf(c)).toBe(componentsOf(c));
  });

  it("hold on a ring of 50,000 steps, without recursion", () => {
    const count = 50_000;
    const c = compile(
      defineScenario({
        id: "ring",
        version: 1,
        entry: "s0",
        steps: Array.from({ length: count }, (_, at) => ({ id: `s${at}` })),
        transitions: Array.from({ length: count }, (_, at) => ({ from: `s${at}`, to: `s${(at + 1) % count}` })),
      }),
    );
    expect(componentsOf(c).count).toBe(1);
  });
});

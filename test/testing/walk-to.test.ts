import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Scenario, Session } from "../../src/contracts/types.js";
import { isRegraftError } from "../../src/errors.js";
import { compile } from "../../src/scenario/compile.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { flow } from "../../src/testing/flow.js";
import { generateScenario } from "../../src/testing/generate.js";
import { walkTo } from "../../src/testing/walk-to.js";

const door = flow(1, "a age(age) out job(job) pay* in", "a>age ; age>out[age < 18] ; age>job ; job>pay ; pay>in");

/** Whether a way leads from one step to another under the data, over steps that pass by themselves. */
function leads(scenario: Scenario, from: string, to: string, data: Session["variables"], left = 30): boolean {
  const c = compile(scenario);
  if (left === 0) return false;
  for (const way of c.ways[c.index.get(from) ?? -1] ?? []) {
    const verdict = way.condition === undefined ? true : way.condition.evaluate(data);
    const id = c.steps[way.to]?.id ?? "";
    const passes = c.skips[way.to]?.evaluate(data) === true;
    if (verdict === true && id === to) return true;
    if (verdict === true && passes && leads(scenario, id, to, data, left - 1)) return true;
    if (verdict === "unknown") return false;
    if (verdict === true && !way.open && way.conditionText === undefined) return false;
  }
  return false;
}

function refusal(make: () => unknown): { code: string; received: string } {
  try {
    make();
  } catch (error) {
    if (isRegraftError(error)) return { code: error.code, received: String(error.details.received) };
    throw error;
  }
  throw new TypeError("nothing was refused");
}

describe("walkTo", () => {
  it("stands at the step, with visits, answers and passed checkpoints that fit together", () => {
    const session = walkTo(door, "in", { seed: 1, at: "2026-03-01T09:00:00Z", channel: "web" });
    expect(session).toMatchObject({ stepId: "in", channel: "web", scenarioVersion: 1, id: "s1" });
    expect(session.stepHistory.map(({ stepId }) => stepId)).toEqual(["a", "age", "job", "pay", "in"]);
    expect(session.variables.age).toBeGreaterThanOrEqual(18);
    expect(session.variables.job).toEqual(expect.any(String));
    expect(session.passedCheckpoints.map(({ stepId }) => stepId)).toEqual(["pay"]);
    expect(session.stepHistory[4]?.enteredAt).toBe("2026-03-01T09:04:00.000Z");
  });

  it("leaves open what the last step asks", () => {
    expect(walkTo(door, "age", { seed: 1 }).variables).toEqual({});
    expect(walkTo(door, "out", { seed: 1 }).variables.age).toBeLessThan(18);
  });

  it("keeps the given data, and says what stands in the way where no run fits it", () => {
    expect(walkTo(door, "in", { seed: 1, data: { age: 77, vip: true } }).variables).toMatchObject({
      age: 77,
      vip: true,
    });
    expect(refusal(() => walkTo(door, "in", { seed: 1, data: { age: 7 } }))).toEqual({
      code: "TARGET.UNREACHABLE",
      received: "none; not satisfied: else at age",
    });
    expect(refusal(() => walkTo(door, "out", { seed: 1, data: { age: 70 } })).received).toContain("age < 18 at age");
  });

  it("tells a step that nothing leads to from one that does not exist", () => {
    const island = flow(1, "a b island", "a>b");
    expect(refusal(() => walkTo(island, "island", { seed: 1 }))).toEqual({
      code: "TARGET.UNREACHABLE",
      received: "no transitions lead there",
    });
    expect(refusal(() => walkTo(island, "nowhere", { seed: 1 })).code).toBe("SESSION.STEP_UNKNOWN");
  });

  it("refuses what contradicts itself on every run", () => {
    const twice = flow(1, "a age(age) b c", "a>age ; age>b[age > 30] ; b>c[age < 20]");
    expect(refusal(() => walkTo(twice, "c", { seed: 1 })).received).toContain("age < 20 at b");
  });

  it("passes over a step that passes by itself, and visits it where that is the goal", () => {
    const skipping = defineScenario({
      ...flow(1, "a age(age) school(school) end", "a>age ; age>school ; school>end[age > 17] ; school>a[else]"),
      steps: [
        { id: "a", name: "A" },
        { id: "age", name: "Age", collects: ["age"] },
        { id: "school", name: "School", collects: ["school"], skipWhen: "age > 17" },
        { id: "end", name: "End" },
      ],
    });
    const end = walkTo(skipping, "end", { seed: 2 });
    expect(end.stepHistory.map(({ stepId }) => stepId)).toEqual(["a", "age", "end"]);
    expect(walkTo(skipping, "school", { seed: 2 }).variables.age).toBeLessThan(18);
  });

  it("goes where a judge or an open choice has to lead, and sets what only the host knows", () => {
    const scenario = defineScenario({
      id: "talk",
      version: 1,
      entry: "a",
      steps: ["a", "b", "c", "d"].map((id) => ({ id, name: id })),
      transitions: [
        { from: "a", to: "b", conditionText: "is in a hurry" },
        { from: "a", to: "c", else: true },
        { from: "b", to: "d", condition: 'state == "paid"' },
        { from: "c", to: "b" },
        { from: "c", to: "d" },
      ],
      fields: [{ name: "state", type: "string", source: "host" }],
    });
    for (const step of ["b", "c"]) expect(walkTo(scenario, step, { seed: 4 }).stepHistory).toHaveLength(2);
    const through = walkTo(scenario, "d", { seed: 4, data: { state: "paid" } });
    expect(through.stepHistory.map(({ stepId }) => stepId)).toHaveLength(3);
  });

  it("gives equal sessions for equal seeds", () => {
    expect(walkTo(door, "in", { seed: 9 })).toEqual(walkTo(door, "in", { seed: 9 }));
  });

  it("finds in random flows only runs whose every step follows from the one before under the session's own data", () => {
    let walked = 0;
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 10 ** 6 }), (seed) => {
        const scenario = generateScenario({ seed });
        for (const { id } of scenario.steps) {
          let session: Session;
          try {
            session = walkTo(scenario, id, { seed });
          } catch (error) {
            if (isRegraftError(error, "TARGET.UNREACHABLE")) continue;
            throw error;
          }
          walked += 1;
          const ids = session.stepHistory.map(({ stepId }) => stepId);
          expect(ids[0]).toBe(scenario.entry);
          expect(session.stepId).toBe(id);
          ids.slice(1).forEach((to, at) => {
            expect(leads(scenario, ids[at] ?? "", to, session.variables), `${seed} ${ids.join(" ")}`).toBe(true);
          });
          for (const before of ids.slice(0, -1)) {
            const { collects = [] } = scenario.steps.find((step) => step.id === before) ?? {};
            for (const field of collects) expect(session.variables).toHaveProperty(field);
          }
        }
      }),
      { numRuns: 150, seed: 20260301 },
    );
    expect(walked).toBeGreaterThan(600);
  });
});

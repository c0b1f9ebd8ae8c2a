import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { defineRollout, inCohort } from "../../src/plan/rollout.js";

const hundredth = fc.integer({ min: 0, max: 10_000 }).map((n) => n / 100);

describe("waves of a rollout", () => {
  it("rise to 100 percent", () => {
    expect(defineRollout({ waves: [1, 10, 50, 100] }).waves).toEqual([1, 10, 50, 100]);
    expect(() => defineRollout({ waves: [10, 10, 100] })).toThrowError(
      expect.objectContaining({ code: "INPUT.INVALID" }),
    );
    expect(() => defineRollout({ waves: [1, 50] })).toThrowError(
      expect.objectContaining({ details: expect.objectContaining({ path: "/waves/1" }) }),
    );
    expect(() => defineRollout({ waves: [0, 100] })).toThrowError(expect.objectContaining({ code: "SCHEMA.INVALID" }));
  });

  it("keep whoever was reached by an earlier one", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), hundredth, hundredth, (plan, session, one, other) => {
        const [less, more] = one < other ? [one, other] : [other, one];
        expect(inCohort(plan, session, more) || !inCohort(plan, session, less)).toBe(true);
        expect(inCohort(plan, session, 0)).toBe(false);
        expect(inCohort(plan, session, 100)).toBe(true);
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it("reach about as many sessions as they say, others for each plan", () => {
    const ids = Array.from({ length: 20_000 }, (_, at) => `s${at}`);
    for (const percent of [1, 10, 50]) {
      const reached = ids.filter((id) => inCohort("plan-1", id, percent)).length / ids.length;
      expect(Math.abs(reached - percent / 100)).toBeLessThan(0.01);
    }
    expect(ids.filter((id) => inCohort("plan-1", id, 1))).not.toEqual(ids.filter((id) => inCohort("plan-2", id, 1)));
    expect(["s1", "s2", "s3"].map((id) => inCohort("a", `b${id}`, 50) === inCohort("ab", id, 50))).toContain(false);
  });

  it("tell the same sessions apart for ever", () => {
    const ids = Array.from({ length: 200 }, (_, at) => `session-${at}`);
    expect(ids.filter((id) => inCohort("plan-1", id, 3))).toMatchInlineSnapshot(`
      [
        "session-27",
        "session-60",
        "session-97",
        "session-119",
        "session-132",
        "session-189",
        "session-198",
      ]
    `);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Visit } from "../../src/contracts/types.js";
import { reducedHistory } from "../../src/session/reduce.js";

const visit = (stepId: string, turn: number, scenarioVersion = 1): Visit => ({
  stepId,
  contentHash: `r1:${"0".repeat(64)}`,
  scenarioVersion,
  enteredAt: "2026-01-01T00:00:00Z",
  turn,
  isCheckpoint: false,
  reason: "transition",
});
const visits = (steps: string) => [...steps].map((step, turn) => visit(step, turn));
const reduced = (steps: string) =>
  reducedHistory(visits(steps))
    .map(({ stepId }) => stepId)
    .join("");

describe("the reduced history", () => {
  it("drops finished loop iterations", () => {
    expect(reduced("abc")).toBe("abc");
    expect(reduced("abcbd")).toBe("abd");
    expect(reduced("abcbcbcd")).toBe("abcd");
    expect(reduced("aaab")).toBe("ab");
    expect(reduced("abca")).toBe("a");
    expect(reduced("")).toBe("");
  });

  it("keeps the latest visit of a step", () => {
    expect(reducedHistory(visits("abcb")).map(({ turn }) => turn)).toEqual([0, 3]);
  });

  it("tells the same step of two versions apart", () => {
    const history = [visit("a", 0), visit("b", 1), visit("a", 2, 2), visit("b", 3, 2)];
    expect(reducedHistory(history)).toEqual(history);
  });

  it("visits no step twice, ends where the history ends, and is its own reduction", () => {
    const steps = fc.array(fc.constantFrom("a", "b", "c", "d", "e"), { maxLength: 40 });
    fc.assert(
      fc.property(steps, (walk) => {
        const history = visits(walk.join(""));
        const result = reducedHistory(history);
        expect(new Set(result.map(({ stepId }) => stepId)).size).toBe(result.length);
        expect(result.at(-1)).toEqual(history.at(-1));
        expect(reducedHistory(result)).toEqual(result);
        expect(result.map(({ turn }) => turn)).toEqual(result.map(({ turn }) => turn).sort((a, b) => a! - b!));
      }),
    );
  });

  it("takes time in proportion to the history", () => {
    const long = Array.from({ length: 200_000 }, (_, turn) => visit(`s${turn % 1000}`, turn));
    expect(reducedHistory(long)).toHaveLength(1000);
  });
});

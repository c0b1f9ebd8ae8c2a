import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { applyDelta, deltaOf } from "../../src/stores/file-delta.js";

const json = fc.jsonValue({ maxDepth: 4 }).map((value) => JSON.parse(JSON.stringify(value)) as unknown);

describe("a delta", () => {
  it("makes the one value out of the other, also after it was written as JSON", () => {
    fc.assert(
      fc.property(json, json, (from, to) => {
        const delta = JSON.parse(JSON.stringify(deltaOf(from, to))) as ReturnType<typeof deltaOf>;
        expect(applyDelta(from, delta)).toEqual(to);
      }),
    );
  });

  it("says only what differs", () => {
    const history = Array.from({ length: 50 }, (_, n) => ({ stepId: `s${n}` }));
    const from = { history, variables: { a: 1, b: "x".repeat(100) }, status: "active" };
    const to = { ...from, history: [...history, { stepId: "new" }], variables: { ...from.variables, a: 2 } };
    const set = {
      history: { kept: 50, added: [{ stepId: "new" }] },
      variables: { set: { a: { value: 2 } }, gone: [] },
    };
    expect(deltaOf(from, to)).toEqual({ set, gone: [] });
    expect(deltaOf(to, structuredClone(to))).toEqual({ same: true });
  });
});

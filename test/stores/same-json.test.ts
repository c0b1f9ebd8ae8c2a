import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sameJson } from "../../src/stores/same-json.js";

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );

describe("sameJson", () => {
  it("holds for values whose sorted texts are equal, and for no others", () => {
    const value = fc.jsonValue({ maxDepth: 2 });
    fc.assert(
      fc.property(value, value, (a, b) => {
        const [left, right] = [JSON.parse(JSON.stringify(a)), JSON.parse(JSON.stringify(b))] as [unknown, unknown];
        expect(sameJson(left, right)).toBe(sorted(left) === sorted(right));
        expect(sameJson(left, structuredClone(left))).toBe(true);
      }),
    );
  });

  it("tells lists from objects and absent members from others", () => {
    expect(sameJson([], {})).toBe(false);
    expect(sameJson({ a: 1 }, { b: 1 })).toBe(false);
    expect(sameJson({ toString: 1 }, { valueOf: 1 })).toBe(false);
    expect(sameJson({ a: 1, b: [{ c: null }] }, { b: [{ c: null }], a: 1 })).toBe(true);
  });
});

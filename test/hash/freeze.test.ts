import { describe, expect, it } from "vitest";
import { deepFreeze } from "../../src/hash/freeze.js";

describe("deepFreeze", () => {
  it("freezes everything inside and returns the same value", () => {
    const value = { list: [{ deep: { deeper: [1] } }], text: "x", nothing: null };
    expect(deepFreeze(value)).toBe(value);
    expect(Object.isFrozen(value.list[0]?.deep.deeper)).toBe(true);
  });

  it("looks inside values that are frozen only on the outside", () => {
    const inner = { at: 1 };
    deepFreeze({ shallow: Object.freeze([inner]) });
    expect(Object.isFrozen(inner)).toBe(true);
  });

  it("ends on cycles and shared parts", () => {
    const shared = { name: "shared" };
    const value: Record<string, unknown> = { a: shared, b: [shared] };
    value.self = value;
    deepFreeze(value);
    expect(Object.isFrozen(shared) && Object.isFrozen(value)).toBe(true);
  });

  it("has no depth limit", () => {
    let value: { next?: unknown } = {};
    for (let depth = 0; depth < 200_000; depth++) value = { next: value };
    expect(Object.isFrozen(deepFreeze(value).next)).toBe(true);
  });

  it("leaves typed arrays and simple values as they are", () => {
    const bits = new Uint8Array(2);
    expect(deepFreeze({ bits }).bits).toBe(bits);
    bits[0] = 1;
    expect(bits[0]).toBe(1);
    expect(deepFreeze(7)).toBe(7);
    expect(deepFreeze(undefined)).toBeUndefined();
  });
});

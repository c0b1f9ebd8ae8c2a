import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRegraftError } from "../../src/errors.js";
import { deepFreeze } from "../../src/hash/freeze.js";
import { frozenCopy } from "../../src/hash/frozen-copy.js";

function isDeepFrozen(value: unknown): boolean {
  return (
    typeof value !== "object" || value === null || (Object.isFrozen(value) && Object.values(value).every(isDeepFrozen))
  );
}

function pathOfRefusal(value: unknown): string | undefined {
  try {
    frozenCopy(value);
  } catch (error) {
    if (isRegraftError(error, "INPUT.INVALID")) return error.details.path;
    throw error;
  }
  throw new TypeError("was not refused");
}

describe("frozenCopy", () => {
  it("returns an equal, deeply frozen value and leaves the given one open", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const copy = frozenCopy(value);
        expect(copy).toEqual(value);
        expect(isDeepFrozen(copy)).toBe(true);
        expect(frozenCopy(copy)).toBe(copy);
        if (typeof value === "object" && value !== null) expect(Object.isFrozen(value)).toBe(false);
      }),
    );
  });

  it("shares what is deeply frozen already, and copies what is only frozen on top", () => {
    const deep = deepFreeze({ list: [{ n: 1 }] });
    expect(frozenCopy({ deep }).deep).toBe(deep);
    const shallow = Object.freeze({ deep, open: [1] });
    const copy = frozenCopy(shallow);
    expect(copy).not.toBe(shallow);
    expect(copy.deep).toBe(deep);
    shallow.open.push(2);
    expect(copy.open).toEqual([1]);
  });

  it("leaves out members that are undefined", () => {
    expect(Object.keys(frozenCopy(Object.freeze({ a: undefined, b: { c: undefined } })))).toEqual(["b"]);
  });

  it("takes a key like any other, whatever it is called", () => {
    const value: unknown = JSON.parse('{"__proto__": {"list": []}, "constructor": 1}');
    const copy = frozenCopy(value);
    expect(Object.keys(copy as object)).toEqual(["__proto__", "constructor"]);
    expect(Object.getPrototypeOf(copy)).toBe(Object.prototype);
    expect(isDeepFrozen(copy)).toBe(true);
  });

  it("takes a value twice in one document, but no cycle", () => {
    const twice = { n: 1 };
    expect(frozenCopy([twice, { twice }])).toEqual([{ n: 1 }, { twice: { n: 1 } }]);
    const cycle: { next?: unknown } = {};
    cycle.next = [cycle];
    expect(pathOfRefusal(cycle)).toBe("/next/0");
  });

  it("says where it met what is not JSON", () => {
    for (const part of [
      Number.NaN,
      Number.POSITIVE_INFINITY,
      1n,
      () => 1,
      Symbol("s"),
      new Date(0),
      new Map(),
      new Set(),
    ]) {
      expect(pathOfRefusal({ "a/b": [0, { "~": part }] })).toBe("/a~1b/1/~0");
    }
    expect(pathOfRefusal([undefined])).toBe("/0");
    expect(pathOfRefusal(undefined)).toBe("");
    class Point {
      readonly x = 1;
    }
    expect(pathOfRefusal(new Point())).toBe("");
  });

  it("refuses endless depth instead of breaking down", () => {
    let deep: unknown = 1;
    for (let n = 0; n < 100_000; n += 1) deep = [deep];
    expect(pathOfRefusal(deep)?.startsWith("/0/0/0")).toBe(true);
  });
});

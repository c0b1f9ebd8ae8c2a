import { readdirSync, readFileSync } from "node:fs";
import canonicalize from "canonicalize";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { isRegraftError, type RegraftError } from "../../src/errors.js";
import { canonicalJson, normalise, quote } from "../../src/hash/canonical-json.js";

const json = fc.jsonValue({ maxDepth: 5 });

function refusal(value: unknown): RegraftError | undefined {
  try {
    canonicalJson(value);
  } catch (error) {
    if (isRegraftError(error, "INPUT.INVALID")) return error;
    throw error;
  }
  return undefined;
}

describe("canonicalJson", () => {
  it("writes what the package canonicalize writes", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(value)).toBe(canonicalize(value));
      }),
      { numRuns: 500 },
    );
  });

  it("writes text that parses back to an equal value", () => {
    fc.assert(
      fc.property(json, (value) => {
        expect(canonicalJson(JSON.parse(canonicalJson(value)))).toBe(canonicalJson(value));
      }),
    );
  });

  it("reads back as it was written, for every example of the package and a thousand made-up documents", () => {
    const roundTrip = (value: unknown) => {
      const text = canonicalJson(value);
      const back: unknown = JSON.parse(text);
      expect(back).toEqual(value);
      expect(canonicalJson(back)).toBe(text);
    };
    const examples = ["examples/contracts", "examples/records", "examples/golden"].flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" })
        .filter((name) => name.endsWith(".json"))
        .map((name) => JSON.parse(readFileSync(`${folder}/${name}`, "utf8")) as unknown),
    );
    expect(examples.length).toBeGreaterThan(100);
    for (const example of examples) roundTrip(example);
    const documents = fc
      .jsonValue({ maxDepth: 5, noUnicodeString: false })
      .map((value) => JSON.parse(JSON.stringify(value)));
    fc.assert(fc.property(documents, roundTrip), { numRuns: 1000, seed: 8 });
  });

  it.each([
    [
      "sorts keys by UTF-16 code units",
      { "\u20ac": 1, "\r": 2, "\ufb33": 3, "1": 4, "\ud83d\ude00": 5, "\u0080": 6, ö: 7 },
      '{"\\r":2,"1":4,"\u0080":6,"ö":7,"€":1,"😀":5,"\ufb33":3}',
    ],
    [
      "writes numbers as ECMAScript does",
      [333333333.3333333, 1e30, 4.5, 2e-3, 1e-27, -0],
      "[333333333.3333333,1e+30,4.5,0.002,1e-27,0]",
    ],
    ["escapes only what has to be escaped", '\u20ac$\u000f\nA\'B"\\"/', '"€$\\u000f\\nA\'B\\"\\\\\\"/"'],
    ["keeps the order of arrays", [3, 1, 2], "[3,1,2]"],
    ["keeps an own key named __proto__", JSON.parse('{"__proto__":1,"a":2}'), '{"__proto__":1,"a":2}'],
    ["takes objects without a prototype", Object.assign(Object.create(null), { a: 1 }), '{"a":1}'],
  ])("%s", (_title, value, text) => {
    expect(canonicalJson(value)).toBe(text);
  });

  it.each([
    ["undefined", { a: undefined }, "/a"],
    ["a function", { a: [() => 1] }, "/a/0"],
    ["a bigint", 1n, ""],
    ["a number that is not finite", { "x/y~z": Number.NaN }, "/x~1y~0z"],
    ["a hole of an array", Array(1), "/0"],
    ["an unpaired surrogate", ["\ud800x"], "/0"],
    ["an unpaired surrogate in a key", { "\udc00": 1 }, ""],
    ["a map", { m: new Map() }, "/m"],
    ["a date", new Date(0), ""],
    ["a class instance", new (class Point {})(), ""],
  ])("refuses %s and names its place", (_title, value, path) => {
    expect(refusal(value)?.details.path).toBe(path);
  });

  it("refuses a cycle and what is nested beyond 1,000 levels", () => {
    const cycle: { self?: unknown } = {};
    cycle.self = cycle;
    expect(refusal(cycle)?.details.received).toMatch(/cycle/);
    let deep: unknown = 1;
    for (let level = 0; level < 999; level += 1) deep = [deep];
    expect(refusal(deep)).toBeUndefined();
    expect(refusal([[deep]])?.details.received).toMatch(/levels/);
  });

  it("brings strings and keys into normal form C only when asked to", () => {
    const value = { "e\u0301": "e\u0301" };
    expect(canonicalJson(value)).toBe('{"e\u0301":"e\u0301"}');
    expect(canonicalJson(value, { nfc: true })).toBe('{"é":"é"}');
    expect(() => canonicalJson({ "e\u0301": 1, é: 2 }, { nfc: true })).toThrow(/INPUT.INVALID/);
  });

  it("does not change the value", () => {
    const value = Object.freeze({ b: Object.freeze([2, 1]), a: 1 });
    canonicalJson(value, { nfc: true });
    expect(Object.keys(value)).toEqual(["b", "a"]);
  });
});

describe("quote", () => {
  it("writes every well-formed string as JSON.stringify does", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(quote(text)).toBe(JSON.stringify(text));
      }),
    );
  });

  it("refuses an unpaired surrogate", () => {
    expect(() => quote("a\udfff")).toThrow(/INPUT.INVALID/);
  });
});

describe("normalise", () => {
  it("is the normal form C", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(normalise(text)).toBe(text.normalize("NFC"));
      }),
    );
  });
});

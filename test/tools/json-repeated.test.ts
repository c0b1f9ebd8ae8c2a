import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { repeatedKey } from "../../src/tools/json-repeated.js";

describe("repeatedKey", () => {
  it.each([
    ['{ "a": { "b": 1, "b": 2 } }', "/a/b"],
    ['[1, { "x/y": 1, "x\\/y": 2 }]', "/1/x~1y"],
    ['{ "a": 1, "b": { "a": 1 }, "c": [{ "a": 1 }, { "a": 2 }], "d": "a, \\"a\\": {" }', undefined],
  ])("of %s is %s", (text, path) => {
    expect(repeatedKey(text)).toBe(path);
  });

  it.each([
    ['{ "a": "\\\\", "a": 1 }', "/a"],
    ['{ "a": "\\"", "b": { "": [], "": 1 } }', "/b/"],
    ['{ "\\u0061": 1, "a": 2 }', "/a"],
    ['{ "__proto__": 1, "__proto__": 2 }', "/__proto__"],
    ['[[[]], {}, { "c": [[1, { "d": 1 }], { "e": {}, "e": 1 }] }]', "/2/c/1/e"],
    ['"a: { a"', undefined],
  ])("of %s is %s, whatever stands in texts", (text, path) => {
    expect(repeatedKey(text)).toBe(path);
  });

  it("is none in what was written from a value, however deep and long", () => {
    fc.assert(fc.property(fc.jsonValue(), (value) => repeatedKey(JSON.stringify(value, null, 1)) === undefined));
    expect(repeatedKey(`${'{"a":['.repeat(100_000)}${"]}".repeat(100_000)}`)).toBeUndefined();
    expect(repeatedKey(JSON.stringify(['\\"'.repeat(2_000_000)]))).toBeUndefined();
  });
});

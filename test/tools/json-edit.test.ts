import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { editJson } from "../../src/tools/json-edit.js";

describe("an edit of a JSON text", () => {
  it("leaves everything as it is but the value", () => {
    const text = '{\n\t"a" : [1,2 ,  3],\r\n\t"b":{ "c": "x" }\n}\n';
    expect(editJson(text, [{ path: ["b", "c"], value: "y" }])).toBe(text.replace('"x"', '"y"'));
    expect(editJson(text, [{ path: ["a"], value: [1, 9, 3] }])).toBe(text.replace("2 ,", "9 ,"));
    expect(editJson(text, [{ path: [], value: JSON.parse(text) }])).toBe(text);
  });

  it("puts new properties last, in the form of their object", () => {
    expect(editJson('{\n    "a": { "b": 1 }\n}', [{ path: [], value: { a: { b: 1, c: [2] }, d: {} } }])).toBe(
      '{\n    "a": { "b": 1, "c": [2] },\n    "d": {}\n}',
    );
  });

  it("fills an empty object line by line, and shortens a list on its line", () => {
    expect(editJson('{\n  "a": {}\n}', [{ path: ["a"], value: { b: [1] } }])).toBe(
      '{\n  "a": {\n    "b": [\n      1\n    ]\n  }\n}',
    );
    expect(editJson('{ "a": [1, 2] }', [{ path: ["a"], value: [{ b: 1 }] }])).toBe('{ "a": [{ "b": 1 }] }');
  });

  it("makes any value of any other one, whatever the layout", () => {
    const layouts = fc.constantFrom(undefined, 1, 2, "\t");
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), layouts, (old, next, layout) => {
        const text = JSON.stringify({ before: 1, at: [old] }, null, layout);
        const edited = JSON.parse(editJson(text, [{ path: ["at", 0], value: next }])) as { at: unknown[] };
        expect(JSON.stringify(edited.at[0])).toBe(JSON.stringify(JSON.parse(JSON.stringify(next))));
      }),
      { seed: 20260301, numRuns: 500 },
    );
  });
});

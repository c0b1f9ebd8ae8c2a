import { describe, expect, it } from "vitest";
import { compileCondition, conditionEquals, expressionOf, type Verdict } from "../../src/scenario/condition.js";

type Data = Record<string, unknown>;

const verdict = (text: string, data: Data): Verdict => compileCondition(text).evaluate(data);

describe("a condition over JSON data", () => {
  it.each<[string, Data, Verdict]>([
    ["age >= 18", { age: 18 }, true],
    ["age >= 18", { age: 17.5 }, false],
    ["age + 1 > 3.5", { age: 2.6 }, true],
    ["age + 1 > 3.5", { age: 2 }, false],
    ["total / 2 == 1.5", { total: 3 }, true],
    ["count == 3", { count: 3 }, true],
    ["count == 3.0", { count: 3 }, true],
    ["count != 3", { count: 3 }, false],
    ["count % 2 == 1", { count: 7 }, true],
    ["price * count <= 10", { price: 2.5, count: 4 }, true],
    ["-amount < -1", { amount: 2 }, true],
    ["amount == 0x10", { amount: 16 }, true],
    ["amount == 3u", { amount: 3 }, true],
    ['country == "US"', { country: "US" }, true],
    ["country == 'US'", { country: "FR" }, false],
    ['country in ["US", "FR"]', { country: "FR" }, true],
    ["amount in [1, 2.5]", { amount: 2.5 }, true],
    ['"b" in tags', { tags: ["a", "b"] }, true],
    ['"b" in address', { address: { b: 1 } }, true],
    ["vip && !blocked", { vip: true, blocked: false }, true],
    ["vip ? age > 1 : age > 60", { vip: false, age: 50 }, false],
    ['name.contains("nn") && name.startsWith("A") && name.endsWith("a")', { name: "Anna" }, true],
    ["size(name) == 4 && name.size() == 4 && tags.size() == 2", { name: "Anna", tags: [1, 2] }, true],
    ['name.lowerAscii() == "anna" && name.trim() == "Anna"', { name: "Anna" }, true],
    ['name.substring(1, 3) == "nn" && name.indexOf("n") == 1', { name: "Anna" }, true],
    ['tags.join("-") == "a-b" && "a-b".split("-") == tags', { tags: ["a", "b"] }, true],
    ["tags[1] == 5 && tags == [4, 5]", { tags: [4, 5] }, true],
    ['address.city == "Rome" && address["city"] == "Rome"', { address: { city: "Rome" } }, true],
    ['address == {"city": "Rome"}', { address: { city: "Rome" } }, true],
    ["int(text) == 42 && double(text) == 42 && string(42) == text", { text: "42" }, true],
    ['timestamp(at) < timestamp("2026-01-01T00:00:00Z")', { at: "2025-12-31T23:59:59Z" }, true],
    ['timestamp(at) + duration("24h") == timestamp("2026-01-01T00:00:00Z")', { at: "2025-12-31T00:00:00Z" }, true],
    ["timestamp(at).getFullYear() == 2025 && timestamp(at).getHours() == 23", { at: "2025-12-31T23:59:59Z" }, true],
    ['timestamp(at) - timestamp("2025-12-31T00:00:00Z") == duration("1h")', { at: "2025-12-31T01:00:00Z" }, true],
    ["vip > blocked && blocked <= vip", { vip: true, blocked: false }, true],
    ["nested == [[1, {'a': [2]}], 3] && nested != [[1, {'a': [4]}], 3]", { nested: [[1, { a: [2] }], 3] }, true],
    ["items.all(i, i > 0) && items.exists(i, i > 2) && items.exists_one(i, i == 1)", { items: [1, 2, 3] }, true],
    ["items.filter(i, i > 1).map(i, i * 2) == [4, 6]", { items: [1, 2, 3] }, true],
    ["items.map(i, i > 1, i * 2) == [4, 6]", { items: [1, 2, 3] }, true],
    ["address.all(k, k != '')", { address: { city: 1 } }, true],
    ['name == "Caf\u00e9"', { name: "Cafe\u0301" }, true],
    ['names == ["e\u0301"]', { names: ["\u00e9"] }, true],
  ])("%s of %j is %s", (text, data, expected) => {
    expect(verdict(text, data)).toBe(expected);
  });

  it("reads a field by its bare name, as a member of data, or by index", () => {
    const data = { x: 1, "answer-1": 1, data: 1 };
    expect(compileCondition('x == 1 && data.x == 1 && data["x"] == 1 && data["answer-1"] == 1').evaluate(data)).toBe(
      true,
    );
    expect(verdict('data["data"] == 1', data)).toBe(true);
  });

  it("names the fields it reads, sorted and without the variables of macros", () => {
    const { fields } = compileCondition('tags.exists(t, t == wanted) && data["answer-1"] > 1 && data.age > age');
    expect(fields).toEqual(["age", "answer-1", "tags", "wanted"]);
  });

  it("lets a macro's variable hide a field of that name only inside the macro", () => {
    const condition = compileCondition("items.all(x, x > 0) && x == 5");
    expect(condition.fields).toEqual(["items", "x"]);
    expect(condition.evaluate({ items: [1], x: 5 })).toBe(true);
  });
});

describe("what is not known", () => {
  it.each<[string, string, Data, Verdict, string[]]>([
    ["an absent field", "age > 1", {}, "unknown", ["age"]],
    ["an undefined field", "age > 1", { age: undefined }, "unknown", ["age"]],
    ["an absent field beside a decisive one of &&", "a && b", { b: false }, false, []],
    ["an absent field beside a decisive one of ||", "a || b", { b: true }, true, []],
    ["an absent field that decides", "a && b", { b: true }, "unknown", ["a"]],
    ["two absent fields", "b || a", {}, "unknown", ["a", "b"]],
    ["a negated absent field", "!a", {}, "unknown", ["a"]],
    ["the test of a choice", "a ? b : c", { b: true, c: false }, "unknown", ["a"]],
    ["the test of a choice whose ends agree", "a ? b : c", { b: true, c: true }, true, []],
    ["the chosen end of a choice", "a ? b : c", { a: true }, "unknown", ["b"]],
    ["has() of an absent field", "has(x)", {}, "unknown", ["x"]],
    ["has() of null", "has(x)", { x: null }, false, []],
    ["has() of a value", "has(x)", { x: 0 }, true, []],
    ["has() of a name that is no identifier", 'has(data["a-b"])', { "a-b": "" }, true, []],
    ["has() of a member", "has(x.y) && !has(x.z) && !has(x.n)", { x: { y: 1, n: null } }, true, []],
    ["has() of a member of an absent field", "has(x.y)", {}, "unknown", ["x"]],
    ["has() of a member of a text", "has(x.y)", { x: "text" }, "unknown", []],
    ["equality with null", "x == null", { x: null }, true, []],
    ["equality of a value with null", "x == null", { x: "a" }, false, []],
    ["order with null", "x > 1", { x: null }, "unknown", []],
    ["order of unlike types", "x > 1", { x: "2" }, "unknown", []],
    ["equality of unlike types", "x == 1", { x: "1" }, false, []],
    ["arithmetic with null", "x + 1 == 2", { x: null }, "unknown", []],
    ["division by zero", "x / 0 == 1", { x: 1 }, "unknown", []],
    ["a remainder of zero", "x % 0 == 1", { x: 1 }, "unknown", []],
    ["an index outside the list", "x[3] == 1", { x: [1] }, "unknown", []],
    ["an absent member", 'x.y == "a"', { x: {} }, "unknown", []],
    ["a member of null", 'x.y == "a"', { x: null }, "unknown", []],
    ["a function of an unfit value", "x.contains('a')", { x: 1 }, "unknown", []],
    ["a text that is no number", "int(x) == 1", { x: "one" }, "unknown", []],
    [
      "a time without a zone",
      'timestamp(x) > timestamp("2020-01-01T00:00:00Z")',
      { x: "2021-01-01T00:00:00.000" },
      "unknown",
      [],
    ],
    ["a result that is no boolean", "x", { x: "yes" }, "unknown", []],
    ["an operand that is no boolean", "x && true", { x: "yes" }, "unknown", []],
    ["an error beside a decisive operand", "x > 1 || y", { x: null, y: true }, true, []],
    ["an error that an absent field may outweigh", "x > 1 || y", { x: null }, "unknown", ["y"]],
    ["an error that no field outweighs", "x + 1 > y", { x: null }, "unknown", []],
    ["a test that is an error", "x > 1 ? a : b", { x: null, a: true }, "unknown", ["b"]],
    ["a test that is an error before unlike ends", "x > 1 ? a : b", { x: null, a: true, b: false }, "unknown", []],
    ["an absent field inside a macro", "items.exists(i, i > limit)", { items: [1] }, "unknown", ["limit"]],
    ["an absent field inside a macro over nothing", "items.exists(i, i > limit)", { items: [] }, false, []],
    ["an item that is decisive whatever the others", "items.exists(i, i > 1)", { items: [null, 2] }, true, []],
    ["an item that cannot be compared", "items.all(i, i > 1)", { items: [null, 2] }, "unknown", []],
    ["two hits of exists_one", "items.exists_one(i, i > 1)", { items: [2, null, 3] }, false, []],
    ["a sum of unlike times", "timestamp(at) + timestamp(at) == 1", { at: "2025-12-31T00:00:00Z" }, "unknown", []],
    ["membership in a text", "x in y", { x: "a", y: "abc" }, "unknown", []],
    ["a number that is not finite", "x > 1", { x: Number.POSITIVE_INFINITY }, "unknown", []],
    ["a value that is no JSON", "x == 1", { x: new Date(0) }, "unknown", []],
  ])("%s: %s of %j", (_title, text, data, expected, missing) => {
    const condition = compileCondition(text);
    expect(condition.evaluate(data)).toBe(expected);
    expect(condition.missing(data)).toEqual(missing);
  });

  it("never takes what all objects inherit for data", () => {
    for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
      const condition = compileCondition(`data["${name}"] == null || has(data["${name}"])`);
      expect(condition.evaluate({})).toBe("unknown");
      expect(condition.missing({})).toEqual([name]);
    }
    expect(verdict('x.constructor == "a" || has(x.constructor.name)', { x: {} })).toBe("unknown");
    expect(verdict('has(x["__proto__"])', { x: {} })).toBe(false);
    expect(verdict('data["__proto__"] == 1', JSON.parse('{"__proto__":1}'))).toBe(true);
  });

  it("does not change the data", () => {
    const data = Object.freeze({ items: Object.freeze([3, 1]) });
    expect(verdict("items.map(i, i + 1) + [9] == [4, 2, 9]", data)).toBe(true);
    expect(data.items).toEqual([3, 1]);
  });
});

describe("the canonical text", () => {
  it.each([
    ["age>=18", "age  >=  18.0"],
    ["age >= 18", "18 <= age"],
    ["age > 18", "18 < data.age"],
    ["a && b", "(b) && a && b"],
    ["a || (b || c)", "c || b || a"],
    ['x == "é"', 'data["x"] == "e\u0301"'],
    ["x in [1, 2]", "x in [2, 1, 2]"],
    ["x != 1", "1 != x"],
    ["a ? b : c", "(a) ? (b) : (c)"],
    ['x.contains("a")', "data.x.contains('a')"],
  ])("of %s and of %s is the same", (one, other) => {
    expect(conditionEquals(compileCondition(one), compileCondition(other))).toBe(true);
  });

  it.each([
    ["x > 1", "x >= 1"],
    ["a - b > 0", "b - a > 0"],
    ["(a - b) - c > 0", "a - (b - c) > 0"],
    ["a && b || c", "a && (b || c)"],
    ["x == 1", 'x == "1"'],
    ["a ? b : c", "a ? c : b"],
    ["items.all(x, x > 1)", "items.exists(x, x > 1)"],
    ['data["a.b"] == 1', "a.b == 1"],
    ["x in y", "y in x"],
    ["a && a", "a"],
  ])("of %s and of %s differs", (one, other) => {
    expect(conditionEquals(compileCondition(one), compileCondition(other))).toBe(false);
  });

  it("compiles again to itself", () => {
    for (const text of [
      "a && (b || !c)",
      'x in ["q\\"", "\\n"] ? y - (z - 1) > -2 : l.exists(i, i[0] == {"k": 1})',
      "has(a.b)",
    ]) {
      const { canonical } = compileCondition(text);
      expect(compileCondition(canonical).canonical).toBe(canonical);
    }
  });

  it("takes two absent conditions as equal, and one absent as different", () => {
    expect(conditionEquals(undefined, undefined)).toBe(true);
    expect(conditionEquals(compileCondition("a"), undefined)).toBe(false);
  });
});

describe("compileCondition", () => {
  it("gives one frozen object for one text", () => {
    expect(compileCondition("kept > 1")).toBe(compileCondition("kept > 1"));
    expect(Object.isFrozen(compileCondition("kept > 1"))).toBe(true);
  });

  it("drops the oldest of many texts from its memory, not their meaning", () => {
    const first = compileCondition("oldest > 1");
    for (let number = 0; number < 10_001; number += 1) compileCondition(`x == ${number}`);
    expect(compileCondition("oldest > 1").canonical).toBe(first.canonical);
    expect(expressionOf(first).kind).toBe("compare");
  });

  it("refuses to look into a condition of another origin", () => {
    expect(() => expressionOf({ ...compileCondition("a") })).toThrow(/INPUT.INVALID/);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Field } from "../../src/contracts/types.js";
import { safePattern } from "../../src/scenario/pattern.js";
import { fieldAccepts, knownValue } from "../../src/scenario/value.js";

const of = (type: Field["type"], more: Partial<Field> = {}): Field => ({ name: "x", type, ...more });
const enumField = of("enum", { values: [{ value: "US", synonyms: ["America"] }, { value: "FR" }] });

describe("fieldAccepts", () => {
  it.each<[string, Field, unknown[], unknown[]]>([
    ["a string", of("string"), ["a", " a ", "null"], ["", "  ", 1, true, ["a"], {}]],
    ["a string of bounded length", of("string", { min: 2, max: 3 }), ["ab", "abc", "😀😀"], ["a", "abcd", "😀"]],
    ["a number", of("number"), [0, -1.5, 1e300], ["1", Number.NaN, Number.POSITIVE_INFINITY, true, 1n]],
    ["a number within bounds", of("number", { min: 0, max: 10 }), [0, 10, 0.1], [-0.1, 10.1]],
    ["an integer", of("integer", { min: 1 }), [1, 2], [0, 1.5, "1"]],
    ["a boolean", of("boolean"), [true, false], ["true", 0, 1]],
    [
      "a date",
      of("date"),
      ["2024-02-29", "2000-02-29", "1999-12-31"],
      [
        "2023-02-29",
        "1900-02-29",
        "2024-04-31",
        "2024-13-01",
        "2024-00-10",
        "2024-1-1",
        "24-01-01",
        "2024-01-01T00:00",
      ],
    ],
    ["a time", of("time"), ["00:00", "23:59", "12:30:59"], ["24:00", "12:60", "12:30:60", "1:00", "12"]],
    [
      "a datetime",
      of("datetime"),
      ["2024-02-29T12:30", "2024-02-29T12:30:59Z", "2024-02-29T12:30:59.123+02:00"],
      ["2023-02-29T12:30", "2024-02-29 12:30", "2024-02-29T25:00", "2024-02-29T12:30+25:00", "2024-02-29"],
    ],
    [
      "an email",
      of("email"),
      ["a@b.co", "first.last+tag@sub.example.com", "用户@例子.公司"],
      [
        "a",
        "a@b",
        "@b.co",
        "a@@b.co",
        "a b@c.de",
        "a@b..co",
        ".a@b.co",
        "a@-b.co",
        `${"a".repeat(65)}@b.co`,
        "a@b.co@c.de",
        "a@b.c,d",
      ],
    ],
    [
      "a phone number",
      of("phone"),
      ["+49 (30) 123-456", "555-0100", "0123456789"],
      ["1234", "phone", "+", "12345678901234567", "555-01OO"],
    ],
    ["an enum", enumField, ["US", "FR"], ["us", "America", "DE", 1]],
    ["an enum without values", of("enum"), ["anything"], ["", 1]],
    ["an object", of("object"), [{}, { a: 1 }, [], ["a"]], ["a", 1, true]],
    [
      "a string with a pattern",
      of("string", { pattern: "[A-Z]{2}\\d+" }),
      ["AB1", "ZZ99"],
      ["AB", "xAB1", "AB1x", "ab1"],
    ],
    ["a string with alternatives", of("string", { pattern: "a|bc" }), ["a", "bc"], ["ab", "abc", "xbc"]],
    ["a date with a pattern", of("date", { pattern: "2024-.*" }), ["2024-01-01"], ["2023-01-01"]],
  ])("tells values of %s", (_title, field, accepted, refused) => {
    for (const value of accepted) expect([value, fieldAccepts(field, value)]).toEqual([value, true]);
    for (const value of [...refused, null, undefined])
      expect([value, fieldAccepts(field, value)]).toEqual([value, false]);
  });

  it("never throws, whatever the value", () => {
    const types: Field["type"][] = [
      "string",
      "number",
      "integer",
      "boolean",
      "date",
      "time",
      "datetime",
      "email",
      "phone",
      "enum",
      "object",
    ];
    fc.assert(
      fc.property(fc.constantFrom(...types), fc.anything(), (type, value) => {
        expect(fieldAccepts(of(type), value)).toBeTypeOf("boolean");
      }),
    );
  });

  it("takes dates exactly as the calendar has them", () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1000, max: 9999 }),
        fc.integer({ min: 1, max: 12 }),
        fc.integer({ min: 1, max: 31 }),
        (year, month, day) => {
          const text = `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`;
          const real = new Date(Date.UTC(year, month - 1, day)).getUTCMonth() === month - 1;
          expect(fieldAccepts(of("date"), text)).toBe(real);
        },
      ),
    );
  });
});

describe("knownValue", () => {
  it("needs a value that is there, and satisfies the definition if there is one", () => {
    expect([undefined, null, "", " ", 0, false, "a"].map((value) => knownValue(undefined, value))).toEqual([
      false,
      false,
      false,
      false,
      true,
      true,
      true,
    ]);
    expect([knownValue(enumField, "US"), knownValue(enumField, "DE"), knownValue(enumField, null)]).toEqual([
      true,
      false,
      false,
    ]);
  });
});

describe("safePattern", () => {
  it.each([
    "[a-z]+",
    "^\\d{5}(-\\d{4})?$",
    "[A-Z]{1,2}\\d[A-Z\\d]? ?\\d[A-Z]{2}",
    "[^@\\s]+@[^@\\s]+\\.[^@\\s]+",
    "(?:\\d{3}-?){2}\\d{4}",
    "(yes|no|maybe)",
    "\\(\\d+\\)",
    "[(+*]+",
    "\\p{L}+",
    "(?<year>\\d{4})",
    "(?=.*\\d).{8,}",
    "",
  ])("takes %s", (pattern) => {
    expect(safePattern(pattern)).toHaveProperty("test");
  });

  it.each([
    ["(a+)+", "varies"],
    ["(a*)*b", "varies"],
    ["(a|aa)+", "varies"],
    ["([a-z]?)*", "varies"],
    ["((ab)*c)*", "varies"],
    ["(x+x+)+y", "varies"],
    ["(a+){20}", "varies"],
    ["(.*){1,32000}", "varies"],
    ["(a|b|c){10}", "too many"],
    ["(a?){16}a{16}", "too many"],
    ["a*a*a*a*a*a*a*a*a*", "too many"],
    ["(a)\\1", "back"],
    ["(?<x>a)\\k<x>", "back"],
    ["(", "no regular expression"],
    ["a)(b", "no regular expression"],
    ["[", "no regular expression"],
    [`${"(".repeat(40)}a${")".repeat(40)}`, "deeply"],
  ])("refuses %s: %s", (pattern, reason) => {
    expect(safePattern(pattern)).toMatch(reason);
  });

  it("takes no text so long that the paths could exceed its bound", () => {
    const pattern = safePattern(".*.*.*.*.*.*x");
    if (typeof pattern === "string") throw new Error(pattern);
    expect(pattern.test(`${"a".repeat(30)}x`)).toBe(true);
    expect(pattern.test(`${"a".repeat(300)}x`)).toBe(false);
  });
});

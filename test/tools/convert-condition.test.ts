import { describe, expect, it } from "vitest";
import type { Field } from "../../src/contracts/types.js";
import { convertCondition } from "../../src/tools/convert-condition.js";

const types: Readonly<Record<string, Field["type"]>> = {
  age: "number",
  "usual-hours": "number",
  "actual-hours": "number",
  country: "enum",
  topics: "object",
  notes: "string",
  born: "date",
  agreed: "boolean",
};

/** An expression as BPMN writes it. */
const bpmn = (body: string): string => ["$", "{", body, "}"].join("");

const context = { typeOf: (name: string) => types[name], nameOf: (name: string) => name };

const cel = (text: string): string => {
  const converted = convertCondition(text, context);
  return converted.kind === "cel"
    ? converted.condition
    : `judged: ${converted.conditionText} [${converted.fields.join(" ")}]`;
};

describe("convertCondition on the simple grammar", () => {
  it.each([
    ['country == "UK"', 'data["country"] == "UK"'],
    ['country != "UK"', 'data["country"] != "UK"'],
    ["agreed == true", 'data["agreed"] == true'],
    ["age < 16", 'data["age"] < 16'],
    ["age >= 21.5", 'data["age"] >= 21.5'],
    ["is_set(age)", 'has(data["age"])'],
    ["!is_set(usual-hours)", '!has(data["usual-hours"])'],
    ['meta:country != "E"', 'data["meta:country"] != "E"'],
    ["answer_count(a,b) < 2", 'data["answer_count(a, b)"] < 2'],
  ])("reads %s", (text, expected) => {
    expect(cel(text)).toBe(expected);
  });

  it("keeps the grouping of parentheses, and lets && bind closer than ||", () => {
    expect(cel('(age < 16) || ((country == "UK" && agreed == true) || !is_set(age))')).toBe(
      'data["age"] < 16 || ((data["country"] == "UK" && data["agreed"] == true) || !has(data["age"]))',
    );
    expect(cel('age < 16 && country == "UK" || agreed == true')).toBe(
      '(data["age"] < 16 && data["country"] == "UK") || data["agreed"] == true',
    );
  });

  it("tests membership in lists and equality or text in single values", () => {
    expect(cel('topics contains "a"')).toBe('"a" in data["topics"]');
    expect(cel('topics contains_any ["a", "b"]')).toBe('("a" in data["topics"] || "b" in data["topics"])');
    expect(cel('topics contains_all ["a", "b"]')).toBe('("a" in data["topics"] && "b" in data["topics"])');
    expect(cel('topics not_contains_any ["a", "b"]')).toBe('!("a" in data["topics"] || "b" in data["topics"])');
    expect(cel('topics == "a"')).toBe('"a" in data["topics"]');
    expect(cel('country contains_any ["UK"]')).toBe('data["country"] == "UK"');
    expect(cel('country contains_any ["UK", "FR"]')).toBe('data["country"] in ["UK", "FR"]');
    expect(cel('notes contains "late"')).toBe('data["notes"].contains("late")');
  });

  it("keeps brackets, commas and quotes inside a text", () => {
    expect(cel('topics contains_any ["Business [B2B], \\"own\\"", "b"]')).toBe(
      '("Business [B2B], \\"own\\"" in data["topics"] || "b" in data["topics"])',
    );
  });

  it("reads a text that names another collected field as that field", () => {
    expect(cel('usual-hours < "actual-hours"')).toBe('data["usual-hours"] < data["actual-hours"]');
    expect(cel('country == "notes"')).toBe('data["country"] == data["notes"]');
  });

  it("drops the mark of a skip condition", () => {
    expect(cel('skip: country == "UK"')).toBe('data["country"] == "UK"');
  });

  it("takes a part that lost its right side for a value of the host, and alone for a question to a judge", () => {
    expect(cel('country == "UK" && born > null')).toBe('data["country"] == "UK" && data["born > null"] == true');
    expect(cel("born > null")).toBe("judged: born > null [born]");
  });

  it("reports the fields that it reads with the types its literals suggest", () => {
    const converted = convertCondition('state == "paid" && count > 2 && flag == true', context);
    expect(converted.kind === "cel" && converted.uses.map(({ name, type }) => [name, type])).toEqual([
      ["state", "string"],
      ["count", "number"],
      ["flag", "boolean"],
    ]);
  });
});

describe("convertCondition on source expressions", () => {
  it.each([
    [
      bpmn('flowState == "MAIN.PAID" || flowState == "MAIN.ISSUED" '),
      'data["flowState"] == "MAIN.PAID" || data["flowState"] == "MAIN.ISSUED"',
    ],
    [bpmn("!empty flags.A && flags.A"), 'has(data["flags.A"]) && data["flags.A"] == true'],
    [bpmn("empty flags.A || !flags.A"), '!has(data["flags.A"]) || !(data["flags.A"] == true)'],
    ['$.Status StringEquals "Approved"', 'data["Status"] == "Approved"'],
    ["$.stock NumericEquals 0", 'data["stock"] == 0'],
    ['$.stock NumericLessThanEqualsPath "$.limits.low"', 'data["stock"] <= data["limits.low"]'],
    ['($.a.b IsPresent true && $.a.b.S StringMatches "true")', 'has(data["a.b"]) && data["a.b.S"] == "true"'],
    ["$.a IsPresent false", '!has(data["a"])'],
    ['car in ["no"]', 'data["car"] == "no"'],
  ])("reads %s", (text, expected) => {
    expect(cel(text)).toBe(expected);
  });

  it.each([
    "event: error",
    "error: States.ALL",
    "label: yes, please",
    "branch 0",
    "expr:2e6a9bd898",
    bpmn('customer.prop("age").numberValue() < 21'),
    '$.name StringMatches "log-*"',
    "age <",
    '"unclosed',
    "",
  ])("leaves %j to a judge", (text) => {
    expect(convertCondition(text, context).kind).toBe("judged");
  });

  it("takes a program predicate beside readable parts for a value of the host", () => {
    expect(cel('country in ["UK"] && expr:94697c83f0')).toBe(
      'data["country"] == "UK" && data["expr:94697c83f0"] == true',
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Field, Scenario, Step, Transition } from "../../src/contracts/types.js";
import { isRegraftError, type RegraftError } from "../../src/errors.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { anyScenario } from "./arbitraries.js";

const base: Scenario = {
  id: "loan",
  version: 1,
  entry: "a",
  steps: [{ id: "a" }, { id: "b" }, { id: "c" }],
  transitions: [{ from: "a", to: "b" }],
};
const fields: Field[] = [
  { name: "age", type: "integer" },
  { name: "name", type: "string" },
  { name: "vip", type: "boolean" },
  { name: "born", type: "date" },
  { name: "tags", type: "object" },
];

function refusal(json: unknown): RegraftError {
  try {
    defineScenario(json);
  } catch (error) {
    if (isRegraftError(error)) return error;
    throw error;
  }
  throw new Error("the scenario was accepted");
}

const withSteps = (...steps: Step[]) => ({ ...base, steps: [...base.steps, ...steps] });
const withWays = (...transitions: Transition[]) => ({ ...base, transitions });
const withCondition = (condition: string) => ({ ...withWays({ from: "a", to: "b", condition }), fields });

describe("defineScenario", () => {
  it("returns an equal, deeply frozen copy and leaves the caller's value alone", () => {
    const json = { ...base, steps: [{ id: "a", rules: ["r"], metadata: { at: [1] } }], transitions: [] };
    const scenario = defineScenario(json);
    expect(scenario).toEqual(json);
    for (const part of [
      scenario,
      scenario.steps,
      scenario.steps[0],
      scenario.steps[0]?.rules,
      scenario.steps[0]?.metadata,
    ]) {
      expect(Object.isFrozen(part)).toBe(true);
    }
    expect(Object.isFrozen(json)).toBe(false);
    expect(Object.isFrozen(json.steps[0]?.rules)).toBe(false);
    json.steps[0]?.rules.push("later");
    expect(scenario.steps[0]?.rules).toEqual(["r"]);
  });

  it("returns a defined scenario as it is", () => {
    const scenario = defineScenario(base);
    expect(defineScenario(scenario)).toBe(scenario);
  });

  it("defines every scenario that keeps the rules, and what it makes survives JSON", () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        const defined = defineScenario(scenario);
        expect(defineScenario(JSON.parse(JSON.stringify(defined)))).toEqual(defined);
      }),
    );
  });

  it("leaves out members that are undefined", () => {
    expect(defineScenario({ ...base, name: undefined })).toEqual(base);
  });

  it.each<[string, unknown, string, string]>([
    ["is no object", "text", "SCENARIO.INVALID", ""],
    ["is nothing", undefined, "SCENARIO.INVALID", ""],
    ["has no steps", { ...base, steps: [] }, "SCENARIO.INVALID", "/steps"],
    ["lacks the transitions", { ...base, transitions: undefined }, "SCENARIO.INVALID", "/transitions"],
    ["has an unknown member", { ...base, nodes: [] }, "SCENARIO.INVALID", "/nodes"],
    ["has a version that is no whole number", { ...base, version: 1.5 }, "SCENARIO.INVALID", "/version"],
    ["has a function", { ...base, metadata: { f: () => 1 } }, "SCENARIO.INVALID", "/metadata/f"],
    ["has a number that is not finite", { ...base, version: Number.NaN }, "SCENARIO.INVALID", "/version"],
    ["has a class instance", { ...base, metadata: { at: new Date(0) } }, "SCENARIO.INVALID", "/metadata/at"],
    ["has a hole", { ...base, metadata: { list: Array(1) } }, "SCENARIO.INVALID", "/metadata/list/0"],
    ["has an unpaired surrogate", withSteps({ id: "d", name: "\ud800" }), "SCENARIO.INVALID", "/steps/3/name"],
    [
      "has an unpaired surrogate in a key",
      { ...base, metadata: { "x/\udc00": 1 } },
      "SCENARIO.INVALID",
      "/metadata/x~1\udc00",
    ],
    ["has two steps of one id", withSteps({ id: "b" }), "SCENARIO.DUPLICATE_STEP", "/steps/3/id"],
    [
      "has two ids that are one in normal form C",
      withSteps({ id: "é" }, { id: "e\u0301" }),
      "SCENARIO.DUPLICATE_STEP",
      "/steps/4/id",
    ],
    [
      "has two fields of one name",
      { ...base, fields: [...fields, fields[0]] },
      "SCENARIO.DUPLICATE_FIELD",
      "/fields/5/name",
    ],
    ["starts at no step", { ...base, entry: "z" }, "SCENARIO.ENTRY_MISSING", "/entry"],
    ["starts at what objects inherit", { ...base, entry: "constructor" }, "SCENARIO.ENTRY_MISSING", "/entry"],
    [
      "has a transition from nowhere",
      withWays({ from: "z", to: "b" }),
      "SCENARIO.DANGLING_TRANSITION",
      "/transitions/0/from",
    ],
    [
      "has a transition to nowhere",
      withWays({ from: "a", to: "toString" }),
      "SCENARIO.DANGLING_TRANSITION",
      "/transitions/0/to",
    ],
    [
      "collects an undeclared field",
      { ...withSteps({ id: "d", collects: ["age", "mail"] }), fields },
      "SCENARIO.UNKNOWN_FIELD",
      "/steps/3/collects/1",
    ],
    [
      "has a judge that needs an undeclared field",
      { ...withWays({ from: "a", to: "b", conditionText: "?", fields: ["mail"] }), fields },
      "SCENARIO.UNKNOWN_FIELD",
      "/transitions/0/fields/0",
    ],
    [
      "has two else of one step",
      withWays({ from: "a", to: "b", else: true }, { from: "a", to: "c", else: true }),
      "SCENARIO.TWO_ELSE",
      "/transitions/1/else",
    ],
    [
      "has an else with a condition",
      withWays({ from: "a", to: "b", else: true, condition: "x" }),
      "SCENARIO.INVALID",
      "/transitions/0/else",
    ],
    [
      "splits into parallel branches",
      withSteps({ id: "d", parallel: true }),
      "SCENARIO.PARALLEL_UNSUPPORTED",
      "/steps/3/parallel",
    ],
    [
      "skips a checkpoint",
      withSteps({ id: "d", checkpoint: true, skipWhen: "vip" }),
      "SCENARIO.SKIP_ON_EFFECT",
      "/steps/3/skipWhen",
    ],
    [
      "skips a required action",
      withSteps({ id: "d", requiredAction: true, skipWhen: "vip" }),
      "SCENARIO.SKIP_ON_EFFECT",
      "/steps/3/skipWhen",
    ],
    [
      "has a field with min above max",
      { ...base, fields: [{ name: "n", type: "number", min: 2, max: 1 }] },
      "SCENARIO.INVALID",
      "/fields/0/min",
    ],
    [
      "has a pattern that could stall",
      { ...base, fields: [{ name: "n", type: "string", pattern: "(a+)+" }] },
      "SCENARIO.INVALID",
      "/fields/0/pattern",
    ],
    [
      "has a condition that cannot be parsed",
      withWays({ from: "a", to: "b", condition: "age >" }),
      "CONDITION.INVALID",
      "/transitions/0/condition",
    ],
    [
      "has a skip rule that cannot be parsed",
      withSteps({ id: "d", skipWhen: "1 +" }),
      "CONDITION.INVALID",
      "/steps/3/skipWhen",
    ],
    [
      "has an unsupported condition",
      withWays({ from: "a", to: "b", condition: 'a.matches("x")' }),
      "CONDITION.UNSUPPORTED",
      "/transitions/0/condition",
    ],
    [
      "computes a field name",
      withWays({ from: "a", to: "b", condition: "data[x] == 1" }),
      "CONDITION.DYNAMIC_FIELD",
      "/transitions/0/condition",
    ],
    [
      "has a condition that is too long",
      withWays({ from: "a", to: "b", condition: `x == "${"y".repeat(5000)}"` }),
      "CONDITION.TOO_COMPLEX",
      "/transitions/0/condition",
    ],
    [
      "compares a number with a text",
      withCondition('age == "18"'),
      "CONDITION.TYPE_MISMATCH",
      "/transitions/0/condition",
    ],
    [
      "skips by an unlike comparison",
      { ...withSteps({ id: "d", skipWhen: "name > 3" }), fields },
      "CONDITION.TYPE_MISMATCH",
      "/steps/3/skipWhen",
    ],
  ])("refuses what %s", (_title, json, code, path) => {
    const error = refusal(json);
    expect(error.code).toBe(code);
    expect(error.details.path).toBe(path);
    expect(error.details.expected).toBeTypeOf("string");
    expect(error.details.received).toBeTypeOf("string");
    expect(error.details.problems).toMatchObject([{ code, path }]);
  });

  it("refuses a cycle", () => {
    const metadata: Record<string, unknown> = {};
    metadata.self = metadata;
    expect(refusal({ ...base, metadata }).details.received).toMatch(/cycle/);
  });

  it("lists all problems and throws the first", () => {
    const error = refusal({
      ...base,
      entry: "z",
      transitions: [
        { from: "a", to: "x", condition: "age >" },
        { from: "y", to: "b" },
      ],
    });
    expect(error.code).toBe("SCENARIO.ENTRY_MISSING");
    expect((error.details.problems as { path: string }[]).map(({ path }) => path)).toEqual([
      "/entry",
      "/transitions/0/to",
      "/transitions/1/from",
      "/transitions/0/condition",
    ]);
  });

  it("lists at most 100 problems", () => {
    const transitions = Array.from({ length: 300 }, () => ({ from: "x", to: "y" }));
    expect(refusal({ ...base, transitions }).details.problems).toHaveLength(100);
  });

  it.each([
    "age == 18 && age < 2.5",
    "name == null",
    'name in ["a", "b"] && size(name) > 2',
    "vip && !vip || vip == true",
    'born < "2000-01-01"',
    '"a" in tags || tags.exists(t, t == 1) || tags.size() > 1 || tags.x == "y"',
    'other == 1 || other == "1"',
    "vip ? age > 1 : name == 'x'",
  ])("accepts %s over fields of these types", (condition) => {
    expect(defineScenario(withCondition(condition)).transitions[0]?.condition).toBe(condition);
  });

  it.each([
    'age in [1, "a"]',
    '"a" == age',
    "name + 1 == 2",
    "age.contains('1')",
    "age && vip",
    "name",
    "!name",
    "vip > 1",
    "-name == 1",
    "vip in age",
    "name.startsWith(age)",
    "age[0] == 1",
    "age.all(x, x > 1)",
    "tags.all(x, 1)",
    "born == 2000",
    "(vip ? name : name) == 1",
    "vip ? 1 : 2",
    "(age ? 1 : 2) == 1",
  ])("refuses %s over fields of these types", (condition) => {
    expect(refusal(withCondition(condition)).code).toBe("CONDITION.TYPE_MISMATCH");
  });

  it("takes names that objects inherit as plain names", () => {
    const json = JSON.parse(`{"id":"__proto__","version":1,"entry":"__proto__",
      "steps":[{"id":"__proto__","collects":["__proto__"],"metadata":{"__proto__":{"polluted":true}}},{"id":"constructor"}],
      "transitions":[{"from":"__proto__","to":"constructor","condition":"data[\\"__proto__\\"] == 1"}],
      "fields":[{"name":"__proto__","type":"number"}]}`);
    const scenario = defineScenario(json);
    expect(scenario).toEqual(json);
    expect(Object.keys(scenario.steps[0]?.metadata ?? {})).toEqual(["__proto__"]);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it("refuses an own member __proto__ of a step", () => {
    const json = JSON.parse(
      '{"id":"x","version":1,"entry":"a","steps":[{"id":"a","__proto__":{"checkpoint":true}}],"transitions":[]}',
    );
    expect(refusal(json).code).toBe("SCENARIO.INVALID");
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Field, Transition } from "../../src/contracts/types.js";
import { compile } from "../../src/scenario/compile.js";
import { compileCondition } from "../../src/scenario/condition.js";
import { analyseFork, type ForkAnalysis } from "../../src/scenario/fork.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { fieldAccepts } from "../../src/scenario/value.js";

const declared: Field[] = [
  { name: "age", type: "integer" },
  { name: "share", type: "number", min: 0, max: 1 },
  { name: "vip", type: "boolean" },
  { name: "size", type: "enum", values: [{ value: "S" }, { value: "M" }, { value: "L" }] },
  { name: "note", type: "string" },
  { name: "code", type: "string", pattern: "[A-Z]\\d" },
  { name: "born", type: "date" },
  { name: "at", type: "time" },
  { name: "when", type: "datetime" },
  { name: "mail", type: "email" },
  { name: "tel", type: "phone" },
  { name: "extra", type: "object" },
];

function fork(ways: (string | Omit<Transition, "from" | "to">)[], fields: Field[] = declared): ForkAnalysis {
  const c = compile(
    defineScenario({
      id: "flow",
      version: 1,
      entry: "a",
      steps: [{ id: "a" }, { id: "b" }],
      transitions: ways.map((way) => ({ from: "a", to: "b", ...(typeof way === "string" ? { condition: way } : way) })),
      fields,
    }),
  );
  return analyseFork(c.ways[0] ?? [], c.fields);
}

describe("analyseFork", () => {
  it.each<
    [string, (string | Omit<Transition, "from" | "to">)[], ForkAnalysis["exhaustive"], ForkAnalysis["overlapping"]]
  >([
    ["no way", [], true, false],
    ["one free way", [{}], true, false],
    ["a guard", ["age > 1"], false, false],
    ["complements of a number", ["age < 18", "age >= 18"], true, false],
    ["a gap at the bound", ["age < 18", "age > 18"], false, false],
    ["an overlap at the bound", ["age <= 18", "age >= 18"], true, true],
    ["a gap that whole numbers do not fall into", ["age <= 17", "age >= 18"], true, false],
    ["a gap that other numbers fall into", ["share <= 0.2", "share >= 0.3"], false, false],
    ["all that the bounds allow", ["share < 0.5", "share >= 0.5 && share <= 1"], true, false],
    ["all within the bounds", ["share >= 0"], true, false],
    ["an else", ["age < 18", { else: true }], true, false],
    ["an unconditioned way", ["age < 18", {}], true, false],
    ["an overlap beside an else", ["age < 18", "age < 65", { else: true }], true, true],
    [
      "an overlap settled by priority",
      ["age < 18", { condition: "age < 65", priority: 1 }, { else: true }],
      true,
      false,
    ],
    ["both booleans", ["vip", "!vip"], true, false],
    ["both booleans compared", ["vip == true", "vip == false"], true, false],
    ["one boolean", ["vip == true"], false, false],
    ["all values of an enum", ['size in ["S", "M"]', 'size == "L"'], true, false],
    ["not all values of an enum", ['size == "S"', 'size == "M"'], false, false],
    ["a value outside the enum", ['size == "S"', 'size == "XL"', 'size != "S"'], true, false],
    ["texts without a rest", ['note == "a"', 'note == "b"'], false, false],
    ["a text and the rest", ['note == "a"', 'note != "a"'], true, false],
    ["ranges of texts", ['note < "m"', 'note >= "m"'], true, false],
    ["two fields", ["age < 18 && vip", "age >= 18", "!vip"], true, true],
    ["two fields with a gap", ["age < 18 && vip", "age >= 18"], false, false],
    ["a choice", ["vip ? age > 1 : age > 5", "!(vip ? age > 1 : age > 5)"], true, false],
    ["dates", ['born < "2000-01-01"', 'born >= "2000-01-01"'], true, false],
    ["dates with a gap", ['born < "2000-01-01"', 'born > "2000-01-01"'], false, false],
    ["dates without the early ones", ['born >= "2000-01-01"'], false, false],
    ["times without the late ones", ['at < "12:00"'], false, false],
    ["datetimes without the early ones", ['when > "2000-01-01T00:00:00Z"'], false, false],
    ["one email", ['mail == "a@example.com"'], false, false],
    ["all phone numbers but one", ['tel != "+10000000000"'], false, false],
    ["a comparison of a whole object", ["extra == null", "extra != null"], "unknown", "unknown"],
    ["an item compared with fields", ["age in [1, other]", "!(age in [1, other])"], true, false],
    ["a date that is no date", ['born != "soon"'], "unknown", false],
    ["a test for null", ["has(note)", "!has(note)"], true, false],
    ["a test for null beside values", ["note == null", 'note == "a"', 'note != "a" && note != null'], true, false],
    ["a pattern whose fresh texts may not exist", ['code == "A1"', 'code == "B2"'], "unknown", false],
    ["a pattern and the rest", ['code == "A1"', 'code != "A1"'], true, false],
    ["undeclared fields", ["points > 3", "points <= 3"], true, false],
    ["an undeclared field of two types", ["points == 3", 'points == "3"'], "unknown", "unknown"],
    ["a computation and its negation", ["age + 1 > 3", "!(age + 1 > 3)"], true, false],
    ["two computations", ["age + 1 > 3", "age + 1 <= 3"], "unknown", "unknown"],
    ["a computation beside a definite overlap", ["age + 1 > 3 || vip", "vip"], "unknown", "unknown"],
    ["members of an object", ['"a" in extra', '!("a" in extra)'], true, false],
    ["two fields compared", ["age > other", "!(age > other)"], true, false],
    ["a judged way", ["age > 1", { conditionText: "is old" }], "unknown", "unknown"],
    ["a judged way of other priority", ["age > 1", { conditionText: "is old", priority: 1 }], "unknown", false],
    ["a judged way beside an else", [{ conditionText: "is old" }, { else: true }], true, false],
    ["two judged ways", [{ conditionText: "is old" }, { conditionText: "is young" }], "unknown", "unknown"],
    ["conditions that are always true", ["true", "age > 1"], true, true],
    ["a condition that is never true", ["age > 1 && age < 1"], false, false],
  ])("knows of %s", (_title, ways, exhaustive, overlapping) => {
    expect(fork(ways)).toEqual({ exhaustive, overlapping });
  });

  it("gives up on too many combinations", () => {
    const ways = Array.from({ length: 8 }, (_, at) => `f${at} == 1 || f${at} == 2 || f${at} == 3`);
    expect(fork([ways.join(" && "), ways.slice(1).join(" && ")], [])).toEqual({
      exhaustive: "unknown",
      overlapping: "unknown",
    });
  });

  it("answers the same again, and anew for other fields", () => {
    const c = compile(
      defineScenario({
        id: "x",
        version: 1,
        entry: "a",
        steps: [{ id: "a" }],
        transitions: [
          { from: "a", to: "a", condition: "age <= 17" },
          { from: "a", to: "a", condition: "age >= 18" },
        ],
      }),
    );
    const ways = c.ways[0] ?? [];
    expect(analyseFork(ways, c.fields)).toBe(analyseFork(ways, c.fields));
    expect(analyseFork(ways, c.fields).exhaustive).toBe(false);
    expect(analyseFork(ways, new Map([["age", { name: "age", type: "integer" }]])).exhaustive).toBe(true);
  });

  it("is never contradicted by data that satisfy the definitions", () => {
    const atom = fc.oneof(
      fc
        .tuple(fc.constantFrom("<", "<=", "==", "!=", ">=", ">"), fc.integer({ min: -1, max: 3 }))
        .map(([op, n]) => `age ${op} ${n}`),
      fc.tuple(fc.constantFrom("<", ">="), fc.constantFrom("0.25", "0.5")).map(([op, n]) => `share ${op} ${n}`),
      fc.constantFrom("vip", 'size == "S"', 'size in ["M", "L"]', 'note == "a"', 'note < "b"'),
    );
    const condition = fc.oneof(
      atom,
      atom.map((x) => `!(${x})`),
      fc.tuple(atom, fc.constantFrom("&&", "||"), atom).map(([x, op, y]) => `${x} ${op} ${y}`),
    );
    const data = fc.record({
      age: fc.integer({ min: -3, max: 5 }),
      share: fc.double({ min: 0, max: 1, noNaN: true }),
      vip: fc.boolean(),
      size: fc.constantFrom("S", "M", "L"),
      note: fc.constantFrom("a", "b", "aa", "z", "A"),
    });
    fc.assert(
      fc.property(
        fc.array(condition, { minLength: 1, maxLength: 3 }),
        fc.array(data, { minLength: 1, maxLength: 30 }),
        (texts, samples) => {
          const found = fork(texts);
          for (const sample of samples) {
            for (const field of declared.slice(0, 5))
              expect(fieldAccepts(field, sample[field.name as keyof typeof sample])).toBe(true);
            const holding = texts.filter((text) => compileCondition(text).evaluate(sample) === true).length;
            if (holding === 0) expect(found.exhaustive).not.toBe(true);
            if (holding > 1) expect(found.overlapping).not.toBe(false);
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});

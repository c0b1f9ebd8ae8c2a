import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { compileCondition, type Verdict } from "../../src/scenario/condition.js";

const unknown = "unknown" as const;
const verdicts: readonly Verdict[] = [true, false, unknown];
const names = ["a", "b", "c", "n", "s"] as const;

/** Data where an absent member is an unknown verdict. */
function given(values: Record<string, Verdict>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== unknown));
}

const and = (x: Verdict, y: Verdict): Verdict =>
  x === false || y === false ? false : x === true && y === true ? true : unknown;
const not = (x: Verdict): Verdict => (x === unknown ? unknown : !x);
const or = (x: Verdict, y: Verdict): Verdict => not(and(not(x), not(y)));

const leaf = fc.constantFrom(
  "a",
  "b",
  "c",
  "true",
  "false",
  "n > 1",
  "n + 1 == 2",
  'n in [1, 2, "x"]',
  's == "x"',
  "s.size() > n",
  "has(a)",
  "has(s)",
  "n == null",
  "[1, 2].exists(i, i > n)",
  "[n, 3].all(i, i > 1 || a)",
);

/** Any condition over the fields a, b, c (mostly booleans), n (mostly a number) and s (mostly a text). */
const anyCondition = fc.letrec<{ condition: string }>((tie) => ({
  condition: fc.oneof(
    { depthSize: "small" },
    leaf,
    tie("condition").map((x) => `!(${x})`),
    fc
      .tuple(tie("condition"), fc.constantFrom("&&", "||"), tie("condition"))
      .map(([x, op, y]) => `(${x}) ${op} (${y})`),
    fc.tuple(tie("condition"), tie("condition"), tie("condition")).map(([x, y, z]) => `(${x}) ? (${y}) : (${z})`),
  ),
})).condition;

const anyValue = fc.oneof(fc.boolean(), fc.constantFrom(0, 1, 2, 1.5, "x", "xy", "", null, [1]));
const anyData = fc.dictionary(fc.constantFrom(...names), anyValue, { maxKeys: 5 });

describe("three-valued logic", () => {
  it("follows Kleene's tables", () => {
    const [conjunction, disjunction, negation] = ["a && b", "a || b", "!a"].map(compileCondition);
    for (const a of verdicts) {
      expect(negation?.evaluate(given({ a }))).toBe(not(a));
      for (const b of verdicts) {
        expect(conjunction?.evaluate(given({ a, b }))).toBe(and(a, b));
        expect(disjunction?.evaluate(given({ a, b }))).toBe(or(a, b));
      }
    }
  });

  it("keeps De Morgan's laws, commutativity and double negation on any operands", () => {
    fc.assert(
      fc.property(anyCondition, anyCondition, anyData, (x, y, data) => {
        const value = (text: string) => compileCondition(text).evaluate(data);
        expect(value(`!((${x}) && (${y}))`)).toBe(value(`!(${x}) || !(${y})`));
        expect(value(`(${x}) || (${y})`)).toBe(value(`(${y}) || (${x})`));
        expect(value(`!!(${x})`)).toBe(value(x));
        expect(value(`(${x}) && (${y})`)).toBe(and(value(x), value(y)));
      }),
      { numRuns: 300 },
    );
  });

  it("never turns one known verdict into another, or into unknown, when data are added", () => {
    fc.assert(
      fc.property(anyCondition, anyData, anyData, (text, data, more) => {
        const condition = compileCondition(text);
        const before = condition.evaluate(data);
        if (before !== unknown) expect(condition.evaluate({ ...more, ...data })).toBe(before);
      }),
      { numRuns: 1000 },
    );
  });

  it("misses only absent fields that it reads, and none where the verdict is known", () => {
    fc.assert(
      fc.property(anyCondition, anyData, (text, data) => {
        const condition = compileCondition(text);
        const missing = condition.missing(data);
        if (condition.evaluate(data) !== unknown) expect(missing).toEqual([]);
        for (const name of missing) {
          expect(condition.fields).toContain(name);
          expect(Object.hasOwn(data, name)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });

  it("misses nothing only where no data settle the verdict", () => {
    fc.assert(
      fc.property(anyCondition, anyData, anyData, (text, data, more) => {
        const condition = compileCondition(text);
        if (condition.evaluate(data) !== unknown || condition.missing(data).length > 0) return;
        expect(condition.evaluate({ ...more, ...data })).toBe(unknown);
      }),
      { numRuns: 1000 },
    );
  });

  it("asks, without choices, for every field that could settle the verdict", () => {
    const withoutChoices = anyCondition.filter((text) => !text.includes("?"));
    fc.assert(
      fc.property(withoutChoices, anyData, anyData, (text, data, more) => {
        const condition = compileCondition(text);
        if (condition.evaluate(data) !== unknown) return;
        const missing = condition.missing(data);
        const added = Object.fromEntries(Object.entries(more).filter(([name]) => !missing.includes(name)));
        expect(condition.evaluate({ ...added, ...data })).toBe(unknown);
      }),
      { numRuns: 1000 },
    );
  });

  it("gives equal verdicts to conditions of equal canonical text", () => {
    fc.assert(
      fc.property(anyCondition, anyData, (text, data) => {
        const condition = compileCondition(text);
        expect(compileCondition(condition.canonical).evaluate(data)).toBe(condition.evaluate(data));
      }),
      { numRuns: 500 },
    );
  });
});

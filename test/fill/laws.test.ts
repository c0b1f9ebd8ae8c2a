import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Field, FieldType } from "../../src/contracts/types.js";
import { checkEvidence } from "../../src/fill/evidence.js";
import { locateQuote } from "../../src/fill/evidence-quote.js";
import { defaultExtractor } from "../../src/fill/extract-default.js";
import { fold } from "../../src/fill/normal-text.js";
import { normaliseValue } from "../../src/fill/normal-value.js";
import type { Turn } from "../../src/ports/extractor.js";
import { knownValue } from "../../src/scenario/value.js";

const at = "2026-03-02T09:00:00Z";
const types: readonly FieldType[] = [
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
];
const fields: Field[] = types.map((type) => ({
  name: `the_${type}`,
  type,
  ...(type === "enum"
    ? { values: [{ value: "Monday" }, { value: "red", synonyms: ["ruby"] }, { value: "5 pm" }] }
    : {}),
}));

const words = fc.constantFrom(
  ..."yes no not Monday tomorrow the 14th March 9th 5 pm 17:30 two 3 1,5 $40 red ruby a@example.org +14155552671 my name is Ana it's from to Lisbon and or , . ? ! \u201Cthe\u201D \u00A0 \uFB01ve İ ß 👍 number date time".split(
    " ",
  ),
);
const text = fc.array(words, { maxLength: 14 }).map((parts) => parts.join(" "));
const turn = fc.record({ role: fc.constantFrom("user" as const, "assistant" as const), text });
const talk: fc.Arbitrary<Turn[]> = fc.array(turn, { minLength: 1, maxLength: 6 });

describe("laws of gap fill", () => {
  it("whatever is said, each value stands with its quote at its place, satisfies its field, and passes the check unchanged", async () => {
    await fc.assert(
      fc.asyncProperty(talk, async (turns) => {
        const request = { turns, fields, at };
        const answer = await defaultExtractor().extract(request);
        const { values, rejected } = await checkEvidence(answer, request);
        expect(rejected).toEqual([]);
        expect(values).toEqual(answer);
        for (const { field, value, quote, span, turn: index, confidence } of values) {
          expect(turns[index]?.text.slice(span?.[0], span?.[1])).toBe(quote);
          expect(
            knownValue(
              fields.find(({ name }) => name === field),
              value,
            ),
          ).toBe(true);
          expect(confidence).toBeGreaterThanOrEqual(0);
          expect(confidence).toBeLessThanOrEqual(1);
        }
      }),
      { seed: 5, numRuns: 200 },
    );
  });

  it("normalising twice equals once, and what it gives is known", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...fields),
        fc.oneof(text, fc.string(), fc.integer(), fc.boolean(), fc.double()),
        async (field, given) => {
          const once = await normaliseValue(field, given, { at });
          if (!once.ok) return;
          expect(knownValue(field, once.value)).toBe(true);
          expect(await normaliseValue(field, once.value, { at })).toEqual(once);
        },
      ),
      { seed: 6, numRuns: 600 },
    );
  });

  it("any part of a text at word ends is found in it again, whatever its case and quotes", () => {
    fc.assert(
      fc.property(text, fc.nat(), fc.nat(), (whole, one, other) => {
        const parts = [...whole.matchAll(/\S+/gu)];
        const [first, last] = [one, other].map((at) => at % Math.max(1, parts.length)).sort((a, b) => a - b);
        const from = parts[first ?? 0];
        const to = parts[last ?? 0];
        if (from === undefined || to === undefined) return;
        const quote = whole.slice(from.index, to.index + to[0].length);
        const span = locateQuote(whole, fold(quote), undefined);
        if (fold(quote) === "") return;
        expect(span).toBeDefined();
        expect(fold(whole.slice(...(span ?? [0, 0])))).toBe(fold(quote));
      }),
      { seed: 7, numRuns: 500 },
    );
  });

  it("any answer at all is survived, and nothing counts that the user did not say", async () => {
    await fc.assert(
      fc.asyncProperty(fc.anything({ withNullPrototype: true, withDate: true, withMap: true }), async (answer) => {
        const { values } = await checkEvidence(answer, { turns: [{ role: "user", text: "hello" }], fields, at });
        expect(values).toEqual([]);
      }),
      { seed: 8, numRuns: 300 },
    );
  });
});

import fc from "fast-check";
import type { Scenario, Step, Transition } from "../../src/contracts/types.js";

const text = fc.oneof(fc.string({ unit: "binary", maxLength: 12 }), fc.constantFrom("é", "e\u0301", "Å", "한", ""));
const set = fc.array(text, { maxLength: 4 });
const name = fc.constantFrom("age", "country", "vip", "amount");
const condition = fc.constantFrom("age > 18", "vip", 'country == "US"', "amount <= 3 || !vip");

/** Any step, also with texts that need escaping or normalising. */
export const anyStep: fc.Arbitrary<Step> = fc.record(
  {
    id: fc.constant("a"),
    name: text,
    intent: text,
    description: text,
    rules: set,
    collects: set,
    tools: set,
    skipWhen: text,
    checkpoint: fc.boolean(),
    checkpointDescription: text,
    requiredAction: fc.boolean(),
  },
  { requiredKeys: ["id"] },
);

const anyTransition = (ids: readonly string[]): fc.Arbitrary<Transition> =>
  fc.record(
    {
      from: fc.constantFrom(...ids),
      to: fc.constantFrom(...ids),
      condition,
      priority: fc.integer({ min: -1, max: 1 }),
      fields: fc.array(name, { maxLength: 3 }),
      metadata: fc.constant({ color: "red" }),
    },
    { requiredKeys: ["from", "to"] },
  );

/** Any small scenario that can be defined; ids `s0` to `s5`, entry `s0`. */
export const anyScenario: fc.Arbitrary<Scenario> = fc.integer({ min: 1, max: 6 }).chain((count) => {
  const ids = Array.from({ length: count }, (_, at) => `s${at}`);
  return fc.record({
    id: fc.constant("flow"),
    version: fc.constant(1),
    entry: fc.constant("s0"),
    steps: fc.tuple(
      ...ids.map((id) =>
        fc.record(
          { id: fc.constant(id), name: text, collects: fc.array(name, { maxLength: 2 }), checkpoint: fc.boolean() },
          { requiredKeys: ["id"] },
        ),
      ),
    ),
    transitions: fc.array(anyTransition(ids), { maxLength: 12 }),
    fields: fc.constant([
      { name: "age", type: "number" as const },
      { name: "country", type: "enum" as const, values: [{ value: "US" }, { value: "FR", synonyms: ["France"] }] },
      { name: "vip", type: "boolean" as const },
      { name: "amount", type: "number" as const, min: 0 },
    ]),
  });
});

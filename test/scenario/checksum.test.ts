import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Scenario, Transition } from "../../src/contracts/types.js";
import { canonicalJson } from "../../src/hash/canonical-json.js";
import { sha256Hex } from "../../src/hash/sha256.js";
import { checksumText, scenarioChecksum } from "../../src/scenario/checksum.js";
import { compile } from "../../src/scenario/compile.js";
import { contentHash } from "../../src/scenario/content-hash.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { anyScenario } from "./arbitraries.js";

const base: Scenario = {
  id: "flow",
  version: 1,
  entry: "a",
  steps: [{ id: "a", name: "A" }, { id: "b" }, { id: "c" }],
  transitions: [
    { from: "a", to: "b", condition: "age >= 18" },
    { from: "a", to: "c", condition: "age >= 65", conditionText: "is old", fields: ["age"] },
    { from: "b", to: "c" },
  ],
  fields: [
    { name: "age", type: "integer", min: 0 },
    { name: "country", type: "enum", values: [{ value: "US" }, { value: "FR" }] },
  ],
};

function withWay(at: number, change: Partial<Transition>): Scenario {
  return { ...base, transitions: base.transitions.map((way, index) => (index === at ? { ...way, ...change } : way)) };
}

/** Another order of the transitions that keeps the order among those of one step with equal priority. */
function regrouped(transitions: readonly Transition[], steps: readonly string[]): Transition[] {
  return [...steps]
    .reverse()
    .flatMap((from) =>
      [-1, 0, 1].flatMap((priority) =>
        transitions.filter((way) => way.from === from && (way.priority ?? 0) === priority),
      ),
    );
}

describe("scenarioChecksum", () => {
  it("does not depend on orders without meaning, version, names or metadata", () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        const same: Scenario = {
          ...scenario,
          version: 9,
          name: "Flow",
          description: "A flow",
          metadata: { x: 1 },
          steps: [...scenario.steps].reverse().map((step) => ({ ...step, metadata: { y: 2 } })),
          transitions: regrouped(
            scenario.transitions,
            scenario.steps.map(({ id }) => id),
          ),
          fields: [...(scenario.fields ?? [])].reverse(),
        };
        expect(scenarioChecksum(same)).toBe(scenarioChecksum(scenario));
      }),
    );
  });

  it("takes defaults written out and defaults left out as the same", () => {
    const spelled = {
      ...base,
      steps: base.steps.map((step) => ({ checkpoint: false, collects: [], ...step })),
      transitions: base.transitions.map((way) => ({ priority: 0, else: false, fields: [], ...way })),
      fields: base.fields?.map((field) => ({ sensitive: false, source: "person" as const, ...field })) ?? [],
    };
    expect(scenarioChecksum(spelled)).toBe(scenarioChecksum(base));
    const { fields: _, ...without } = base;
    expect(scenarioChecksum(without)).toBe(scenarioChecksum({ ...base, fields: [] }));
  });

  it("does not depend on the normal form of texts", () => {
    const composed = { ...base, steps: [...base.steps, { id: "é" }, { id: "f" }], entry: "é" };
    const decomposed = JSON.parse(JSON.stringify(composed).normalize("NFD")) as Scenario;
    expect(scenarioChecksum(decomposed)).toBe(scenarioChecksum(composed));
  });

  it.each<[string, Scenario]>([
    ["the id of the scenario", { ...base, id: "other" }],
    ["the entry", { ...base, entry: "b" }],
    ["a step's id", { ...base, steps: [...base.steps.slice(0, 2), { id: "d" }] }],
    ["a step's content", { ...base, steps: [{ id: "a", name: "B" }, ...base.steps.slice(1)] }],
    ["a step more", { ...base, steps: [...base.steps, { id: "d" }] }],
    ["a condition", withWay(0, { condition: "age >= 21" })],
    ["a judged condition", withWay(1, { conditionText: "is young" })],
    ["the fields a judge needs", withWay(1, { fields: ["country"] })],
    ["an else", withWay(2, { else: true })],
    ["a priority", withWay(0, { priority: 1 })],
    ["a target", withWay(2, { to: "a" })],
    ["a transition less", { ...base, transitions: base.transitions.slice(1) }],
    [
      "the order of two conditions of equal priority",
      { ...base, transitions: [base.transitions[1]!, base.transitions[0]!, base.transitions[2]!] },
    ],
    ["a field's type", { ...base, fields: [{ name: "age", type: "number", min: 0 }, base.fields![1]!] }],
    ["a field's bound", { ...base, fields: [{ name: "age", type: "integer", min: 1 }, base.fields![1]!] }],
    [
      "a value of an enum",
      { ...base, fields: [base.fields![0]!, { name: "country", type: "enum", values: [{ value: "US" }] }] },
    ],
    [
      "a synonym",
      {
        ...base,
        fields: [
          base.fields![0]!,
          { name: "country", type: "enum", values: [{ value: "US", synonyms: ["USA"] }, { value: "FR" }] },
        ],
      },
    ],
  ])("changes with %s", (_title, other) => {
    expect(scenarioChecksum(other)).not.toBe(scenarioChecksum(base));
  });

  it("does not change with the place of an else among its siblings", () => {
    const ways: Transition[] = [
      { from: "a", to: "b", condition: "age > 1" },
      { from: "a", to: "c", else: true },
    ];
    const first = { ...base, transitions: ways };
    expect(scenarioChecksum({ ...base, transitions: [...ways].reverse() })).toBe(scenarioChecksum(first));
  });

  it("hashes a text that is canonical by RFC 8785", () => {
    fc.assert(
      fc.property(anyScenario, (scenario) => {
        const text = checksumText(scenario, scenario.steps.map(contentHash));
        expect(text).toBe(canonicalJson(JSON.parse(text), { nfc: true }));
        expect(scenarioChecksum(scenario)).toBe(`r1:${sha256Hex(text)}`);
      }),
    );
  });

  it("is what the compiled scenario carries", () => {
    const scenario = defineScenario(base);
    expect(compile(scenario).checksum).toBe(scenarioChecksum(scenario));
  });
});

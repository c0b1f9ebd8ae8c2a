import { describe, expect, it } from "vitest";
import type { Field } from "../../src/contracts/types.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { fieldAccepts } from "../../src/scenario/value.js";
import { seededRandom } from "../../src/testing/random.js";
import { sampleValue } from "../../src/testing/sample.js";
import { walkSession } from "../../src/testing/walk.js";

const loan = defineScenario({
  id: "loan",
  version: 1,
  entry: "hello",
  steps: [
    { id: "hello", name: "Hello" },
    { id: "age", name: "Age", collects: ["age"] },
    { id: "school", name: "School", collects: ["school"], skipWhen: 'data["age"] > 17' },
    { id: "pay", name: "Pay", checkpoint: true, checkpointDescription: "Fee taken" },
    { id: "minor", name: "Too young" },
  ],
  transitions: [
    { from: "hello", to: "age" },
    { from: "age", to: "school", condition: 'data["age"] > 15' },
    { from: "age", to: "minor" },
    { from: "school", to: "pay" },
  ],
  fields: [
    { name: "age", type: "integer", min: 0, max: 99 },
    { name: "school", type: "enum", values: [{ value: "day" }, { value: "evening" }] },
  ],
});

const at = "2026-01-01T08:00:00Z";

const edges = new Set(["hello age", "age school", "age pay", "age minor", "school pay"]);

const walks = (rates: { jumpRate?: number; repeatRate?: number; silenceRate?: number } = {}) =>
  Array.from({ length: 200 }, (_, seed) => walkSession(loan, { seed, id: `s${seed}`, at, ...rates }));

const hopsOf = (history: readonly { stepId: string }[]): string[] =>
  history.slice(1).map(({ stepId }, before) => `${history[before]?.stepId} ${stepId}`);

describe("walkSession", () => {
  it("gives the same session for the same seed, and others for other seeds", () => {
    expect(walkSession(loan, { seed: 5, id: "s", at })).toEqual(walkSession(loan, { seed: 5, id: "s", at }));
    expect(new Set(walks().map(({ stepId }) => stepId)).size).toBe(5);
  });

  it("follows transitions under the answers given", () => {
    for (const { stepHistory, variables } of walks()) {
      for (const hop of hopsOf(stepHistory)) expect(edges).toContain(hop);
      const visited = stepHistory.map(({ stepId }) => stepId);
      if (visited.includes("minor")) expect(variables.age).toBeLessThan(16);
      if (visited.includes("school")) expect([16, 17]).toContain(variables.age);
    }
  });

  it("passes over a step whose skip rule holds", () => {
    expect(walks().flatMap(({ stepHistory }) => hopsOf(stepHistory))).toContain("age pay");
  });

  it("stands at its last visit, whose question is still open", () => {
    for (const { stepId, stepHistory, variables } of walks()) {
      expect(stepHistory.at(-1)?.stepId).toBe(stepId);
      if (stepId === "age") expect(variables).not.toHaveProperty("age");
    }
  });

  it("stamps visits a minute apart and gives the session its identity", () => {
    const session = walkSession(loan, { seed: 3, id: "s", at, steps: 3, tenantId: "t", channel: "web" });
    expect(session.stepHistory.slice(0, 2).map(({ enteredAt }) => Date.parse(enteredAt))).toEqual([
      Date.parse(at),
      Date.parse(at) + 60_000,
    ]);
    expect(session).toMatchObject({ id: "s", tenantId: "t", channel: "web", scenarioId: "loan", scenarioVersion: 1 });
  });

  it("makes at most as many visits as asked for", () => {
    expect(walkSession(loan, { seed: 1, id: "s", at, steps: 1 }).stepHistory).toHaveLength(1);
  });

  it("leaves the paths of the graph when it may jump or repeat", () => {
    const hops = (rates: { jumpRate?: number; repeatRate?: number }): string[] =>
      walks(rates).flatMap(({ stepHistory }) => hopsOf(stepHistory));
    expect(hops({ jumpRate: 0.5 }).some((hop) => !edges.has(hop))).toBe(true);
    expect(hops({ repeatRate: 0.5 })).toContain("age age");
  });

  it("leaves questions empty when it may stay silent", () => {
    expect(walks({ silenceRate: 1 }).some(({ variables }) => variables.age === null)).toBe(true);
  });

  it("carries checkpoints that it passed", () => {
    const passed = walks({ repeatRate: 0.3 }).filter(({ passedCheckpoints }) => passedCheckpoints.length > 0);
    expect(passed.length).toBeGreaterThan(0);
  });

  it("chooses among ways without condition, and sets what the host knows at each decision", () => {
    const open = defineScenario({
      id: "open",
      version: 1,
      entry: "a",
      steps: [
        { id: "a", name: "A" },
        { id: "b", name: "B" },
        { id: "c", name: "C" },
      ],
      transitions: [
        { from: "a", to: "b" },
        { from: "a", to: "c" },
        { from: "b", to: "c", condition: 'data["state"] == "paid"' },
        { from: "c", to: "a", conditionText: "the customer wants to start again" },
      ],
      fields: [{ name: "state", type: "string", source: "host" }],
    });
    const sessions = Array.from({ length: 100 }, (_, seed) => walkSession(open, { seed, id: "s", at, steps: 6 }));
    const hops = sessions.flatMap(({ stepHistory }) => hopsOf(stepHistory));
    for (const hop of ["a b", "a c", "b c", "c a"]) expect(hops).toContain(hop);
    expect(sessions.some(({ variables }) => variables.state === "paid")).toBe(true);
  });
});

describe("sampleValue", () => {
  const random = seededRandom(11);

  const definitions: readonly Field[] = [
    { name: "f", type: "string" },
    { name: "f", type: "string", examples: ["one"] },
    { name: "f", type: "string", min: 40 },
    { name: "f", type: "string", max: 4 },
    { name: "f", type: "number" },
    { name: "f", type: "number", min: 5, max: 6 },
    { name: "f", type: "number", max: -5 },
    { name: "f", type: "integer", min: 2, max: 4 },
    { name: "f", type: "boolean" },
    { name: "f", type: "date" },
    { name: "f", type: "time" },
    { name: "f", type: "datetime" },
    { name: "f", type: "email" },
    { name: "f", type: "phone" },
    { name: "f", type: "enum", values: [{ value: "a" }, { value: "b" }] },
    { name: "f", type: "object" },
    { name: "f", type: "object", examples: ["a", "b"] },
  ];

  it.each(definitions)("fits the definition %j", (field) => {
    for (let round = 0; round < 50; round += 1) {
      const value = sampleValue(field, random);
      expect(fieldAccepts(field, value), JSON.stringify(value)).toBe(true);
    }
  });
});

describe("seededRandom", () => {
  it("repeats its values for a seed", () => {
    const values = (seed: number): number[] => {
      const random = seededRandom(seed);
      return Array.from({ length: 5 }, () => random.next());
    };
    expect(values(1)).toEqual(values(1));
    expect(values(1)).not.toEqual(values(2));
  });

  it("spreads whole numbers evenly and stays below its bound", () => {
    const random = seededRandom(9);
    const counts = [0, 0, 0, 0];
    for (let round = 0; round < 4000; round += 1) counts[random.integer(4)]! += 1;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(120);
    expect(random.integer(0)).toBe(0);
  });

  it("picks nothing from an empty list", () => {
    expect(seededRandom(1).pick([])).toBeUndefined();
  });
});

import { describe, expect, it } from "vitest";
import {
  type Decision,
  defineScenario,
  type Field,
  type FieldSource,
  type Scenario,
  type Session,
} from "../../src/index.js";
import { compile } from "../../src/scenario/compile.js";
import { fieldAccepts } from "../../src/scenario/value.js";
import { editScenario } from "../../src/testing/edits.js";
import { FIELDS, generateScenario } from "../../src/testing/generate.js";
import { seededRandom } from "../../src/testing/random.js";
import { rehearseAll } from "../../src/testing/rehearse-all.js";
import { sampleValue } from "../../src/testing/sample.js";
import { walkSession } from "../../src/testing/walk.js";
import { bench, roll } from "./helpers.js";

const types: Readonly<Record<string, Omit<Field, "name">>> = {
  age: { type: "integer" },
  amount: { type: "number" },
  member: { type: "boolean" },
};

/** The scenario with field definitions of which some belong to tools and hosts, and some are sensitive. */
function defined(scenario: Scenario, seed: number): Scenario {
  const random = seededRandom(seed);
  const fields = FIELDS.map((name): Field => {
    const source = random.pick(["person", "person", "tool", "host"] as const) ?? "person";
    return { name, type: "string", ...types[name], source, ...(random.chance(0.3) ? { sensitive: true } : {}) };
  });
  return defineScenario({ ...scenario, fields });
}

function versions(seed: number, count: number): Scenario[] {
  const all = [defined(generateScenario({ seed }), seed)];
  while (all.length < count) {
    const version = all.length + 1;
    const before = all[all.length - 1] ?? generateScenario({ seed });
    all.push(editScenario(before, { seed: seed * 100 + version, version, edits: 3 }).scenario);
  }
  return all;
}

/** A source that says something unsure about every field that it is asked for, and remembers which. */
function guessing(kind: FieldSource["kind"], heard: Set<string>, seed: number): FieldSource {
  return {
    name: `guess ${kind}`,
    kind,
    find: async ({ fields }) =>
      fields.flatMap((field) => {
        heard.add(field.name);
        const value = sampleValue(field, seededRandom(seed));
        return field.name.length % 2 === 0 ? [{ field: field.name, value, confidence: 0.9 }] : [];
      }),
  };
}

const isPersons = (to: Scenario, name: string) =>
  (to.fields?.find((field) => field.name === name)?.source ?? "person") === "person";

function namedTo(decision: Decision): string[] {
  if (decision.action === "confirm") return [decision.field];
  return decision.action === "collect" ? decision.prompts.map(({ field }) => field) : [];
}

/** Every field that the steps of a run collect, and that the skip rules and decisions on it read. */
function usedOn(to: Scenario, stepIds: readonly string[]): Set<string> {
  const c = compile(to);
  const used = new Set<string>();
  for (const stepId of stepIds) {
    const at = c.index.get(stepId) ?? -1;
    const read = [
      ...(c.skips[at]?.fields ?? []),
      ...(c.ways[at] ?? []).flatMap(({ condition }) => condition?.fields ?? []),
    ];
    for (const field of [...(c.steps[at]?.collects ?? []), ...read]) used.add(field);
  }
  return used;
}

const seeds = Array.from({ length: 40 }, (_, i) => i + 1);

describe("over generated flows, edits and sessions, a question", () => {
  it("never names a field of a tool or the host, and what is sensitive or theirs is not looked for in the conversation", async () => {
    let asked = 0;
    let requested = 0;
    for (const seed of seeds) {
      const [from, to] = versions(seed, 2);
      if (from === undefined || to === undefined) continue;
      const heard = new Set<string>();
      const fieldSources =
        seed % 2 === 0 ? [guessing("profile", new Set(), seed), guessing("conversation", heard, seed)] : [];
      const walk = { jumpRate: 0.2, silenceRate: 0.5 };
      const report = await rehearseAll({ from, to, seed, count: 12, walk, fieldSources });
      for (const { result, last, questions } of report.cases) {
        for (const name of [...namedTo(result), ...namedTo(last), ...questions]) expect(isPersons(to, name)).toBe(true);
        asked += questions.length;
        if (result.action !== "collect") continue;
        const theirs = result.fields.filter((name) => !isPersons(to, name));
        expect(result.hostFields ?? []).toEqual(theirs);
        requested += theirs.length;
      }
      for (const name of heard) {
        expect(isPersons(to, name)).toBe(true);
        expect(to.fields?.find((field) => field.name === name)?.sensitive ?? false).toBe(false);
      }
    }
    expect([asked > 60, requested > 30]).toEqual([true, true]);
  });

  it("names only what the run that is chosen collects, or its decisions read, and nothing that the session knows", async () => {
    let moved = 0;
    for (const seed of seeds) {
      const [from, to] = versions(seed, 2);
      if (from === undefined || to === undefined) continue;
      const report = await rehearseAll({ from, to, seed, count: 12, walk: { silenceRate: 0.5 } });
      for (const { session, result, last, questions } of report.cases) {
        const known = (to.fields ?? []).filter((field) => fieldAccepts(field, session.variables[field.name]));
        for (const { name } of known) expect([...questions, ...namedTo(result)]).not.toContain(name);
        if (last.action !== "teleport" || questions.length === 0) continue;
        moved += 1;
        const used = usedOn(
          to,
          last.witness.run.map(({ stepId }) => stepId),
        );
        expect(questions.filter((name) => !used.has(name))).toEqual([]);
      }
    }
    expect(moved).toBeGreaterThan(25);
  });

  it("is gone once the version no longer asks it", async () => {
    let dropped = 0;
    for (const seed of seeds) {
      const [from, to] = versions(seed, 2);
      if (from === undefined || to === undefined) continue;
      const sessions = Array.from({ length: 8 }, (_, n) =>
        walkSession(from, { seed: seed * 50 + n, id: `s${n}`, at: "2025-12-31T00:00:00Z", silenceRate: 0.8 }),
      );
      const { cases } = await rehearseAll({ from, to, sessions });
      const read = usedOn(
        { ...to, steps: to.steps.map(({ collects: _, ...step }) => step) },
        to.steps.map(({ id }) => id),
      );
      const [name] = cases.flatMap(({ questions }) => questions).filter((field) => !read.has(field));
      if (name === undefined) continue;
      const steps = to.steps.map((step) => ({
        ...step,
        collects: (step.collects ?? []).filter((one) => one !== name),
      }));
      const without = await rehearseAll({ from, to: defineScenario({ ...to, steps }), sessions });
      expect(without.cases.flatMap(({ questions }) => questions)).not.toContain(name);
      dropped += 1;
    }
    expect(dropped).toBeGreaterThan(2);
  });
});

describe("over generated chains, through the engine", () => {
  it("no question names what is known or what a tool has to say, and known values stand after the move", async () => {
    let moves = 0;
    for (const seed of seeds.slice(0, 30)) {
      const { regraft } = bench();
      const all = versions(seed, 3);
      const [first, last] = [all[0], all[2]];
      if (first === undefined || last === undefined) continue;
      await regraft.publish(first);
      const walked = Array.from(
        { length: 4 },
        (_, n): Session =>
          walkSession(first, { seed: seed * 9 + n, id: `s${n}`, at: "2026-02-28T00:00:00Z", silenceRate: 0.4 }),
      );
      for (const session of walked) await regraft.importSession(session);
      try {
        for (const [from, to] of [
          [all[0], all[1]],
          [all[1], all[2]],
        ])
          if (from !== undefined && to !== undefined) await roll(regraft, from, to);
      } catch {
        continue;
      }
      for (const { id, variables } of walked) {
        const known = (last.fields ?? [])
          .filter((field) => fieldAccepts(field, variables[field.name]))
          .map(({ name }) => name);
        let result = await regraft.reconcile(id);
        for (let round = 0; round < 12 && result.action === "collect"; round += 1) {
          const { fields } = result;
          for (const name of namedTo(result)) expect(isPersons(last, name)).toBe(true);
          expect(fields.filter((name) => known.includes(name))).toEqual([]);
          const given = fields.map((name) => [
            name,
            sampleValue(
              last.fields?.find((f) => f.name === name) ?? { name, type: "string" },
              seededRandom(seed + round),
            ),
          ]);
          result = await regraft.provide(id, Object.fromEntries(given));
        }
        expect(result.action).not.toBe("collect");
        if (result.action !== "teleport") continue;
        moves += 1;
        const after = (await regraft.session(id)).variables;
        for (const [name, value] of Object.entries(variables))
          if (known.includes(name)) expect(after[name]).toEqual(value);
      }
    }
    expect(moves).toBeGreaterThan(20);
  });
});

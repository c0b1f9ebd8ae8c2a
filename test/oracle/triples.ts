import type { Field, Policy, Scenario, Session } from "../../src/contracts/types.js";
import { compile } from "../../src/scenario/compile.js";
import type { Verdict } from "../../src/scenario/condition.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { recordVisit, startSession } from "../../src/session/visits.js";
import { editScenario } from "../../src/testing/edits.js";
import { generateScenario } from "../../src/testing/generate.js";
import { type Random, seededRandom } from "../../src/testing/random.js";
import { walkSession } from "../../src/testing/walk.js";

export const AT = "2026-03-01T00:00:00Z";

/** Two versions and a walker of the first, in a form that can be cut down. */
export interface Triple {
  readonly v1: Scenario;
  readonly v2: Scenario;
  /** Versions between the two, in order. */
  readonly between?: readonly Scenario[];
  /** Visited steps in order; the first is the entry, the last the current step. */
  readonly path: readonly string[];
  readonly variables: Readonly<Record<string, unknown>>;
  /** How many of the latest visits are kept; 0: none. */
  readonly keep?: number;
  /** Required actions of the second version that have run already. */
  readonly completed: readonly string[];
  readonly mapping?: Readonly<Record<string, string>>;
  readonly effects?: Readonly<Record<string, "same" | "other">>;
  readonly allowRepeat?: readonly string[];
  /** What the judge said. */
  readonly judged?: Readonly<Record<string, Verdict>>;
  readonly forceKind?: "clean_graft" | "gap_fill";
  /** The rest of the plan's policy for the session's step: what may hold it. */
  readonly policy?: Policy;
}

/** The triple of a seed. */
export function makeTriple(seed: number): Triple {
  const random = seededRandom(seed ^ 0x5eed);
  const v1 = dressed(seed, random);
  const other = random.chance(0.05);
  const v2 = other
    ? generateScenario({ seed: seed + 1, version: 2 })
    : refitted(editScenario(v1, { seed: seed * 7 + 3, version: 2 }).scenario, random);
  const walked = walkSession(v1, {
    seed: seed * 13 + 5,
    id: "s",
    at: AT,
    jumpRate: random.chance(0.5) ? 0 : 0.2,
    repeatRate: random.chance(0.6) ? 0 : 0.15,
    silenceRate: 0.15,
  });
  const path = walked.stepHistory.map((visit) => visit.stepId);
  const variables = { ...walked.variables };
  for (const name of ["age", "amount"])
    if (random.chance(0.3) && !(name in variables)) variables[name] = random.pick([5, 18, 50, 200]);
  if (random.chance(0.2)) variables.member = random.chance(0.5);
  const roll = random.next();
  const effects = Object.fromEntries(
    v1.steps
      .filter((step) => (step.checkpoint === true || step.requiredAction === true) && random.chance(0.5))
      .map((step) => [step.id, random.chance(0.7) ? ("same" as const) : ("other" as const)]),
  );
  const [old, now] = [random.pick(v1.steps), random.pick(v2.steps)];
  return {
    v1,
    v2,
    path,
    variables,
    ...(roll < 0.05 ? { keep: 0 } : roll < 0.12 ? { keep: 1 + random.integer(3) } : {}),
    completed: v2.steps.filter((step) => step.requiredAction === true && random.chance(0.1)).map((step) => step.id),
    effects,
    ...(random.chance(0.06) && old !== undefined && now !== undefined ? { mapping: { [old.id]: now.id } } : {}),
    ...(random.chance(0.08) ? { allowRepeat: [random.pick(path) ?? "s0"] } : {}),
    ...(random.chance(0.04)
      ? { forceKind: random.chance(0.5) ? ("clean_graft" as const) : ("gap_fill" as const) }
      : {}),
  };
}

/** A walker of the first of 3 to 8 versions; each hop makes one or two edits, and now and then all of them are undone. */
export function makeChain(seed: number): Triple {
  const { mapping: _, allowRepeat: __, ...triple } = makeTriple(seed);
  const random = seededRandom(seed ^ 0xc4a1);
  const count = 2 + random.integer(6);
  const isUndone = random.chance(0.15);
  let last = defineScenario({ ...triple.v2, version: 2 });
  const between: Scenario[] = [];
  for (let version = 3; version <= count + 1; version += 1) {
    between.push(last);
    const edits = { seed: seed * 17 + version, version, edits: 1 + random.integer(2) };
    last =
      isUndone && version === count + 1
        ? defineScenario({ ...triple.v1, version })
        : editScenario(last, edits).scenario;
  }
  return { ...triple, v2: last, between, completed: [] };
}

/** A generated flow, sometimes with more forks, declared fields, judged conditions and priorities. */
function dressed(seed: number, random: Random): Scenario {
  const plain = generateScenario({ seed });
  const grown = random.chance(0.3) ? editScenario(plain, { seed: seed * 3 + 1, version: 1, edits: 4 }).scenario : plain;
  const ranked = random.chance(0.15)
    ? grown.transitions.map((way) => (random.chance(0.3) ? { ...way, priority: random.integer(3) } : way))
    : grown.transitions;
  const judged = random.chance(0.15)
    ? ranked.map(({ condition, ...way }) => {
        if (condition === undefined) return way;
        return random.chance(0.5)
          ? { ...way, conditionText: random.pick(["is in a hurry", "wants more"]) ?? "" }
          : { ...way, condition };
      })
    : ranked;
  return defineScenario({ ...grown, transitions: judged, ...(random.chance(0.3) ? { fields: DECLARED } : {}) });
}

/** The same flow with other definitions of its fields, now and then. */
function refitted(scenario: Scenario, random: Random): Scenario {
  if (scenario.fields === undefined || random.chance(0.6)) return scenario;
  const fields = scenario.fields.map((field) => {
    if (field.name === "age") return { ...field, min: random.pick([0, 18]) ?? 0 };
    if (field.name === "country") return { ...field, values: [{ value: "US" }] };
    return field.name === "note" ? { ...field, type: "enum" as const, values: [{ value: "text" }] } : field;
  });
  return defineScenario({ ...scenario, fields });
}

const DECLARED: Field[] = [
  { name: "age", type: "integer", min: 0, max: 120 },
  { name: "country", type: "enum", values: [{ value: "US" }, { value: "FR" }] },
  { name: "amount", type: "number" },
  { name: "email", type: "string" },
  { name: "member", type: "boolean" },
  { name: "note", type: "string" },
];

/** The session of a triple. */
export function sessionOf(triple: Triple): Session {
  const [, ...rest] = triple.path;
  const start = startSession(triple.v1, { id: "s", at: AT, variables: { ...triple.variables } });
  const walked = rest.reduce((session, step) => recordVisit(session, triple.v1, step, { at: AT }), start);
  const stepHistory =
    triple.keep === undefined ? walked.stepHistory : triple.keep === 0 ? [] : walked.stepHistory.slice(-triple.keep);
  const c = compile(triple.v2);
  const completedActions = triple.completed.map((stepId) => {
    const contentHash = c.hashes[c.index.get(stepId) ?? -1] ?? "";
    return { stepId, scenarioVersion: triple.v2.version, contentHash, at: AT };
  });
  const passedCheckpoints = triple.keep === 0 ? [] : walked.passedCheckpoints;
  return { ...walked, stepHistory, passedCheckpoints, ...(completedActions.length > 0 ? { completedActions } : {}) };
}

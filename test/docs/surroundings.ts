import type { Scenario } from "../../src/contracts/types.js";
import { compile } from "../../src/scenario/compile.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { recordVisit, startSession } from "../../src/session/visits.js";
import type { Importer, Surroundings } from "./run-snippet.js";

const subpaths: Readonly<Record<string, () => Promise<unknown>>> = {
  regraft: () => import("../../src/index.js"),
  "regraft/adapters/ai-sdk": () => import("../../src/adapters/ai-sdk.js"),
  "regraft/adapters/otel": () => import("../../src/adapters/otel.js"),
  "regraft/stores/file": () => import("../../src/stores/file.js"),
  "regraft/stores/memory": () => import("../../src/stores/memory.js"),
  "regraft/stores/postgres": () => import("../../src/stores/postgres.js"),
  "regraft/stores/redis": () => import("../../src/stores/redis.js"),
  "regraft/testing": () => import("../../src/testing/index.js"),
};

/** Gives the sources of this package for its names, and everything else as it is. */
export const importer: Importer = async (specifier) => {
  const own = subpaths[specifier];
  return (own === undefined ? import(specifier) : own()) as Promise<Readonly<Record<string, unknown>>>;
};

/** Everything that the package exports. */
export async function publicNames(): Promise<Surroundings> {
  const modules = await Promise.all(Object.keys(subpaths).map(importer));
  return Object.assign({}, ...modules) as Surroundings;
}

const at = "2026-03-01T09:00:00Z";

const json = {
  id: "loan",
  version: 1,
  entry: "hello",
  steps: [
    { id: "hello", name: "Hello" },
    { id: "income", name: "Income", collects: ["income"] },
    { id: "offer", name: "Offer" },
  ],
  transitions: [
    { from: "hello", to: "income" },
    { from: "income", to: "offer" },
  ],
  fields: [{ name: "income", type: "number" }],
};

const forked = defineScenario({
  id: "door",
  version: 1,
  entry: "age",
  steps: [{ id: "age", collects: ["age"] }, { id: "out" }, { id: "in" }],
  transitions: [
    { from: "age", to: "out", condition: "age < 18" },
    { from: "age", to: "in", condition: "age >= 18" },
  ],
  fields: [{ name: "age", type: "integer" }],
});

/** What short examples in doc comments may use without making it: versions, a session, its visits. */
export function docFixtures(): Surroundings {
  const v1: Scenario = defineScenario({
    ...json,
    steps: json.steps.slice(0, 2),
    transitions: json.transitions.slice(0, 1),
  });
  const v2 = defineScenario({ ...json, version: 2 });
  const v3 = defineScenario({ ...json, version: 3 });
  const scenario = defineScenario(json);
  const session = startSession(scenario, { id: "s1", at, channel: "voice" });
  const letters = defineScenario({
    id: "letters",
    version: 1,
    entry: "a",
    steps: ["a", "b", "c", "d"].map((id) => ({ id, name: id })),
    transitions: [],
  });
  const visits = ["b", "c", "b", "d"].reduce(
    (walker, step) => recordVisit(walker, letters, step, { at }),
    startSession(letters, { id: "s2", at }),
  ).stepHistory;
  return { json, v1, v2, v3, at, scenario, c: compile(forked), step: 0, session, visits };
}

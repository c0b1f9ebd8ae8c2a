import type { Field, ReasonCode, Scenario } from "../contracts/types.js";
import { describe } from "../contracts/violation.js";
import { isRegraftError } from "../errors.js";
import { normalise } from "../hash/canonical-json.js";
import { compileCondition, typeProblemOf } from "./condition.js";
import { safePattern } from "./pattern.js";
import type { ScenarioProblem } from "./problem.js";

/** One rule over a scenario that follows its schema; it yields what breaks it. */
type Rule = (scenario: Scenario) => Iterable<ScenarioProblem>;

/** Problems reported at most. */
export const maxProblems = 100;

/** Everything that is wrong with the structure of a scenario, by rule and then by place; at most 100 problems. */
export function structureProblems(scenario: Scenario): ScenarioProblem[] {
  const problems: ScenarioProblem[] = [];
  for (const rule of rules) {
    for (const problem of rule(scenario)) {
      problems.push(problem);
      if (problems.length >= maxProblems) return problems;
    }
  }
  return problems;
}

const rules: readonly Rule[] = [
  function* uniqueSteps({ steps }) {
    yield* duplicates(
      steps.map(({ id }) => id),
      "SCENARIO.DUPLICATE_STEP",
      (at) => `/steps/${at}/id`,
      "step id",
    );
  },
  function* uniqueFields({ fields = [] }) {
    yield* duplicates(
      fields.map(({ name }) => name),
      "SCENARIO.DUPLICATE_FIELD",
      (at) => `/fields/${at}/name`,
      "field name",
    );
  },
  function* entryExists({ entry, steps }) {
    if (steps.some(({ id }) => id === entry)) return;
    yield problem("SCENARIO.ENTRY_MISSING", "/entry", "the entry is no step", "the id of a step", describe(entry));
  },
  function* transitionsJoinSteps({ steps, transitions }) {
    const ids = new Set(steps.map(({ id }) => id));
    for (const [at, transition] of transitions.entries()) {
      for (const end of ["from", "to"] as const) {
        if (ids.has(transition[end])) continue;
        const path = `/transitions/${at}/${end}`;
        yield problem(
          "SCENARIO.DANGLING_TRANSITION",
          path,
          "an end of a transition is no step",
          "the id of a step",
          describe(transition[end]),
        );
      }
    }
  },
  function* fieldsAreDeclared({ fields = [], steps, transitions }) {
    if (fields.length === 0) return;
    const names = new Set(fields.map(({ name }) => name));
    for (const [at, { collects = [] }] of steps.entries()) yield* undeclared(names, collects, `/steps/${at}/collects`);
    for (const [at, way] of transitions.entries())
      yield* undeclared(names, way.fields ?? [], `/transitions/${at}/fields`);
  },
  function* oneElse({ transitions }) {
    const seen = new Set<string>();
    for (const [at, way] of transitions.entries()) {
      if (way.else !== true) continue;
      const path = `/transitions/${at}/else`;
      if (seen.has(way.from)) {
        yield problem(
          "SCENARIO.TWO_ELSE",
          path,
          `step ${describe(way.from)} has two else transitions`,
          "one else for each step",
          "another one",
        );
      }
      seen.add(way.from);
      if (way.condition === undefined && way.conditionText === undefined) continue;
      yield problem("SCENARIO.INVALID", path, "an else transition has a condition", "an else or a condition", "both");
    }
  },
  function* noParallelSplit({ steps }) {
    for (const [at, step] of steps.entries()) {
      if (step.parallel !== true) continue;
      const message = `step ${describe(step.id)} splits into parallel branches`;
      yield problem("SCENARIO.PARALLEL_UNSUPPORTED", `/steps/${at}/parallel`, message, "no parallel split", "true");
    }
  },
  function* effectsAreNotSkipped({ steps }) {
    for (const [at, step] of steps.entries()) {
      if (step.skipWhen === undefined || (step.checkpoint !== true && step.requiredAction !== true)) continue;
      const kind = step.checkpoint === true ? "checkpoint" : "required action";
      const message = `step ${describe(step.id)} is a ${kind} that passes by itself`;
      yield problem(
        "SCENARIO.SKIP_ON_EFFECT",
        `/steps/${at}/skipWhen`,
        message,
        `no skipWhen on a ${kind}`,
        describe(step.skipWhen),
      );
    }
  },
  function* fieldsCanBeChecked({ fields = [] }) {
    for (const [at, { min, max, pattern }] of fields.entries()) {
      if (min !== undefined && max !== undefined && min > max) {
        yield problem("SCENARIO.INVALID", `/fields/${at}/min`, "min is above max", `at most ${max}`, String(min));
      }
      const safe = pattern === undefined ? undefined : safePattern(pattern);
      if (typeof safe !== "string") continue;
      yield problem(
        "SCENARIO.INVALID",
        `/fields/${at}/pattern`,
        `the pattern cannot be used: ${safe}`,
        "a pattern of bounded cost",
        describe(pattern),
      );
    }
  },
  function* conditionsCompile({ fields = [], steps, transitions }) {
    const declared = new Map(fields.map((field) => [field.name, field]));
    for (const [at, { condition }] of transitions.entries())
      yield* faults(condition, `/transitions/${at}/condition`, declared);
    for (const [at, { skipWhen }] of steps.entries()) yield* faults(skipWhen, `/steps/${at}/skipWhen`, declared);
  },
];

function problem(code: ReasonCode, path: string, message: string, expected: string, received: string): ScenarioProblem {
  return { code, path, message, expected, received };
}

/** Names count as equal in normal form C: hashes do not tell them apart. */
function* duplicates(names: readonly string[], code: ReasonCode, pathOf: (at: number) => string, what: string) {
  const seen = new Set<string>();
  for (const [at, name] of names.entries()) {
    const key = normalise(name);
    if (seen.has(key))
      yield problem(code, pathOf(at), `a ${what} stands twice`, `a ${what} of its own`, describe(name));
    seen.add(key);
  }
}

function* undeclared(names: ReadonlySet<string>, used: readonly string[], path: string) {
  for (const [at, name] of used.entries()) {
    if (names.has(name)) continue;
    yield problem(
      "SCENARIO.UNKNOWN_FIELD",
      `${path}/${at}`,
      "a field is not declared",
      "the name of a declared field",
      describe(name),
    );
  }
}

function* faults(text: string | undefined, path: string, fields: ReadonlyMap<string, Field>) {
  if (text === undefined) return;
  try {
    const mismatch = typeProblemOf(compileCondition(text), fields);
    if (mismatch !== undefined)
      yield problem("CONDITION.TYPE_MISMATCH", path, mismatch.message, mismatch.expected, mismatch.received);
  } catch (error) {
    if (!isRegraftError(error)) throw error;
    const { expected = "a condition within the language", received = describe(text) } = error.details;
    yield problem(error.code, path, error.message.slice(error.code.length + 2), expected, received);
  }
}

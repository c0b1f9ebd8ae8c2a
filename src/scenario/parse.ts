import type { Scenario } from "../contracts/types.js";
import { violations } from "../contracts/validate.js";
import { RegraftError } from "../errors.js";
import { copyJson } from "./json-copy.js";
import type { ScenarioProblem } from "./problem.js";
import { structureProblems } from "./structure.js";

const defined = new WeakSet<object>();

/**
 * Makes a scenario of JSON: checks its schema, its structure and its conditions, and returns a deeply frozen copy.
 *
 * The caller's value is neither frozen nor changed. A scenario made here is returned as it is. Steps and transitions keep their
 * order, and nothing is filled in.
 *
 * @param json - what was parsed from JSON, or an object literal of the same form; members that are `undefined` are left out
 * @throws RegraftError with the code of the first problem (`SCENARIO.*`, `CONDITION.*`), its `path`, `expected` and `received`, and
 * all problems, at most 100, in `details.problems`
 *
 * @remarks O(V + E) besides the conditions, which are compiled once for each text.
 *
 * @example
 * const v1 = defineScenario({ id: "loan", version: 1, entry: "hello", steps: [{ id: "hello" }], transitions: [] });
 * Object.isFrozen(v1.steps); // true
 *
 * @since 0.1.0
 * @public
 */
export function defineScenario(json: unknown): Scenario {
  if (typeof json === "object" && json !== null && defined.has(json)) return json as Scenario;
  const copied = copyJson(json);
  if ("problem" in copied) return refuse([copied.problem]);
  refuseAny(schemaProblems(copied.value));
  const scenario = copied.value as Scenario;
  refuseAny(structureProblems(scenario));
  defined.add(scenario);
  return scenario;
}

function schemaProblems(copy: unknown): ScenarioProblem[] {
  return violations("scenario", copy).map(
    ({ path, expected, received }): ScenarioProblem => ({
      code: "SCENARIO.INVALID",
      path,
      message: "the scenario does not follow its schema",
      expected,
      received,
    }),
  );
}

function refuseAny(problems: readonly ScenarioProblem[]): void {
  const [first, ...more] = problems;
  if (first !== undefined) refuse([first, ...more]);
}

function refuse(problems: readonly [ScenarioProblem, ...ScenarioProblem[]]): never {
  const [first] = problems;
  const where = first.path === "" ? "the scenario" : first.path;
  const more = problems.length > 1 ? ` (and ${problems.length - 1} more)` : "";
  throw new RegraftError(first.code, `${first.message} at ${where}${more}`, {
    path: first.path,
    expected: first.expected,
    received: first.received,
    problems: Object.freeze(problems.map((problem) => Object.freeze({ ...problem }))),
  });
}

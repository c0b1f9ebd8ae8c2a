import type { Field } from "../contracts/types.js";
import type { Way } from "./compile.js";
import { expressionOf } from "./condition.js";
import { evaluateExpression } from "./evaluate.js";
import { canonicalText, type Expression } from "./expression.js";
import { atomOf, type FieldUse, type Sample, samplesOf } from "./samples.js";

/** What is known about the ways out of a step, over all data that satisfy the field definitions. */
export interface ForkAnalysis {
  /** Some way can always be taken. */
  readonly exhaustive: boolean | "unknown";
  /** Two conditions of equal priority can hold at once, so that only their order decides. */
  readonly overlapping: boolean | "unknown";
}

/** Combinations of samples tried at most. */
const maxCombinations = 20_000;

/** One thing that conditions depend on: a field, or a part that is only taken as true or false. */
interface Variable {
  readonly name: string;
  readonly field: boolean;
  readonly samples: readonly Sample[];
}

interface Guard {
  readonly priority: number;
  readonly expression: Expression;
}

interface Assignment {
  readonly data: Record<string, unknown>;
  readonly opaque: Map<string, unknown>;
}

const cache = new WeakMap<readonly Way[], { fields: ReadonlyMap<string, Field>; analysis: ForkAnalysis }>();

/**
 * Whether the ways out of a step cover all cases, and whether two of them can hold at once.
 *
 * Exact for combinations, by `&&`, `||`, `!` and `?:`, of comparisons of one field with literals. Other parts are taken as free to
 * be true or false, which can still prove that a fork is exhaustive or does not overlap, never the contrary. All fields are taken
 * as known.
 *
 * @param ways - the ways out of one step, as in `CompiledScenario.ways`
 * @param fields - the field definitions of the version
 *
 * @remarks Tries at most 20,000 combinations of sample values; beyond that the answer is `unknown`. Kept for each list of ways.
 *
 * @example
 * analyseFork(c.ways[step], c.fields); // { exhaustive: true, overlapping: false } for age < 18 and age >= 18
 *
 * @since 0.1.0
 */
export function analyseFork(ways: readonly Way[], fields: ReadonlyMap<string, Field>): ForkAnalysis {
  const known = cache.get(ways);
  if (known !== undefined && known.fields === fields) return known.analysis;
  const analysis = Object.freeze(analyse(ways, fields));
  cache.set(ways, { fields, analysis });
  return analysis;
}

function analyse(ways: readonly Way[], fields: ReadonlyMap<string, Field>): ForkAnalysis {
  const judged = ways.filter((way) => way.conditionText !== undefined);
  const guards = ways.flatMap((way): Guard[] =>
    way.condition === undefined ? [] : [{ priority: way.priority, expression: expressionOf(way.condition) }],
  );
  const free = ways.some((way) => way.condition === undefined && way.conditionText === undefined);
  const found = tryAll(guards, fields);
  const contested = judged.some((way) =>
    [...guards, ...judged].some((other) => other !== way && other.priority === way.priority),
  );
  return {
    exhaustive:
      free || ways.length === 0 ? true : judged.length > 0 && found.exhaustive !== true ? "unknown" : found.exhaustive,
    overlapping: contested && found.overlapping !== true ? "unknown" : found.overlapping,
  };
}

function tryAll(guards: readonly Guard[], fields: ReadonlyMap<string, Field>): ForkAnalysis {
  if (guards.length === 0) return { exhaustive: false, overlapping: false };
  const variables = variablesOf(guards, fields);
  const total = variables.reduce((product, { samples }) => product * samples.length, 1);
  const single = guards.length === 1;
  if (total > maxCombinations) return { exhaustive: "unknown", overlapping: single ? false : "unknown" };
  let exhaustive: boolean | "unknown" = true;
  let overlapping: boolean | "unknown" = false;
  for (let number = 0; number < total; number += 1) {
    const { assignment, real } = assign(variables, number);
    const holding = guards.filter(({ expression }) => holds(expression, assignment) === true);
    const unsure = guards.some(({ expression }) => typeof holds(expression, assignment) !== "boolean");
    if (holding.length === 0) exhaustive = real && !unsure ? false : exhaustive === false ? false : "unknown";
    const twice = holding.some((guard, at) => holding.findIndex((other) => other.priority === guard.priority) < at);
    if (twice) overlapping = real ? true : overlapping === true ? true : "unknown";
    else if (unsure && !single && overlapping === false) overlapping = "unknown";
  }
  return { exhaustive, overlapping };
}

/** The combination with this number, as digits in a mixed base. */
function assign(variables: readonly Variable[], number: number): { assignment: Assignment; real: boolean } {
  const data: [string, unknown][] = [];
  const opaque = new Map<string, unknown>();
  let rest = number;
  let real = true;
  for (const { name, field, samples } of variables) {
    const sample = samples[rest % samples.length];
    rest = Math.floor(rest / samples.length);
    if (sample === undefined) continue;
    real &&= sample.real;
    if (field) data.push([name, sample.value]);
    else opaque.set(name, sample.value);
  }
  return { assignment: { data: Object.fromEntries(data), opaque }, real };
}

function variablesOf(guards: readonly Guard[], fields: ReadonlyMap<string, Field>): Variable[] {
  const uses = new Map<string, FieldUse>();
  const opaque = new Set<string>();
  for (const leaf of guards.flatMap(({ expression }) => leavesOf(expression))) {
    const atom = atomOf(leaf);
    if (atom === undefined) {
      opaque.add(canonicalText(leaf));
      continue;
    }
    const use = uses.get(atom.field) ?? { literals: new Set(), bare: false, nullable: false };
    for (const literal of atom.literals) use.literals.add(literal);
    use.bare ||= atom.bare;
    use.nullable ||= atom.nullable;
    uses.set(atom.field, use);
  }
  const variables: Variable[] = [...opaque].map((name) => ({ name, field: false, samples: eitherWay }));
  for (const [name, use] of uses) {
    // Without samples, the comparisons of the field are not assigned and come out as unknown.
    variables.push({ name, field: true, samples: samplesOf(use, fields.get(name)) ?? [unusable] });
  }
  return variables.filter(({ samples }) => samples.length > 0 && samples[0] !== unusable);
}

const eitherWay: readonly Sample[] = [
  { value: true, real: false },
  { value: false, real: false },
];
const unusable: Sample = { value: null, real: false };

/** The parts below the logical operators. */
function leavesOf(expression: Expression): Expression[] {
  switch (expression.kind) {
    case "and":
    case "or":
      return expression.of.flatMap(leavesOf);
    case "not":
      return leavesOf(expression.of);
    case "if":
      return [expression.test, expression.yes, expression.no].flatMap(leavesOf);
    case "literal":
      return [];
    default:
      return [expression];
  }
}

function holds(expression: Expression, assignment: Assignment): unknown {
  switch (expression.kind) {
    case "and":
    case "or": {
      const values = expression.of.map((part) => holds(part, assignment));
      const decisive = expression.kind === "or";
      if (values.includes(decisive)) return decisive;
      return values.every((value) => value === !decisive) ? !decisive : undefined;
    }
    case "not": {
      const value = holds(expression.of, assignment);
      return typeof value === "boolean" ? !value : undefined;
    }
    case "if": {
      const test = holds(expression.test, assignment);
      if (typeof test !== "boolean") return undefined;
      return holds(test ? expression.yes : expression.no, assignment);
    }
    case "literal":
      return expression.value;
    default:
      return atomOf(expression) === undefined
        ? assignment.opaque.get(canonicalText(expression))
        : evaluateExpression(expression, assignment.data);
  }
}

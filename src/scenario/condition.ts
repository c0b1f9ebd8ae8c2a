import type { Field } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { parseExpression } from "./convert.js";
import { evaluateExpression } from "./evaluate.js";
import { canonicalText, type Expression, fieldsOf } from "./expression.js";
import { type TypeProblem, typeProblem } from "./type-check.js";
import { Unknown } from "./unknown.js";

/** What a condition says about data; `unknown` is neither. */
export type Verdict = boolean | "unknown";

/** A compiled condition. */
export interface Condition {
  /** As it was written. */
  readonly text: string;
  /** The one text of all conditions that differ only in how they are written; equal texts always have equal verdicts. */
  readonly canonical: string;
  /** Names of the fields it reads, sorted. */
  readonly fields: readonly string[];
  /** The verdict over data; only their own properties count. */
  evaluate(data: Readonly<Record<string, unknown>>): Verdict;
  /** The absent fields whose absence keeps the verdict unknown, sorted. Empty if it is known, or if no field would settle it. */
  missing(data: Readonly<Record<string, unknown>>): string[];
}

const cacheSize = 10_000;
const cache = new Map<string, Condition>();
const expressions = new WeakMap<Condition, Expression>();

/**
 * Compiles a CEL condition over the data.
 *
 * Three-valued: an absent field is unknown and is absorbed by `||` and `&&`; `has(x)` is unknown if x is absent and false if it is
 * null; any error of evaluation is unknown. Numbers are of one kind, so that `age >= 18` and `total / 2 == 1.5` work on JSON
 * numbers. A name that is no identifier is written `data["answer-1"]`; `data.x` is the field x.
 *
 * @param text - at most 4,096 characters; `matches()`, bytes, `type()` and computed field names are refused
 * @returns the condition; equal texts may give the same object
 * @throws RegraftError `CONDITION.INVALID`, `.UNSUPPORTED`, `.TOO_COMPLEX`, `.DYNAMIC_FIELD` or `.TYPE_MISMATCH`
 *
 * @remarks Evaluation is linear in its parts for each item a macro visits, and ends as unknown after 100,000 steps of work.
 *
 * @example
 * const adult = compileCondition("age >= 18 || vip");
 * adult.evaluate({ age: 30 }); // true
 * adult.evaluate({ age: 3 }); // "unknown"
 * adult.missing({ age: 3 }); // ["vip"]
 *
 * @since 0.1.0
 * @public
 */
export function compileCondition(text: string): Condition {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const made = make(text);
  if (cache.size >= cacheSize) cache.delete(cache.keys().next().value ?? "");
  cache.set(text, made);
  return made;
}

/** Whether two conditions are the same but for how they are written; two absent ones are. */
export function conditionEquals(a: Condition | undefined, b: Condition | undefined): boolean {
  return a?.canonical === b?.canonical;
}

/** The parsed form of a compiled condition. */
export function expressionOf(condition: Condition): Expression {
  const expression = expressions.get(condition);
  if (expression !== undefined) return expression;
  throw new RegraftError("INPUT.INVALID", "the condition was not made by compileCondition", {
    received: condition.text,
  });
}

/** Why a condition cannot be right over these fields, whatever the data; undefined if it can. */
export function typeProblemOf(condition: Condition, fields: ReadonlyMap<string, Field>): TypeProblem | undefined {
  return typeProblem(expressionOf(condition), fields);
}

function make(text: string): Condition {
  const expression = parseExpression(text);
  const problem = typeProblem(expression, new Map());
  if (problem !== undefined) {
    throw new RegraftError("CONDITION.TYPE_MISMATCH", `${problem.message}: ${text}`, { condition: text, ...problem });
  }
  const condition: Condition = Object.freeze({
    text,
    canonical: canonicalText(expression),
    fields: Object.freeze(fieldsOf(expression)),
    evaluate: (data: Readonly<Record<string, unknown>>): Verdict => {
      const value = evaluateExpression(expression, data);
      return typeof value === "boolean" ? value : "unknown";
    },
    missing: (data: Readonly<Record<string, unknown>>): string[] => {
      const value = evaluateExpression(expression, data);
      return value instanceof Unknown ? [...value.missing].sort() : [];
    },
  });
  expressions.set(condition, expression);
  return condition;
}

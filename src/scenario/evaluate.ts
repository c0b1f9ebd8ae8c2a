import { normalise } from "../hash/canonical-json.js";
import type { Expression } from "./expression.js";
import { conditionFunction } from "./functions.js";
import { arithmetic, equal, isIn, isPlainObject, ordered, sizeOf } from "./operators.js";
import { failure, Unknown, unite } from "./unknown.js";

/** Work that one evaluation may do before its verdict is unknown: parts evaluated, items visited, characters made. */
export const evaluationBudget = 100_000;

/** Values by name. Only own properties are read, so nothing of `Object.prototype` is ever a value. */
export type Data = Readonly<Record<string, unknown>>;

/** Counters of one evaluation, for tests of its bounds. */
export interface EvaluationCost {
  spent: number;
}

/**
 * Evaluates an expression over data by three-valued logic: the value, or an {@link Unknown} that says which absent fields would
 * settle it. Errors are unknown too, with no field to ask for.
 *
 * Law: adding data never turns one known result into another.
 */
export function evaluateExpression(expression: Expression, data: Data, cost: EvaluationCost = { spent: 0 }): unknown {
  return new Evaluator(data, cost).run(expression);
}

class Evaluator {
  readonly #data: Data;
  readonly #cost: EvaluationCost;
  readonly #scope: { name: string; value: unknown }[] = [];

  constructor(data: Data, cost: EvaluationCost) {
    this.#data = data;
    this.#cost = cost;
  }

  run(expression: Expression): unknown {
    if (!this.#spend(1)) return failure;
    switch (expression.kind) {
      case "literal":
        return expression.value;
      case "field":
        return this.#field(expression.name);
      case "bound":
        return this.#scope.findLast(({ name }) => name === expression.name)?.value ?? null;
      case "index":
        return this.#strict([expression.of, expression.at], ([of, at]) => fromData(member(of, at)));
      case "has":
        return this.#has(expression.of);
      case "call":
        return this.#call(expression);
      case "macro":
        return this.#strict([expression.range], ([range]) => this.#macro(expression, range));
      case "list":
        return this.#strict(expression.items, (items) => items);
      case "object":
        return this.#strict(expression.entries.flat(), objectOf);
      case "not": {
        const of = this.run(expression.of);
        return typeof of === "boolean" ? !of : asUnknown(of);
      }
      case "negative":
        return this.#strict([expression.of], ([of]) => (typeof of === "number" ? -of : failure));
      case "and":
      case "or":
        return this.#logic(expression.of, expression.kind === "or");
      case "compare":
        return this.#strict([expression.left, expression.right], ([left, right]) => {
          const [first, second] = [sizeOf(left), sizeOf(right)];
          // Membership compares the value with each item.
          if (!this.#spend(first + second + (expression.op === "in" ? first * second : 0))) return failure;
          return compare(expression.op, left, right);
        });
      case "arithmetic":
        return this.#strict([expression.left, expression.right], ([left, right]) => {
          if (!this.#spend(sizeOf(left) + sizeOf(right))) return failure;
          return arithmetic(expression.op, left, right) ?? failure;
        });
      case "if":
        return this.#choose(expression.test, expression.yes, expression.no);
    }
  }

  #spend(amount: number): boolean {
    this.#cost.spent += amount;
    return this.#cost.spent <= evaluationBudget;
  }

  #field(name: string): unknown {
    const value = ownValue(this.#data, name);
    return value === undefined ? new Unknown([name]) : fromData(value);
  }

  /** Evaluates all parts; a function of their values if all are known. An error outweighs what is merely absent. */
  #strict(parts: readonly Expression[], then: (values: readonly unknown[]) => unknown): unknown {
    const values = parts.map((part) => this.run(part));
    const unknowns = values.filter((value) => value instanceof Unknown);
    if (unknowns.length === 0) return then(values);
    return unknowns.some((unknown) => unknown.missing.length === 0) ? failure : unite(unknowns);
  }

  #has(of: Expression): unknown {
    if (of.kind === "field") {
      const value = ownValue(this.#data, of.name);
      return value === undefined ? new Unknown([of.name]) : value !== null;
    }
    if (of.kind !== "index") return this.#strict([of], ([value]) => value !== null);
    return this.#strict([of.of, of.at], ([container, key]) => {
      if (!Array.isArray(container) && !isPlainObject(container)) return failure;
      const value = member(container, key);
      return value !== undefined && value !== null;
    });
  }

  #call({ name, method, args }: Extract<Expression, { kind: "call" }>): unknown {
    return this.#strict(args, (values) => {
      const called = conditionFunction(name, method, args.length);
      if (called === undefined || !this.#spend(values.reduce<number>((sum, value) => sum + sizeOf(value), 0)))
        return failure;
      try {
        return called.run(values) ?? failure;
      } catch {
        return failure;
      }
    });
  }

  #logic(operands: readonly Expression[], decisive: boolean): unknown {
    const unknowns: Unknown[] = [];
    for (const operand of operands) {
      const value = this.run(operand);
      if (value === decisive) return decisive;
      if (typeof value !== "boolean") unknowns.push(asUnknown(value));
    }
    return unknowns.length === 0 ? !decisive : unite(unknowns);
  }

  #choose(question: Expression, yes: Expression, no: Expression): unknown {
    const chosen = this.run(question);
    if (typeof chosen === "boolean") return this.run(chosen ? yes : no);
    const [first, second] = [this.run(yes), this.run(no)];
    const same = !(first instanceof Unknown) && !(second instanceof Unknown) && equal(first, second) === true;
    if (same) return first;
    // The test is what to ask for; where no field settles it, the ends may still turn out to agree.
    const test = asUnknown(chosen);
    return test.missing.length > 0 ? test : unite([first, second].filter((end) => end instanceof Unknown));
  }

  #macro(macro: Extract<Expression, { kind: "macro" }>, range: unknown): unknown {
    if (!this.#spend(sizeOf(range))) return failure;
    const items = Array.isArray(range) ? range.map(fromData) : isPlainObject(range) ? Object.keys(range) : undefined;
    if (items === undefined || items.some((item) => item instanceof Unknown)) return failure;
    const [body, second] = macro.bodies;
    if (body === undefined) return failure;
    switch (macro.name) {
      case "all":
      case "exists":
        return this.#quantify(macro.bound, items, body, macro.name === "exists");
      case "exists_one":
        return this.#existsOne(macro.bound, items, body);
      case "filter":
        return this.#collect(items, (item) => {
          const kept = this.#with(macro.bound, item, body);
          return typeof kept === "boolean" ? (kept ? [item] : []) : asUnknown(kept);
        });
      case "map":
        return this.#collect(items, (item) => {
          const kept = second === undefined ? true : this.#with(macro.bound, item, body);
          if (kept === false) return [];
          if (kept !== true) return asUnknown(kept);
          const made = this.#with(macro.bound, item, second ?? body);
          return made instanceof Unknown ? made : [made];
        });
    }
  }

  #with(name: string, value: unknown, body: Expression): unknown {
    this.#scope.push({ name, value });
    const result = this.run(body);
    this.#scope.pop();
    return result;
  }

  #quantify(name: string, items: readonly unknown[], body: Expression, decisive: boolean): unknown {
    const unknowns: Unknown[] = [];
    for (const item of items) {
      const value = this.#with(name, item, body);
      if (value === decisive) return decisive;
      if (typeof value !== "boolean") unknowns.push(asUnknown(value));
    }
    return unknowns.length === 0 ? !decisive : unite(unknowns);
  }

  #existsOne(name: string, items: readonly unknown[], body: Expression): unknown {
    const unknowns: Unknown[] = [];
    let count = 0;
    for (const item of items) {
      const value = this.#with(name, item, body);
      if (value === true) count += 1;
      else if (value !== false) unknowns.push(asUnknown(value));
      if (count > 1) return false;
    }
    return unknowns.length === 0 ? count === 1 : unite(unknowns);
  }

  #collect(items: readonly unknown[], each: (item: unknown) => readonly unknown[] | Unknown): unknown {
    const made: unknown[] = [];
    const unknowns: Unknown[] = [];
    for (const item of items) {
      const part = each(item);
      if (part instanceof Unknown) unknowns.push(part);
      else made.push(...part);
    }
    return unknowns.length === 0 ? made : unite(unknowns);
  }
}

function compare(op: Extract<Expression, { kind: "compare" }>["op"], left: unknown, right: unknown): unknown {
  if (op === "==" || op === "!=") {
    const same = equal(left, right);
    return same === undefined ? failure : same === (op === "==");
  }
  return (op === "in" ? isIn(left, right) : ordered(op, left, right)) ?? failure;
}

function ownValue(container: object, key: string): unknown {
  return Object.hasOwn(container, key) ? (container as Record<string, unknown>)[key] : undefined;
}

function member(of: unknown, at: unknown): unknown {
  if (Array.isArray(of)) return typeof at === "number" && Number.isInteger(at) && at >= 0 ? of[at] : undefined;
  return isPlainObject(of) && typeof at === "string" ? ownValue(of, at) : undefined;
}

/** A JSON value as conditions see it: text in normal form C. What is no JSON is an error. */
function fromData(value: unknown): unknown {
  switch (typeof value) {
    case "string":
      return normalise(value);
    case "boolean":
      return value;
    case "number":
      return Number.isFinite(value) ? value : failure;
    default:
      return value === null || Array.isArray(value) || isPlainObject(value) ? value : failure;
  }
}

function objectOf(flat: readonly unknown[]): unknown {
  const entries: [string, unknown][] = [];
  for (let at = 0; at < flat.length; at += 2) {
    const key = flat[at];
    if (typeof key !== "string") return failure;
    entries.push([key, flat[at + 1]]);
  }
  return Object.fromEntries(entries);
}

function asUnknown(value: unknown): Unknown {
  return value instanceof Unknown ? value : failure;
}

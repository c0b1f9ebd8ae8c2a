import type { Field, FieldType } from "../contracts/types.js";
import type { Expression } from "./expression.js";
import { conditionFunction, type StaticType } from "./functions.js";

/** Why an expression cannot be right, whatever the data. */
export interface TypeProblem {
  readonly message: string;
  readonly expected: string;
  readonly received: string;
}

const types: Readonly<Record<FieldType, StaticType>> = {
  string: "string",
  number: "number",
  integer: "number",
  boolean: "boolean",
  date: "string",
  time: "string",
  datetime: "string",
  email: "string",
  phone: "string",
  enum: "string",
  // Lists are objects to a field definition, so nothing more is known.
  object: "any",
};

/**
 * The first place where an expression uses a value against its type; undefined if there is none. Fields that are not declared,
 * items of lists and members of objects may be of any type.
 */
export function typeProblem(expression: Expression, fields: ReadonlyMap<string, Field>): TypeProblem | undefined {
  const checker = new Checker(fields);
  checker.expect(expression, ["boolean"], "a condition");
  return checker.problem;
}

class Checker {
  problem: TypeProblem | undefined;
  readonly #fields: ReadonlyMap<string, Field>;

  constructor(fields: ReadonlyMap<string, Field>) {
    this.#fields = fields;
  }

  expect(expression: Expression, allowed: readonly StaticType[], place: string): void {
    const type = this.typeOf(expression);
    if (type === "any" || allowed.includes("any") || allowed.includes(type)) return;
    this.#report(`${place} is a ${type}`, allowed.join(" or "), `${describe(expression)} of type ${type}`);
  }

  typeOf(expression: Expression): StaticType {
    switch (expression.kind) {
      case "literal":
        return expression.value === null ? "null" : (typeof expression.value as "string" | "number" | "boolean");
      case "field": {
        const type = this.#fields.get(expression.name)?.type;
        return type === undefined ? "any" : types[type];
      }
      case "bound":
        return "any";
      case "index":
        this.expect(expression.of, ["list", "object"], "what is indexed");
        this.expect(expression.at, ["string", "number"], "an index");
        return "any";
      case "has":
        this.typeOf(expression.of);
        return "boolean";
      case "call":
        return this.#call(expression.name, expression.method, expression.args);
      case "macro":
        return this.#macro(expression);
      case "list":
        for (const item of expression.items) this.typeOf(item);
        return "list";
      case "object":
        for (const [key, value] of expression.entries) {
          this.expect(key, ["string"], "a key");
          this.typeOf(value);
        }
        return "object";
      case "not":
        this.expect(expression.of, ["boolean"], "the operand of !");
        return "boolean";
      case "negative":
        this.expect(expression.of, ["number"], "the operand of -");
        return "number";
      case "and":
      case "or":
        for (const operand of expression.of) this.expect(operand, ["boolean"], `an operand of ${expression.kind}`);
        return "boolean";
      case "compare":
        this.#compare(expression);
        return "boolean";
      case "arithmetic":
        return this.#arithmetic(expression);
      case "if":
        return this.#choose(expression);
    }
  }

  #call(name: string, method: boolean, args: readonly Expression[]): StaticType {
    const called = conditionFunction(name, method, args.length);
    args.forEach((arg, at) => {
      this.expect(arg, called?.takes[at] ?? ["any"], `argument ${at + 1} of ${name}()`);
    });
    return called?.gives ?? "any";
  }

  #macro({ name, range, bodies }: Extract<Expression, { kind: "macro" }>): StaticType {
    this.expect(range, ["list", "object"], `what ${name}() goes over`);
    bodies.forEach((body, at) => {
      if (name === "map" && at === bodies.length - 1) this.typeOf(body);
      else this.expect(body, ["boolean"], `the test of ${name}()`);
    });
    return name === "map" || name === "filter" ? "list" : "boolean";
  }

  #compare({ op, left, right }: Extract<Expression, { kind: "compare" }>): void {
    if (op === "in") {
      const type = this.typeOf(left);
      this.expect(right, ["list", "object"], "what stands behind in");
      if (right.kind === "list") for (const item of right.items) this.#comparable(op, type, left, item);
      return;
    }
    this.#comparable(op, this.typeOf(left), left, right);
  }

  #comparable(op: string, left: StaticType, expression: Expression, other: Expression): void {
    const right = this.typeOf(other);
    if (left === right || [left, right].some((type) => type === "any" || type === "null")) return;
    const place = `${describe(expression)} ${op} ${describe(other)} compares a ${left} with a ${right}`;
    this.#report(place, `a ${left}`, `${describe(other)} of type ${right}`);
  }

  #arithmetic({ op, left, right }: Extract<Expression, { kind: "arithmetic" }>): StaticType {
    const [first, second] = [this.typeOf(left), this.typeOf(right)];
    if (first === "any" || second === "any") return "any";
    const temporal = new Set<StaticType>(["timestamp", "duration"]);
    if (temporal.has(first) && temporal.has(second)) return "any";
    const allowed: readonly StaticType[] = op === "+" ? ["number", "string", "list"] : ["number"];
    if (first === second && allowed.includes(first)) return first;
    this.#report(`${op} joins a ${first} and a ${second}`, allowed.join(" or "), `a ${first} and a ${second}`);
    return "any";
  }

  #choose({ test, yes, no }: Extract<Expression, { kind: "if" }>): StaticType {
    this.expect(test, ["boolean"], "what stands before ?");
    const [first, second] = [this.typeOf(yes), this.typeOf(no)];
    return first === second ? first : "any";
  }

  #report(message: string, expected: string, received: string): void {
    this.problem ??= { message, expected, received };
  }
}

function describe(expression: Expression): string {
  if (expression.kind === "field") return `field ${expression.name}`;
  return expression.kind === "literal" ? JSON.stringify(expression.value) : "an expression";
}

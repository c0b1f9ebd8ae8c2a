import type { ReasonCode } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { normalise } from "../hash/canonical-json.js";
import { type ASTNode, conditionLimits, parseCel } from "./cel.js";
import type { Expression, Literal, MacroName } from "./expression.js";
import { conditionFunction } from "./functions.js";

const macroNames: ReadonlySet<string> = new Set<MacroName>(["all", "exists", "exists_one", "map", "filter"]);

/** Under this name the data are at hand as a whole, for fields whose names are no identifiers. */
const dataName = "data";

/**
 * Parses a condition into a plain tree within the limits.
 *
 * @throws RegraftError `CONDITION.INVALID`, `.UNSUPPORTED`, `.TOO_COMPLEX` or `.DYNAMIC_FIELD`, with the position
 */
export function parseExpression(text: string): Expression {
  if (text.length > conditionLimits.length) {
    throw new RegraftError("CONDITION.TOO_COMPLEX", `a condition has ${text.length} characters`, {
      expected: `at most ${conditionLimits.length} characters`,
      received: `${text.length} characters`,
    });
  }
  return new Converter(text).convert(parseCel(text), 1);
}

class Converter {
  readonly #text: string;
  readonly #bound: string[] = [];
  #nodes = 0;

  constructor(text: string) {
    this.#text = text;
  }

  convert(node: ASTNode, depth: number): Expression {
    if (depth > conditionLimits.depth) this.#tooComplex(node, "depth", conditionLimits.depth);
    this.#nodes += 1;
    if (this.#nodes > conditionLimits.nodes) this.#tooComplex(node, "number of parts", conditionLimits.nodes);
    const next = (part: ASTNode) => this.convert(part, depth + 1);
    switch (node.op) {
      case "value":
        return { kind: "literal", value: this.#literal(node, node.args) };
      case "id":
        return this.#identifier(node, node.args);
      case ".":
        if (this.#isData(node.args[0])) return { kind: "field", name: node.args[1] };
        return { kind: "index", of: next(node.args[0]), at: { kind: "literal", value: node.args[1] } };
      case "[]":
        return this.#index(node.args[0], node.args[1], next);
      case "&&":
      case "||":
        return { kind: node.op === "&&" ? "and" : "or", of: operandsOf(node, node.op).map(next) };
      case "!_":
        return { kind: "not", of: next(node.args) };
      case "-_": {
        const of = next(node.args);
        return of.kind === "literal" && typeof of.value === "number"
          ? { kind: "literal", value: -of.value }
          : { kind: "negative", of };
      }
      case "?:":
        return { kind: "if", test: next(node.args[0]), yes: next(node.args[1]), no: next(node.args[2]) };
      case "==":
      case "!=":
      case "<":
      case "<=":
      case ">":
      case ">=":
      case "in":
        return { kind: "compare", op: node.op, left: next(node.args[0]), right: next(node.args[1]) };
      case "+":
      case "-":
      case "*":
      case "/":
      case "%":
        return { kind: "arithmetic", op: node.op, left: next(node.args[0]), right: next(node.args[1]) };
      case "list":
        return { kind: "list", items: node.args.map((item) => this.#item(item, next)) };
      case "map":
        return { kind: "object", entries: node.args.map(([key, value]) => [next(key), next(value)] as const) };
      case "call":
        return this.#call(node, node.args[0], node.args[1], next);
      case "rcall":
        return this.#method(node, node.args[0], node.args[1], node.args[2], next);
      default:
        return this.#fail("CONDITION.UNSUPPORTED", node, `the operator ${node.op}`);
    }
  }

  #literal(node: ASTNode, value: unknown): Literal {
    if (typeof value === "string") return normalise(value);
    if (value === null || typeof value === "boolean" || typeof value === "number") return value;
    const whole = typeof value === "bigint" ? value : (value as object).valueOf();
    if (typeof whole !== "bigint") return this.#fail("CONDITION.UNSUPPORTED", node, "a literal of bytes");
    const number = Number(whole);
    if (Number.isSafeInteger(number)) return number;
    return this.#fail("CONDITION.UNSUPPORTED", node, "a whole number that JSON numbers do not hold exactly");
  }

  /** The literals of a list cost no part: what they cost is bounded by the length of the list. */
  #item(node: ASTNode, next: (part: ASTNode) => Expression): Expression {
    const item = next(node);
    if (item.kind === "literal") this.#nodes -= 1;
    return item;
  }

  #isData(node: ASTNode): boolean {
    return node.op === "id" && node.args === dataName && !this.#bound.includes(dataName);
  }

  #identifier(node: ASTNode, name: string): Expression {
    if (this.#bound.includes(name)) return { kind: "bound", name };
    if (name !== dataName) return { kind: "field", name };
    return this.#fail("CONDITION.DYNAMIC_FIELD", node, "the data as a whole, so its fields are not known statically");
  }

  #index(of: ASTNode, at: ASTNode, next: (part: ASTNode) => Expression): Expression {
    const key = at.op === "value" && typeof at.args === "string" ? at.args : undefined;
    if (!this.#isData(of)) {
      return { kind: "index", of: next(of), at: key === undefined ? next(at) : { kind: "literal", value: key } };
    }
    if (key !== undefined) return { kind: "field", name: key };
    return this.#fail("CONDITION.DYNAMIC_FIELD", at, "a field whose name is computed");
  }

  #call(node: ASTNode, name: string, args: readonly ASTNode[], next: (part: ASTNode) => Expression): Expression {
    if (name !== "has") {
      if (conditionFunction(name, false, args.length) === undefined)
        return this.#unknownFunction(node, name, args.length);
      return { kind: "call", name, method: false, args: args.map(next) };
    }
    const [first] = args;
    const of = args.length === 1 && first !== undefined ? next(first) : undefined;
    if (of?.kind === "field" || of?.kind === "index" || of?.kind === "bound") return { kind: "has", of };
    return this.#fail("CONDITION.INVALID", node, "has() of something that is no field");
  }

  #method(
    node: ASTNode,
    name: string,
    receiver: ASTNode,
    args: readonly ASTNode[],
    next: (part: ASTNode) => Expression,
  ): Expression {
    if (macroNames.has(name)) return this.#macro(node, name as MacroName, receiver, args, next);
    if (conditionFunction(name, true, args.length + 1) === undefined) {
      return this.#unknownFunction(node, name, args.length);
    }
    return { kind: "call", name, method: true, args: [receiver, ...args].map(next) };
  }

  #macro(
    node: ASTNode,
    name: MacroName,
    receiver: ASTNode,
    args: readonly ASTNode[],
    next: (part: ASTNode) => Expression,
  ): Expression {
    const [variable, ...bodies] = args;
    const fits = bodies.length === 1 || (name === "map" && bodies.length === 2);
    if (variable?.op !== "id" || !fits)
      return this.#fail("CONDITION.INVALID", node, `${name}() without a variable and a body`);
    const bound = variable.args;
    if (bound === dataName) return this.#fail("CONDITION.UNSUPPORTED", variable, `a variable named ${dataName}`);
    const range = next(receiver);
    if (this.#bound.length >= conditionLimits.macroDepth) {
      this.#tooComplex(node, "depth of macros", conditionLimits.macroDepth);
    }
    this.#bound.push(bound);
    const converted = bodies.map(next);
    this.#bound.pop();
    return { kind: "macro", name, range, bound, bodies: converted };
  }

  #unknownFunction(node: ASTNode, name: string, count: number): never {
    const what =
      name === "matches" ? "matches(), whose time is not bounded" : `the function ${name}() with ${count} arguments`;
    return this.#fail("CONDITION.UNSUPPORTED", node, what);
  }

  #tooComplex(node: ASTNode, what: string, limit: number): never {
    return this.#fail("CONDITION.TOO_COMPLEX", node, `a ${what} above ${limit}`);
  }

  #fail(code: ReasonCode, node: ASTNode, received: string): never {
    throw new RegraftError(code, `a condition has ${received} at character ${node.start + 1}: ${shown(this.#text)}`, {
      condition: this.#text,
      position: node.start,
      received,
    });
  }
}

/** The operands of a chain of one logical operator, from left to right. The parser nests them to the left. */
function operandsOf(node: ASTNode, op: "&&" | "||"): ASTNode[] {
  const operands: ASTNode[] = [];
  const open: ASTNode[] = [node];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (next.op === op) open.push(next.args[0], next.args[1]);
    else operands.push(next);
  }
  return operands.reverse();
}

function shown(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}

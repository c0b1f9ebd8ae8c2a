import { type ASTNode, Environment, ParseError } from "@marcbachmann/cel-js";
import { RegraftError } from "../errors.js";

export type { ASTNode };

/** Bounds on a condition; beyond them `CONDITION.TOO_COMPLEX`. */
export const conditionLimits = Object.freeze({
  /** Characters of the text. */
  length: 4096,
  /** Parts of the expression, not counting the literals of a list. */
  nodes: 500,
  depth: 64,
  listItems: 1000,
  /** Macros inside macros. */
  macroDepth: 2,
});

const environment = new Environment({
  unlistedVariablesAreDyn: true,
  homogeneousAggregateLiterals: false,
  limits: {
    // Above what the text's length allows or what is counted after parsing, so that each bound is stated once.
    maxAstNodes: conditionLimits.length,
    maxDepth: conditionLimits.depth + 1,
    maxListElements: conditionLimits.listItems,
    maxMapEntries: conditionLimits.listItems,
    maxCallArguments: 8,
  },
});

/**
 * Parses a CEL text.
 *
 * @throws RegraftError `CONDITION.INVALID` with the position, `CONDITION.TOO_COMPLEX`
 */
export function parseCel(text: string): ASTNode {
  try {
    return environment.parse(text).ast;
  } catch (error) {
    if (!(error instanceof ParseError)) throw error;
    const position = error.range?.start ?? 0;
    const received = text.slice(position, position + 40);
    if (error.code === "limit_exceeded") {
      throw new RegraftError("CONDITION.TOO_COMPLEX", error.summary, { condition: text, position, received });
    }
    throw new RegraftError("CONDITION.INVALID", `${error.summary} at character ${position + 1} of ${text}`, {
      condition: text,
      position,
      expected: "a CEL expression",
      received: received === "" ? "the end of the text" : received,
    });
  }
}

/** A function of the library over values that are known; it throws where the values do not fit. */
export type LibraryFunction = (values: readonly unknown[]) => unknown;

const compiled = new Map<string, LibraryFunction>();

/** One of the library's functions or methods; the receiver of a method is the first value. */
export function libraryFunction(name: string, method: boolean, count: number): LibraryFunction {
  const names = Array.from({ length: count }, (_, at) => `v${at}`);
  const [receiver, ...rest] = names;
  return libraryExpression(method ? `${receiver}.${name}(${rest.join(", ")})` : `${name}(${names.join(", ")})`);
}

/** One of the library's binary operators, for times and durations. */
export function libraryOperator(op: string): LibraryFunction {
  return libraryExpression(`v0 ${op} v1`);
}

function libraryExpression(text: string): LibraryFunction {
  const known = compiled.get(text);
  if (known !== undefined) return known;
  const run = environment.parse(text);
  const made: LibraryFunction = (values) => {
    const named = Object.fromEntries(values.map((value, at) => [`v${at}`, toLibrary(value)]));
    return fromLibrary(run(named));
  };
  compiled.set(text, made);
  return made;
}

/** Whole numbers are integers to the library, all others doubles. */
function toLibrary(value: unknown): unknown {
  return typeof value === "number" && Number.isSafeInteger(value) ? BigInt(value) : value;
}

function fromLibrary(value: unknown): unknown {
  return typeof value === "bigint" ? Number(value) : value;
}

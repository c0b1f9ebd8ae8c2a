import { RegraftError } from "../errors.js";

/** A value in a JSON text, with where it stands. */
export type JsonNode = {
  readonly start: number;
  /** The offset after its last character. */
  readonly end: number;
} & (
  | { readonly kind: "scalar" }
  | { readonly kind: "array"; readonly items: readonly JsonNode[] }
  | { readonly kind: "object"; readonly members: readonly JsonMember[] }
);

/** A property in a JSON text. */
export interface JsonMember {
  readonly key: string;
  readonly value: JsonNode;
}

const space = /[ \t\r\n]*/y;
const maxDepth = 1000;
const scalar = /"(?:[^"\\]|\\.)*"|[^\s,\]}]+/y;

/**
 * Finds where every value of a text stands that is valid JSON. O(length).
 *
 * @throws RegraftError `INPUT.INVALID` for more than 1000 levels
 */
export function jsonNodes(text: string): JsonNode {
  let at = 0;
  let depth = 0;
  const skip = () => {
    space.lastIndex = at;
    at += space.exec(text)?.[0].length ?? 0;
  };
  const word = (): string => {
    scalar.lastIndex = at;
    const found = scalar.exec(text)?.[0] ?? "";
    at += found.length;
    return found;
  };
  /** Reads the parts between brackets, and passes the closing one. */
  const parts = <T>(closing: string, read: () => T): T[] => {
    const found: T[] = [];
    at += 1;
    depth += 1;
    if (depth > maxDepth) throw tooDeep();
    for (skip(); text[at] !== closing; skip()) {
      if (text[at] === ",") at += 1;
      skip();
      found.push(read());
    }
    at += 1;
    depth -= 1;
    return found;
  };
  const value = (): JsonNode => {
    skip();
    const start = at;
    if (text[at] === "[") {
      const items = parts("]", value);
      return { kind: "array", start, end: at, items };
    }
    if (text[at] === "{") {
      const members = parts("}", member);
      return { kind: "object", start, end: at, members };
    }
    word();
    return { kind: "scalar", start, end: at };
  };
  const member = (): JsonMember => {
    const key: unknown = JSON.parse(word());
    skip();
    at += 1;
    return { key: String(key), value: value() };
  };
  return value();
}

function tooDeep(): RegraftError {
  const limit = `at most ${maxDepth} levels`;
  return new RegraftError("INPUT.INVALID", "the JSON is nested too deeply", { expected: limit, received: "more" });
}

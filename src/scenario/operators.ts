import { normalise } from "../hash/canonical-json.js";
import { libraryOperator } from "./cel.js";
import type { ArithmeticOperator, ComparisonOperator } from "./expression.js";

const maxDepth = 64;

/** An object that holds data: a literal or the like, of any realm. */
export function isPlainObject(value: unknown): value is Record<string, unknown> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: object | null = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** A time or a duration: the only values here that are no JSON; the library made them. */
function isTemporal(value: unknown): boolean {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isPlainObject(value);
}

/** What handling a value costs: its characters by 16, its items, its members. */
export function sizeOf(value: unknown): number {
  if (typeof value === "string") return value.length >> 4;
  if (Array.isArray(value)) return value.length;
  return isPlainObject(value) ? Object.keys(value).length : 0;
}

/** Equality over all types: values of different types are unequal. Undefined if it cannot be told. */
export function equal(left: unknown, right: unknown, depth = 0): boolean | undefined {
  if (left === right) return true;
  if (typeof left === "string" && typeof right === "string") return normalise(left) === normalise(right);
  if (typeof left !== "object" || typeof right !== "object" || left === null || right === null) return false;
  if (depth >= maxDepth) return undefined;
  if (Array.isArray(left) || Array.isArray(right)) {
    if (!Array.isArray(left) || !Array.isArray(right) || left.length !== right.length) return false;
    return everyEqual(
      left.map((item, at) => [item, right[at]]),
      depth,
    );
  }
  if (isPlainObject(left) && isPlainObject(right)) {
    const keys = Object.keys(left);
    if (keys.length !== Object.keys(right).length || !keys.every((key) => Object.hasOwn(right, key))) return false;
    return everyEqual(
      keys.map((key) => [left[key], right[key]]),
      depth,
    );
  }
  return isTemporal(left) && isTemporal(right) ? withLibrary<boolean>("==", left, right) : false;
}

function everyEqual(pairs: readonly (readonly [unknown, unknown])[], depth: number): boolean | undefined {
  let result: boolean | undefined = true;
  for (const [left, right] of pairs) {
    const same = equal(left, right, depth + 1);
    if (same === false) return false;
    result = result === true ? same : result;
  }
  return result;
}

/** Membership in a list, or of a key in an object. */
export function isIn(value: unknown, container: unknown): boolean | undefined {
  if (isPlainObject(container)) return typeof value === "string" && Object.hasOwn(container, value);
  if (!Array.isArray(container)) return undefined;
  let result: boolean | undefined = false;
  for (const item of container) {
    const same = equal(value, item);
    if (same === true) return true;
    if (same === undefined) result = undefined;
  }
  return result;
}

/** Order of numbers, texts (by UTF-16 code units), booleans, times and durations of one kind. */
export function ordered(
  op: Exclude<ComparisonOperator, "==" | "!=" | "in">,
  left: unknown,
  right: unknown,
): boolean | undefined {
  if (isTemporal(left) && isTemporal(right)) return withLibrary<boolean>(op, left, right);
  const comparable =
    (typeof left === "number" && typeof right === "number") ||
    (typeof left === "string" && typeof right === "string") ||
    (typeof left === "boolean" && typeof right === "boolean");
  if (!comparable) return undefined;
  if (op === "<") return left < right;
  if (op === "<=") return left <= right;
  return op === ">" ? left > right : left >= right;
}

/** Arithmetic on numbers of one kind, and `+` on texts and lists. Undefined for an error, such as a division by zero. */
export function arithmetic(op: ArithmeticOperator, left: unknown, right: unknown): unknown {
  if (typeof left === "number" && typeof right === "number") {
    const result = calculate(op, left, right);
    return Number.isFinite(result) ? result : undefined;
  }
  if (op === "+" && typeof left === "string" && typeof right === "string") return left + right;
  if (op === "+" && Array.isArray(left) && Array.isArray(right)) return [...left, ...right];
  return isTemporal(left) && isTemporal(right) ? withLibrary(op, left, right) : undefined;
}

function calculate(op: ArithmeticOperator, left: number, right: number): number {
  switch (op) {
    case "+":
      return left + right;
    case "-":
      return left - right;
    case "*":
      return left * right;
    case "/":
      return left / right;
    case "%":
      return left % right;
  }
}

function withLibrary<T>(op: string, left: unknown, right: unknown): T | undefined {
  try {
    return libraryOperator(op)([left, right]) as T;
  } catch {
    return undefined;
  }
}

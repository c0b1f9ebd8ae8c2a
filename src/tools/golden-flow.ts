import type { GoldenCase, Scenario } from "../contracts/types.js";
import type { Violation } from "../contracts/violation.js";
import { RegraftError } from "../errors.js";

/** A case with all versions that it can use. */
export interface GoldenFlow {
  readonly case: GoldenCase;
  /** Those of the file first. */
  readonly versions: readonly Scenario[];
  /** JSON pointer to the case in its file. */
  readonly path: string;
}

/** The error for a place of a file that is not as it should be. */
export function invalid(fault: Violation, more: readonly Violation[] = []): RegraftError {
  const { path, expected, received } = fault;
  const others = more.length === 0 ? "" : ` (and ${more.length} more)`;
  const text = `${path === "" ? "the file" : path}: expected ${expected}, received ${received}${others}`;
  return new RegraftError("GOLDEN.INVALID", text, { ...fault, errors: [fault, ...more] });
}

/** Whether an expectation holds whatever happens: it names no fact. */
export function isBlank(expect: unknown): boolean {
  if (typeof expect !== "object" || expect === null || Array.isArray(expect)) return false;
  return Object.values(expect).every(isBlank);
}

import { RegraftError } from "./error.js";
import type { Contracts, ReasonCode } from "./types.js";
import { type Validator, validators } from "./validators.js";
import { toViolation, type Violation } from "./violation.js";

/** The name of a kind of value that has a schema: the file `schemas/<kind>.schema.json`. */
export type ContractKind = keyof Contracts;

/** All kinds, in alphabetical order. */
export const contractKinds: readonly ContractKind[] = Object.freeze(Object.keys(validators) as ContractKind[]);

/**
 * Whether a text names a kind of value.
 *
 * @example
 * isContractKind("scenario"); // true
 *
 * @public
 */
export function isContractKind(text: unknown): text is ContractKind {
  return typeof text === "string" && Object.hasOwn(validators, text);
}

/**
 * Lists the faults of a value against its schema; empty if it is valid. One a place, at most 100.
 *
 * @example
 * violations("policy", { forceKind: "teleport" });
 * // [{ path: "/forceKind", expected: "one of clean_graft, gap_fill, re_route", received: "\"teleport\"" }]
 *
 * @public
 */
export function violations(kind: ContractKind, value: unknown): readonly Violation[] {
  return violationsBy(validators[kind], value);
}

/** Lists the faults that a generated validator finds. One a place, at most 100. */
export function violationsBy(check: Validator, value: unknown): readonly Violation[] {
  if (check(value)) return [];
  const errors = check.errors ?? [];
  check.errors = null;
  const byPath = new Map<string, Violation>();
  for (const error of errors) {
    if (error.keyword === "propertyNames") continue;
    const violation = toViolation(error, value);
    if (!byPath.has(violation.path)) byPath.set(violation.path, violation);
  }
  return [...byPath.values()];
}

/**
 * Returns the value itself, typed, if it follows the schema of its kind.
 *
 * The value is neither copied nor changed. Only the form is checked: what a scenario means is checked by `defineScenario`.
 *
 * @param kind - name of the schema, as in `schemas/<kind>.schema.json`
 * @param options - `code`: the code of the error, `SCHEMA.INVALID` if absent
 * @throws RegraftError with `path`, `expected` and `received` of the first fault, and all of them in `errors`
 *
 * @example
 * validate("policy", { updateDownstream: false }).updateDownstream; // false
 *
 * @public
 */
export function validate<K extends ContractKind>(
  kind: K,
  value: unknown,
  options: { readonly code?: ReasonCode } = {},
): Contracts[K] {
  const errors = violations(kind, value);
  const [first] = errors;
  if (!first) return value as Contracts[K];
  const more = errors.length > 1 ? ` (and ${errors.length - 1} more)` : "";
  const where = first.path === "" ? `the ${kind}` : `${first.path} of the ${kind}`;
  throw new RegraftError(
    options.code ?? "SCHEMA.INVALID",
    `${where}: expected ${first.expected}, received ${first.received}${more}`,
    { ...first, kind, errors: Object.freeze(errors) },
  );
}

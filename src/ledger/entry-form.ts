import { describe } from "../contracts/violation.js";
import { RegraftError } from "../errors.js";
import type { LedgerEntry } from "../ports/ledger.js";

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What of an entry is not as stores hand it out; undefined if nothing is. */
function faultOf(value: unknown): readonly [path: string, expected: string, received: unknown] | undefined {
  if (!isObject(value)) return ["", "an entry of a ledger", value];
  const { subject, seq, data } = value;
  if (!isObject(subject)) return ["/subject", "an object", subject];
  for (const name of ["kind", "tenantId", "id"]) {
    if (typeof subject[name] !== "string") return [`/subject/${name}`, "a text", subject[name]];
  }
  if (!Number.isSafeInteger(seq)) return ["/seq", "a whole number", seq];
  for (const name of ["type", "at", "digest", "hash"]) {
    if (typeof value[name] !== "string") return [`/${name}`, "a text", value[name]];
  }
  return isObject(data) ? undefined : ["/data", "an object", data];
}

/**
 * Refuses what is no entry, before anything is read from it.
 *
 * @throws RegraftError `INPUT.INVALID` with the place in the entry
 */
export function checkEntry(value: unknown): LedgerEntry {
  const fault = faultOf(value);
  if (fault === undefined) return value as LedgerEntry;
  const [path, expected, received] = fault;
  throw new RegraftError("INPUT.INVALID", "this is no entry of a ledger", {
    path,
    expected,
    received: describe(received),
  });
}

/** Whether a value is one that stores hand out. */
export function isEntry(value: unknown): value is LedgerEntry {
  return faultOf(value) === undefined;
}

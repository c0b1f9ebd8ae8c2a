import { validators as goldenValidators } from "../contracts/golden-validators.js";
import { isContractKind, violations, violationsBy } from "../contracts/validate.js";
import type { Violation } from "../contracts/violation.js";
import { isRecordKind, recordViolations } from "../ledger/records.js";

/** The generated check of a kind of this package; undefined for any other. */
export function ownCheck(kind: string): ((value: unknown) => readonly Violation[]) | undefined {
  if (isContractKind(kind)) return (value) => violations(kind, value);
  if (isRecordKind(kind)) return (value) => recordViolations(kind, value);
  if (kind === "golden-case") return (value) => violationsBy(goldenValidators["golden-case"], value);
  return undefined;
}

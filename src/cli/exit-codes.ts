import type { ReasonCode } from "../contracts/types.js";

/** What a command ends with. */
export const exitCodes = {
  ok: 0,
  findings: 1,
  usage: 2,
  conflict: 3,
  integrity: 4,
  internal: 70,
} as const;

/** One of {@link exitCodes}. */
export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** The exit codes and what they mean, for help and documentation. */
export const exitCodeWords: readonly (readonly [ExitCode, string])[] = [
  [exitCodes.ok, "done"],
  [exitCodes.findings, "findings, or something was denied"],
  [exitCodes.usage, "wrong usage, or a file that cannot be read or is not what it should be"],
  [exitCodes.conflict, "conflict: somebody else changed it or holds it"],
  [exitCodes.integrity, "integrity: a checksum or digest is not the one that was named"],
  [exitCodes.internal, "a fault of regraft itself"],
];

const conflicts: ReadonlySet<ReasonCode> = new Set([
  "SESSION.CONFLICT",
  "STORE.CONFLICT",
  "STORE.IDEMPOTENCY_CONFLICT",
  "STORE.LEASE_HELD",
  "PLAN.CHANGED",
  "PLAN.STALE",
  "PLAN.DUPLICATE",
  "PLAN.OTHER_OPEN",
]);

const broken: ReadonlySet<ReasonCode> = new Set([
  "CLI.CHECKSUM_MISMATCH",
  "SCENARIO.VERSION_TAKEN",
  "RETENTION.PLAN_CHANGED",
  "LEDGER.CHAIN_BROKEN",
  "LEDGER.SIGNATURE_INVALID",
  "ARTIFACT.DIGEST_MISMATCH",
  "VERIFY.REPRODUCE_MISMATCH",
  "SCHEMA.PIN_MISMATCH",
]);

const denied: ReadonlySet<ReasonCode> = new Set([
  "GATE.REFUSED",
  "POLICY.ACCESS_DENIED",
  "POLICY.SELF_APPROVAL",
  "PLAN.EFFECT_UNDECIDED",
  "DLQ.PLAN_NOT_DEPLOYED",
  "ARTIFACT.INVALID",
  "STATE.MIGRATION_CONFLICT",
  "REPORT.COUNT_MISMATCH",
  "SNAPSHOT.UNORDERED",
  "RETENTION.LEGAL_HOLD",
]);

/** The exit code for an error of regraft. */
export function exitCodeOf(code: ReasonCode): ExitCode {
  if (code === "INTERNAL.BUG") return exitCodes.internal;
  if (conflicts.has(code)) return exitCodes.conflict;
  if (broken.has(code)) return exitCodes.integrity;
  return denied.has(code) ? exitCodes.findings : exitCodes.usage;
}

import type { Decision, ReasonCode, ReconciliationResult, Session } from "../contracts/types.js";
import { isRegraftError } from "../errors.js";
import { isTransient } from "../resilience/transient.js";
import type { Engine } from "./context.js";
import { park } from "./dead-letters.js";
import { resultOf } from "./outcome.js";
import { measure } from "./telemetry.js";

/** What a call has seen of its session, for when it fails. */
export interface Progress {
  session?: Session;
}

/** Errors that are the caller's own: they come back, whatever the session does. */
const misuse: ReadonlySet<ReasonCode> = new Set([
  "INPUT.INVALID",
  "SESSION.NOT_FOUND",
  "SESSION.STEP_UNKNOWN",
  "TENANT.MISMATCH",
  "STORE.IDEMPOTENCY_CONFLICT",
]);

/** A write that was not answered in time: it may take effect later. */
function isUnknown(error: unknown): boolean {
  return isRegraftError(error) && error.details.outcome === "unknown";
}

/** The code that stands for whatever was thrown. */
export function codeOf(error: unknown): ReasonCode {
  return isRegraftError(error) ? error.code : "EXEC.FAILED";
}

/** Nothing was decided: the session stays where it is. Nothing is written. */
export function postponedResult(
  engine: Engine,
  session: Session,
  reason: ReasonCode,
  messageId?: string,
): ReconciliationResult {
  measure(engine, "regraft.postponements", 1, { reason });
  const { scenarioVersion, stepId } = session;
  const audit = { fromVersion: scenarioVersion, toVersion: scenarioVersion, fromStep: stepId, planIds: [] };
  const decision: Decision = {
    action: "continue",
    reasons: ["MIGRATION.POSTPONED", reason],
    replyBinding: session.migration?.state === "awaiting" ? "changed_question" : "same_question",
    audit,
  };
  return resultOf(decision, session, messageId);
}

/**
 * What a message gets where deciding failed: the session goes on, on its version, if it still is what it was. A write whose outcome is not
 * known, and a store that cannot be read, are told to the caller.
 *
 * @throws what made the decision fail, where the caller has to know
 */
export async function postponed(
  engine: Engine,
  { session: before }: Progress,
  error: unknown,
  messageId: string | undefined,
): Promise<ReconciliationResult> {
  const code = codeOf(error);
  if (before === undefined || misuse.has(code) || isUnknown(error)) throw error;
  const { tenantId, id } = before;
  const now = await engine.sessions.get({ tenantId, id }).catch(() => undefined);
  if (now?.revision !== before.revision) throw error;
  engine.logger?.error({ sessionId: id, tenantId, messageId, code, error: String(error) }, "reconciliation postponed");
  if (!isTransient(error)) {
    const operation = { operation: "reconcile" as const, ...(messageId === undefined ? {} : { messageId }) };
    await park(engine, now, { error, attempts: 1, ...operation });
  }
  return postponedResult(engine, now, code, messageId);
}

import { type DeadLetterEvent, type DeadLetterStatus, deadLetterMachine } from "../contracts/machine-tables.js";
import type { ReasonCode, Timestamp } from "../contracts/types.js";

/** What is needed to do the work again. */
export interface DeadLetterPayload {
  readonly operation: "drain" | "reconcile";
  readonly sessionId: string;
  /** Where the session stood. */
  readonly scenarioId: string;
  readonly version: number;
  readonly stepId: string;
  readonly revision: number;
  /** The plan that had marked it. */
  readonly planId?: string;
  /** The message at which deciding failed. */
  readonly messageId?: string;
}

/**
 * A session that made every try to decide about it fail, set aside until a person looks at it. It goes on, on its version.
 *
 * @since 0.2.0
 * @public
 */
export interface DeadLetter {
  /** That of the session: each has one letter at most. */
  readonly id: string;
  readonly status: DeadLetterStatus;
  readonly reason: ReasonCode;
  /** What was thrown last, in words. */
  readonly error: string;
  /** Tries that failed, over all times. */
  readonly attempts: number;
  readonly firstAt: Timestamp;
  readonly lastAt: Timestamp;
  /** Under which the work is written, however often it is tried: it takes effect once. */
  readonly idempotencyKey: string;
  readonly payload: DeadLetterPayload;
}

/** What failed, and how often. */
export interface Failure {
  readonly reason: ReasonCode;
  readonly error: string;
  readonly attempts: number;
  readonly at: Timestamp;
  readonly payload: DeadLetterPayload;
}

/** Characters that are kept of what was thrown. */
const longestError = 500;

/** The letter about a failure: a new one, or the one before with what has come to it. */
export function parked(before: DeadLetter | undefined, failure: Failure, idempotencyKey: string): DeadLetter {
  const { reason, attempts, at, payload } = failure;
  const error = [...failure.error].slice(0, longestError).join("");
  const status = before?.status === "requeued" ? deadLetterMachine.assert("requeued", "fail") : "parked";
  const told = { status, reason, error, lastAt: at, payload };
  if (before === undefined) return { id: payload.sessionId, ...told, attempts, firstAt: at, idempotencyKey };
  return { ...before, ...told, attempts: before.attempts + attempts, payload: before.payload };
}

/**
 * The letter after something has happened to it.
 *
 * @throws RegraftError `STATE.ILLEGAL_TRANSITION`
 */
export function letterAfter(letter: DeadLetter, event: DeadLetterEvent): DeadLetter {
  return { ...letter, status: deadLetterMachine.assert(letter.status, event) };
}

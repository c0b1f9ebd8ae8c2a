import { reasonCodes } from "./reason-codes.js";
import type { ReasonCode, ReasonCodeEntry } from "./types.js";

/**
 * Whether a text is a code of the closed catalogue.
 *
 * @example
 * isReasonCode("PLAN.CHANGED"); // true
 * isReasonCode("whatever"); // false
 *
 * @public
 */
export function isReasonCode(text: unknown): text is ReasonCode {
  return typeof text === "string" && Object.hasOwn(reasonCodes, text);
}

/**
 * The catalogue of reason codes: class, category, whether to retry, and words for people.
 *
 * @example
 * reasons.get("SESSION.CONFLICT").retryable; // true
 *
 * @public
 */
export const reasons = Object.freeze({
  get: (code: ReasonCode): Readonly<ReasonCodeEntry> => reasonCodes[code],
  codes: Object.freeze(Object.keys(reasonCodes).filter(isReasonCode)),
});

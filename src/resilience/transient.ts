import { reasons } from "../contracts/reasons.js";
import { isRegraftError } from "../errors.js";

/** Failures of connections, by the codes that Node and its drivers give them. */
const passingCodes: ReadonlySet<string> = new Set([
  "ECONNRESET",
  "ECONNREFUSED",
  "ECONNABORTED",
  "EPIPE",
  "ETIMEDOUT",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
  "UND_ERR_HEADERS_TIMEOUT",
  "UND_ERR_BODY_TIMEOUT",
  "UND_ERR_SOCKET",
]);

/** Answers of HTTP services that another try may not get. */
const passingStatuses: ReadonlySet<number> = new Set([408, 425, 429, 500, 502, 503, 504, 529]);

/** Causes that are looked at, from the error inwards. */
const maxCauses = 5;

type Unknown = Readonly<Record<string, unknown>>;

function asObject(value: unknown): Unknown | undefined {
  return typeof value === "object" && value !== null ? (value as Unknown) : undefined;
}

/** What one error says of itself; undefined where it says nothing. */
function verdictOf(error: unknown): boolean | undefined {
  if (isRegraftError(error)) return reasons.get(error.code).category === "transient";
  const { name, code, isRetryable, status, statusCode } = asObject(error) ?? {};
  if (name === "AbortError") return false;
  if (typeof isRetryable === "boolean") return isRetryable;
  if (name === "TimeoutError") return true;
  if (typeof code === "string" && passingCodes.has(code)) return true;
  const answer = typeof status === "number" ? status : statusCode;
  return typeof answer === "number" ? passingStatuses.has(answer) : undefined;
}

/**
 * Whether a failure may pass by itself: an error of regraft whose category is `transient`, a broken connection, a timeout, an answer
 * of a service that is busy, or what says of itself that it can be retried. What says nothing, and aborted work, does not pass.
 *
 * @param error - whatever was thrown; its causes count where it says nothing itself
 *
 * @example
 * isTransient(new RegraftError("SESSION.CONFLICT", "others write")); // true
 * isTransient(new TypeError("x is not a function")); // false
 *
 * @since 0.2.0
 * @public
 */
export function isTransient(error: unknown): boolean {
  let one: unknown = error;
  for (let depth = 0; depth < maxCauses; depth += 1) {
    const verdict = verdictOf(one);
    if (verdict !== undefined) return verdict;
    one = asObject(one)?.cause;
    if (one === undefined) return false;
  }
  return false;
}

/** How long a failed service asks to be left alone, in milliseconds; undefined where it does not say. */
export function retryAfterMsOf(error: unknown): number | undefined {
  const told = isRegraftError(error) ? error.details.retryAfterMs : asObject(error)?.retryAfterMs;
  return typeof told === "number" && Number.isFinite(told) && told >= 0 ? told : undefined;
}

/**
 * Whether a failure of a model or of another foreign service may pass by itself: all but aborted work, and what says of itself that it
 * cannot be retried.
 *
 * @param error - whatever was thrown
 */
export function isPassing(error: unknown): boolean {
  const { name, isRetryable } = asObject(error) ?? {};
  return name !== "AbortError" && name !== "TimeoutError" && isRetryable !== false;
}

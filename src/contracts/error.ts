import { redactThrown } from "./redact-error.js";
import { redactText } from "./redact-text.js";
import { Redactor } from "./redact-value.js";
import type { ReasonCode } from "./types.js";

/** What an error knows about its cause; every part is optional. */
export interface ErrorDetails {
  /** JSON pointer into the input. */
  readonly path?: string;
  readonly expected?: string;
  readonly received?: string;
  readonly [key: string]: unknown;
}

function withoutSecrets(options: ErrorOptions | undefined): ErrorOptions | undefined {
  return options?.cause === undefined ? options : { cause: redactThrown(options.cause) };
}

const brand = Symbol.for("regraft.error");

/**
 * The only error that regraft throws: misuse or broken input, with a code of the closed catalogue.
 *
 * The message is the code, a colon and a sentence for people. Neither message, details nor causes show a secret. Test errors with {@link isRegraftError}, not by message.
 *
 * @example
 * const error = new RegraftError("INPUT.INVALID", "stepId is empty", { path: "/stepId", expected: "a step id" });
 * error.message; // "INPUT.INVALID: stepId is empty"
 *
 * @public
 */
export class RegraftError extends Error {
  override readonly name = "RegraftError";
  readonly code: ReasonCode;
  readonly details: ErrorDetails;

  constructor(code: ReasonCode, message: string, details: ErrorDetails = {}, options?: ErrorOptions) {
    super(`${code}: ${redactText(message).text}`, withoutSecrets(options));
    this.code = code;
    this.details = Object.freeze({ ...(new Redactor({ serialises: true }).redact(details) as ErrorDetails) });
    Object.defineProperty(this, brand, { value: true });
  }
}

/**
 * Whether a value is an error of regraft, and of the given code if one is named.
 *
 * Works across copies of the package in one process, where `instanceof` would not.
 *
 * @example
 * isRegraftError(new RegraftError("PLAN.CHANGED", "read it again"), "PLAN.CHANGED"); // true
 *
 * @public
 */
export function isRegraftError(error: unknown, code?: ReasonCode): error is RegraftError {
  if (typeof error !== "object" || error === null || !(brand in error)) return false;
  return code === undefined || ("code" in error && error.code === code);
}

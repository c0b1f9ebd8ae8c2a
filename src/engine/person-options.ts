import type { Session } from "../contracts/types.js";
import { describe } from "../contracts/violation.js";
import { RegraftError } from "../errors.js";
import type { FieldValidator } from "../fill/normal-value.js";
import { immediate } from "../resilience/immediate.js";
import { inTime, late } from "./in-time.js";

/** Characters that are kept of what a schema of the host says about a value. */
const longestMessage = 500;

/** How values of persons are read. */
export interface PersonOptions {
  readonly locale: (session: Session) => string | undefined;
  readonly timeZone: (session: Session) => string | undefined;
  /** The host's own schemas of fields, by field name. */
  readonly fieldValidators: Readonly<Record<string, FieldValidator>>;
}

type Told = string | ((session: Session) => string | undefined) | undefined;

/** The host's function, whose answer is a text at once or nothing. */
function telling(name: string, tell: (session: Session) => string | undefined): typeof tell {
  return (session) => {
    const told: unknown = tell(session);
    if (told === undefined || typeof told === "string") return told;
    immediate(told);
    const details = { path: `/${name}`, expected: "a text or undefined, not a promise", received: describe(told) };
    throw new RegraftError("CONFIG.INVALID", `${name}: expected ${details.expected}`, details);
  };
}

/** A schema of the host that answers in time, or is taken for one that cannot check the value; what it says is kept short. */
function timely(validator: FieldValidator, timeoutMs: number): FieldValidator {
  const validate = async (value: unknown) => {
    const result = await inTime(async () => validator["~standard"].validate(value), timeoutMs);
    if (result === late) throw new RegraftError("TRANSIENT.TIMEOUT", "a schema of a field did not answer in time");
    if (result.issues === undefined) return result;
    const issues = result.issues
      .slice(0, 1)
      .map(({ message }) => ({ message: String(message).slice(0, longestMessage) }));
    return { issues };
  };
  return { "~standard": { validate } };
}

/** The options as they are given: one text for all sessions, or one for each. */
export function personOptions(
  given: {
    readonly locale?: Told;
    readonly timeZone?: Told;
    readonly fieldValidators?: PersonOptions["fieldValidators"] | undefined;
  },
  timeoutMs: number,
): PersonOptions {
  const validators = Object.entries(given.fieldValidators ?? {});
  const each = (name: string, told: Told) => (typeof told === "function" ? telling(name, told) : () => told);
  return {
    locale: each("locale", given.locale),
    timeZone: each("timeZone", given.timeZone),
    fieldValidators: Object.fromEntries(validators.map(([name, one]) => [name, timely(one, timeoutMs)])),
  };
}

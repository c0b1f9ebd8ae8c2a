import type { Session } from "../contracts/types.js";
import { describe } from "../contracts/violation.js";
import { RegraftError } from "../errors.js";
import type { FieldValidator } from "../fill/normal-value.js";
import { immediate } from "../resilience/immediate.js";

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

/** The options as they are given: one text for all sessions, or one for each. */
export function personOptions(given: {
  readonly locale?: Told;
  readonly timeZone?: Told;
  readonly fieldValidators?: PersonOptions["fieldValidators"] | undefined;
}): PersonOptions {
  const each = (name: string, told: Told) => (typeof told === "function" ? telling(name, told) : () => told);
  return {
    locale: each("locale", given.locale),
    timeZone: each("timeZone", given.timeZone),
    fieldValidators: given.fieldValidators ?? {},
  };
}

import type { Session } from "../contracts/types.js";
import type { FieldValidator } from "../fill/normal-value.js";

/** How values of persons are read. */
export interface PersonOptions {
  readonly locale: (session: Session) => string | undefined;
  readonly timeZone: (session: Session) => string | undefined;
  /** The host's own schemas of fields, by field name. */
  readonly fieldValidators: Readonly<Record<string, FieldValidator>>;
}

type Told = string | ((session: Session) => string | undefined) | undefined;

/** The options as they are given: one text for all sessions, or one for each. */
export function personOptions(given: {
  readonly locale?: Told;
  readonly timeZone?: Told;
  readonly fieldValidators?: PersonOptions["fieldValidators"] | undefined;
}): PersonOptions {
  const each = (told: Told) => (typeof told === "function" ? told : () => told);
  return { locale: each(given.locale), timeZone: each(given.timeZone), fieldValidators: given.fieldValidators ?? {} };
}

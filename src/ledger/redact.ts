import { type Redacted, Redactor, type Walk } from "../contracts/redact-value.js";
import { isRegraftError } from "../errors.js";
import { digestOf } from "../hash/digest.js";

/** What is redacted besides what every value is searched for. */
export interface RedactOptions {
  /** Names of members that are secrets as well, exactly as written. */
  readonly names?: readonly string[];
  /** Names that are none although they look like it. */
  readonly exempt?: readonly string[];
  /** Names of sensitive fields: their values become `{ redacted: true, digest }`. */
  readonly sensitive?: readonly string[];
}

/** The rules of the options in the form that walks use. */
export function walkOf({ names = [], exempt = [], sensitive = [] }: RedactOptions): Walk {
  const [more, less, fields] = [new Set(names), new Set(exempt), new Set(sensitive)];
  const judge = (name: string) => (more.has(name) ? true : less.has(name) ? false : undefined);
  return {
    ...(more.size + less.size === 0 ? {} : { judge }),
    ...(fields.size === 0 ? {} : { stands: (name, value) => (fields.has(name) ? standIn(value) : undefined) }),
  };
}

/** What stands for the value of a sensitive field. Equal values have equal digests; a short one can be guessed from it. */
function standIn(value: unknown): unknown {
  if (value === undefined || value === null || isStandIn(value)) return value ?? undefined;
  try {
    return { redacted: true, digest: digestOf(value) };
  } catch (error) {
    if (!isRegraftError(error, "INPUT.INVALID")) throw error;
    return { redacted: true };
  }
}

function isStandIn(value: unknown): boolean {
  return typeof value === "object" && value !== null && "redacted" in value && value.redacted === true;
}

/**
 * Takes secrets out of a value, by the names of its members and by what its texts look like, however deep.
 *
 * Names count by whole words: `apiKey`, `DB_PASSWORD` and `session-secret` are secrets, `tokens_used: 12` is none. Texts are searched as by
 * `redactText`. What is no JSON becomes JSON: errors with their causes, maps, sets, dates; of bytes only the number is told. Nothing is
 * read twice, cycles end, and at most 32 levels are shown.
 *
 * @returns the value itself and 0 if there was nothing to take out
 *
 * @example
 * redact({ apiKey: "k", tokens_used: 12 }); // { value: { apiKey: "[REDACTED]", tokens_used: 12 }, count: 1 }
 *
 * @since 0.2.0
 * @public
 */
export function redact(value: unknown, options: RedactOptions = {}): Redacted {
  return redactBy({ ...walkOf(options), serialises: true }, value);
}

/** The same by rules that were prepared. */
export function redactBy<T>(walk: Walk, value: T): Redacted<T> {
  const redactor = new Redactor(walk);
  const redacted = redactor.redact(value) as T;
  return { value: redacted, count: redactor.count };
}

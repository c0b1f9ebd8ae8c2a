import type { Field, Session } from "../contracts/types.js";
import { bareConsent, leadingConsent } from "../fill/normal-consent.js";
import type { Normalised } from "../fill/normal-field.js";
import { type NormaliseOptions, normaliseValue } from "../fill/normal-value.js";
import { knownValue } from "../scenario/value.js";
import { type Engine, timeOf } from "./context.js";

/** With what the values of a session are read. */
export function readingOf(engine: Engine, session: Session): NormaliseOptions {
  const { locale, timeZone, fieldValidators } = engine.person;
  return { at: timeOf(engine), locale: locale(session), timeZone: timeZone(session), fieldValidators };
}

/** Types whose canonical form says nothing that another reading would change. */
const settled: ReadonlySet<Field["type"]> = new Set([
  ...(["number", "integer", "boolean", "date", "time", "datetime", "enum", "object"] as const),
]);

/** What a person's answer to a field comes to. The packages that read dates and phone numbers are loaded only where needed. */
export async function readAnswer(engine: Engine, session: Session, field: Field, answer: unknown): Promise<Normalised> {
  const reading = readingOf(engine, session);
  const isPlain = field.type === "string" || field.type === "email";
  const isCanonical = settled.has(field.type) && knownValue(field, answer);
  return normaliseValue(field, answer, isPlain || isCanonical ? { ...reading, libraries: { notes: [] } } : reading);
}

/**
 * What a text says to a value that was offered: that it is right or wrong; `"unclear"` if that stands beside something else, which for
 * free text could be anything; undefined for the right value.
 */
export function readConsent(
  engine: Engine,
  session: Session,
  type: Field["type"],
  answer: string,
): boolean | "unclear" | undefined {
  const locale = engine.person.locale(session);
  const bare = bareConsent(answer, locale);
  if (bare !== undefined || type !== "string") return bare;
  const leading = leadingConsent(answer, locale);
  return leading === true ? "unclear" : leading;
}

import type { Field, Session } from "../contracts/types.js";
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

/** Whether a text as a whole says yes or no; undefined for anything more. */
export async function readConsent(engine: Engine, session: Session, answer: string): Promise<boolean | undefined> {
  if (answer.trim().split(/\s+/).length > 2) return undefined;
  const read = await normaliseValue({ name: "answer", type: "boolean" }, answer, {
    ...readingOf(engine, session),
    libraries: { notes: [] },
  });
  return read.ok && typeof read.value === "boolean" ? read.value : undefined;
}

import type { FoundValue, JsonObject, Session, Timestamp } from "../contracts/types.js";

/** The source of values that the person gave for the new version; no other source has the name. */
export const person = "person";

/** A value as the person gave it: kept beside the data of the old version until the session moves. */
export function answerOf(field: string, value: unknown, at: Timestamp): FoundValue {
  return { field, value, source: person, kind: person, confidence: 1, at, confirmed: true };
}

function isAnswer({ source, confirmed, confidence }: FoundValue): boolean {
  return source === person && confirmed && confidence === 1;
}

/** Data with what the person has said: it wins over what the session had before. */
export function withAnswers(data: JsonObject, found: readonly FoundValue[]): JsonObject {
  const answers = found.filter(isAnswer).map(({ field, value }): [string, unknown] => [field, value]);
  return answers.length === 0 ? data : { ...data, ...Object.fromEntries(answers) };
}

/** The session without answers that a host has overtaken by writing the same fields. */
export function withoutAnswers(session: Session, fields: readonly string[]): Session {
  const { migration } = session;
  const overtaken = (value: FoundValue) => isAnswer(value) && fields.includes(value.field);
  if (migration?.found === undefined || !migration.found.some(overtaken)) return session;
  const { found, ...state } = migration;
  const left = found.filter((value) => !overtaken(value));
  return { ...session, migration: { ...state, ...(left.length === 0 ? {} : { found: left }) } };
}

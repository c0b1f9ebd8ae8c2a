import type { FoundValue, Session, Timestamp } from "../contracts/types.js";
import { isAnswer, person } from "../session/answers.js";

/**
 * A value as the person gave it: kept beside the data of the old version until the session moves.
 *
 * @param scenarioVersion - the version that asked
 */
export function answerOf(field: string, value: unknown, at: Timestamp, scenarioVersion: number): FoundValue {
  return { field, value, source: person, kind: person, confidence: 1, at, confirmed: true, scenarioVersion };
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

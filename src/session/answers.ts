import type { FoundValue, JsonObject } from "../contracts/types.js";

/** The source of values that the person gave for the new version; no other source has the name. */
export const person = "person";

/** Whether a found value is what the person gave. */
export function isAnswer({ source, confirmed, confidence }: FoundValue): boolean {
  return source === person && confirmed && confidence === 1;
}

/** Data with what the person has said: it wins over what the session had before. */
export function withAnswers(data: JsonObject, found: readonly FoundValue[]): JsonObject {
  const answers = found.filter(isAnswer).map(({ field, value }): [string, unknown] => [field, value]);
  return answers.length === 0 ? data : { ...data, ...Object.fromEntries(answers) };
}

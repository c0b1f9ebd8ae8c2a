import type { Field } from "../contracts/types.js";
import type { ExtractedValue } from "../ports/extractor.js";
import type { Reading, Standing } from "./evidence-standing.js";

/** The most confidence of a value that may have been changed since: it is confirmed before it is used. */
export const unsure = 0.9;

const reasons: Readonly<Record<Exclude<Standing, "stands" | "unsure">, string>> = {
  denied: "the user denied it",
  superseded: "it was revised later",
  open: "it was one of several that were offered",
};

/** A value as far as the rest of the conversation lets it stand, or why it does not. */
export function settle(reading: Reading, field: Field, value: ExtractedValue): ExtractedValue | string {
  const { turn, span, acceptedIn, confidence } = value;
  if (span === undefined) return "its quote is not in the turn";
  const standing = reading.standing({ field, value: value.value, turn, span, acceptedIn });
  if (standing === "stands") return value;
  if (standing === "unsure") return { ...value, confidence: Math.min(confidence, unsure) };
  return reasons[standing];
}

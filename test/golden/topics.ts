/** Reason codes that are about a topic of the cases, where their own words do not say so. */
const topics: Readonly<Record<string, readonly string[]>> = {
  MANDATORY_STEP_SKIPPED: ["ACTION.REQUIRED", "CHECKPOINT.WOULD_SKIP"],
  REQUIRED_ACTION: ["ACTION.REQUIRED"],
  CHECKPOINT_WOULD_REPEAT: ["CHECKPOINT.WOULD_REPEAT", "CHECKPOINT.OFF_RUN"],
  CHECKPOINT_ORPHANED: ["CHECKPOINT.ORPHANED", "CHECKPOINT.OFF_RUN", "CHECKPOINT.STANDING_DELETED"],
  FIELD_REQUIRED: ["FIELD.REQUIRED", "FIELD.DECISION_NEEDS"],
  MISSING_DATA: ["FIELD.REQUIRED", "FIELD.DECISION_NEEDS", "DECISION.UNKNOWN"],
  AMBIGUOUS: ["MATCH.AMBIGUOUS", "TARGET.TIE"],
  HISTORY_MISSING: ["HISTORY.MISSING", "CHECKPOINT.UNPROVEN"],
  SCOPE: ["POLICY.OUT_OF_SCOPE"],
};

/** Whether one of the codes is about a topic: listed for it, or made of the same words. */
export function isAbout(topic: string, codes: readonly string[]): boolean {
  const listed = topics[topic] ?? [];
  if (codes.some((code) => listed.includes(code))) return true;
  const wanted = wordsOf(topic);
  return codes.some((code) => {
    const words = wordsOf(code);
    return wanted.every((word) => words.includes(word));
  });
}

function wordsOf(name: string): string[] {
  return name
    .toUpperCase()
    .split(/[^A-Z]+/)
    .filter((word) => word.length > 0);
}

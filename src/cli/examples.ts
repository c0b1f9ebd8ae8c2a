/** A call of a command and what it does. */
export interface CommandExample {
  readonly line: string;
  readonly says: string;
}

const examples: Readonly<Record<string, readonly CommandExample[]>> = {
  diff: [
    { line: "regraft diff v1.json v2.json", says: "what changed, as tables" },
    { line: "regraft diff v1.json v2.json --explain", says: "and why each old step belongs to its new one" },
    { line: "regraft diff v1.json v2.json --mermaid", says: "a picture for a review" },
    { line: "regraft diff v1.json v2.json --json", says: "the transformation map for a program" },
  ],
  lint: [
    { line: "regraft lint v1.json", says: "one version by itself" },
    {
      line: "regraft lint v1.json v2.json --fail-on error",
      says: "in continuous integration: fails only where approval would be refused",
    },
  ],
  plan: [
    {
      line: "regraft plan v1.json v2.json --sessions sessions.jsonl",
      says: "the plan, with the number of sessions on each step",
    },
    {
      line: "regraft plan v1.json v2.json --mapping mapping.json --out plan.json",
      says: "with explicit pairs, written to a file",
    },
  ],
  golden: [
    { line: "regraft golden run cases/*.json", says: "plays all cases; ends with 1 if one of them differs" },
    { line: "regraft golden run cases/loan.json --filter refund", says: "only the cases with that in their id" },
    {
      line: "regraft golden run cases/loan.json --json",
      says: "verdicts, differences and full outcomes for a program",
    },
    {
      line: "regraft golden run cases/loan.json --update",
      says: "writes the new outcomes into the file; only where UPDATE_GOLDEN=1 is set",
    },
  ],
  rehearse: [
    {
      line: "regraft rehearse v1.json v2.json --sessions sessions.jsonl",
      says: "totals, and one explained session of each outcome",
    },
    {
      line: "regraft rehearse v1.json v2.json --sessions sessions.jsonl --effects effects.json",
      says: "with answers about reworded checkpoints",
    },
    {
      line: "regraft rehearse v1.json v2.json --sessions sessions.jsonl --out results.jsonl --fail-on blocked,review",
      says: "every result in a file; fails if a session would be stopped",
    },
    {
      line: "regraft rehearse v1.json v2.json --sessions sessions.jsonl --jsonl --quiet",
      says: "every result for a program, a line at a time",
    },
  ],
};

/** Examples for the help of a command and for its documentation. */
export function examplesOf(command: string): readonly CommandExample[] {
  return examples[command] ?? [];
}

import type { ReasonCode } from "../contracts/reason-codes.js";
import type { BlockedDecision, CollectDecision, Obstacle, ReviewDecision } from "../contracts/types.js";
import type { Needs } from "./facts.js";
import { promptFor } from "./prompt.js";
import { common, type Situation } from "./situation.js";

/** A refusal that recomputes itself at each message. */
export function blocked(s: Situation, found: Obstacle): BlockedDecision {
  return { action: "blocked", ...common(s, [found.code]), reason: found.code, obstacle: found };
}

/** A refusal that waits for a person. */
export function review(s: Situation, found: Obstacle, candidates: readonly number[] = []): ReviewDecision {
  const ids = [...new Set(candidates)].map((step) => s.migration.to.steps[step]?.id ?? "");
  return { action: "review", ...common(s, [found.code]), reason: found.code, candidates: ids, obstacle: found };
}

/** What has to be known before the session can move. */
export interface Question {
  readonly code: ReasonCode;
  readonly fields: readonly string[];
  readonly conditions: readonly string[];
  readonly obstacle: Obstacle;
}

/** Asks the sources first; once they are exhausted, the person; `review` where nobody could answer. */
export function ask(s: Situation, question: Question): Needs | CollectDecision | ReviewDecision {
  const open = question.fields.filter((field) => !s.knowledge.isExhausted(field));
  if (open.length > 0 || question.conditions.length > 0) {
    return { action: "needs", fields: open, conditions: [...question.conditions] };
  }
  const [first, ...rest] = question.fields;
  if (first === undefined) return review(s, question.obstacle);
  const prompts = question.fields.flatMap((field) => {
    const definition = s.migration.to.fields.get(field);
    return (definition?.source ?? "person") === "person" ? [{ field, prompt: promptFor(field, definition) }] : [];
  });
  return {
    action: "collect",
    ...common(s, [question.code]),
    fields: [first, ...rest],
    prompts,
    obstacle: question.obstacle,
  };
}

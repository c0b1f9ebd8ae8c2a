import type { Step } from "../contracts/types.js";
import { canonicalJson } from "../hash/canonical-json.js";
import { contentParts } from "../scenario/content-hash.js";

/** What a step does to the world: a pair speaks of effects only within one class. */
export type EffectClass = "checkpoint" | "required_action" | "none";

/** The effect class of a step. A checkpoint that is also a required action counts as a checkpoint. */
export function effectClass(step: Step): EffectClass {
  if (step.checkpoint === true) return "checkpoint";
  return step.requiredAction === true ? "required_action" : "none";
}

/** Parts whose change keeps the step the same question or page, only worded or formed differently. */
const TEXT_PARTS = new Set(["title", "intent", "name", "description", "collects", "skipWhen", "checkpointDescription"]);

/** Names of the content parts in which two steps differ, sorted. Empty exactly when their content hashes are equal. */
export function changedParts(before: Step, after: Step): string[] {
  const old = Object.entries(contentParts(before));
  const now = new Map<string, unknown>(Object.entries(contentParts(after)));
  return old.flatMap(([name, value]) => (canonicalJson(value) === canonicalJson(now.get(name)) ? [] : [name])).sort();
}

/** Whether only text and fields differ (an edited pair) and not what the step does (a proposed pair). */
export function isTextEdit(changed: readonly string[]): boolean {
  return changed.every((part) => TEXT_PARTS.has(part));
}

/** Fields that the new form of a step collects and the old one did not. */
export function addedFields(before: Step, after: Step): string[] {
  const known = new Set(before.collects ?? []);
  return [...new Set(after.collects ?? [])].filter((field) => !known.has(field)).sort();
}

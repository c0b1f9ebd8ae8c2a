import type { FieldNeed } from "../contracts/types.js";
import type { Classes } from "./classify.js";
import { isDecision, isGuard } from "./exposure.js";
import type { Matching } from "./matching.js";
import { doesSomething } from "./step-flags.js";
import { upstreamOf } from "./views.js";
import type { WaysDiff } from "./ways.js";

/**
 * The fields that sessions at the image of an anchor may be asked for at most: what owing steps above it collect, what new
 * decisions and guards above it read, and what stands on the branches of those decisions. Sorted by field.
 */
export function requiredAbove(m: Matching, ways: WaysDiff, classes: Classes, step: number): FieldNeed[] {
  const above = upstreamOf(m.to, step);
  const fields = new Map<string, Set<string>>();
  const need = (field: string, at: number) => {
    const steps = fields.get(field) ?? new Set<string>();
    fields.set(field, steps.add(m.to.steps[at]?.id ?? ""));
  };
  for (const change of ways.changes) {
    if (above[change.step] !== 1 || !(isDecision(m.to, change) || isGuard(m.to, change))) continue;
    for (const way of m.to.ways[change.step] ?? []) {
      for (const field of way.condition?.fields ?? m.to.scenario.transitions[way.index]?.fields ?? [])
        need(field, change.step);
    }
  }
  m.to.steps.forEach((candidate, at) => {
    if (above[at] !== 1 || !doesSomething(candidate)) return;
    const preimages = m.preimagesOf[at] ?? [];
    const added = preimages.flatMap((pair) => pair.addedFields);
    const asked = preimages.length === 0 || classes.owing[at] === 1 ? (candidate.collects ?? []) : added;
    for (const field of asked) need(field, at);
  });
  return [...fields]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([field, steps]) => {
      const displayName = m.to.fields.get(field)?.displayName;
      return { field, ...(displayName === undefined ? {} : { displayName }), steps: [...steps].sort() };
    });
}

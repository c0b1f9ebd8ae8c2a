import type { FieldNeed, MigrationKind, Plan, PlanSummary } from "../contracts/types.js";
import type { ScenarioDiff } from "../diff/diff.js";
import { isDecision, isGuard } from "../diff/exposure.js";
import { doesSomething } from "../diff/step-flags.js";

/** Sessions on the old version by step, as a store counted them; undefined when no store could be asked. */
export type SessionCounts = Readonly<Record<string, number>> | undefined;

/** Sums up a diff for the operator. Unknown counts are unknown, not zero. */
export function summarise(diff: ScenarioDiff, counts: SessionCounts, lint: Plan["lint"]): PlanSummary {
  const { map } = diff;
  const kinds: Record<MigrationKind, number> = { clean_graft: 0, gap_fill: 0, re_route: 0 };
  for (const anchor of map.anchors) kinds[anchor.kind] += 1;
  return {
    steps: { from: diff.matching.from.size, to: diff.matching.to.size },
    anchors: kinds,
    inserted: map.inserted.length,
    removed: map.removed.length,
    edited: map.pairs.filter((pair) => pair.changed.length > 0 && pair.relation !== "suggested").length,
    moved: map.moved.length,
    ambiguous: map.ambiguous.length,
    decisions: map.decisions.length,
    fieldsToCollect: fieldsToCollect(diff),
    affectedSessions: affected(diff, counts),
    warnings: lint.filter((finding) => finding.severity !== "info").length,
  };
}

/** What some session may be asked for at most, and by which steps of the new version. */
function fieldsToCollect(diff: ScenarioDiff): FieldNeed[] {
  const { matching, ways, classes } = diff;
  const steps = new Map<string, Set<string>>();
  const need = (field: string, at: number) => {
    const known = steps.get(field) ?? new Set<string>();
    steps.set(field, known.add(matching.to.steps[at]?.id ?? ""));
  };
  matching.to.steps.forEach((step, at) => {
    if (!doesSomething(step) || classes.owing[at] !== 1) return;
    const pairs = matching.preimagesOf[at] ?? [];
    const fields = pairs.length > 0 ? pairs.flatMap((pair) => pair.addedFields) : (step.collects ?? []);
    for (const field of fields) need(field, at);
  });
  for (const change of ways.changes) {
    if (!isDecision(matching.to, change) && !isGuard(matching.to, change)) continue;
    for (const way of matching.to.ways[change.step] ?? []) {
      const fields = way.condition?.fields ?? matching.to.scenario.transitions[way.index]?.fields ?? [];
      for (const field of fields) need(field, change.step);
    }
  }
  return [...steps]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([field, at]) => {
      const displayName = matching.to.fields.get(field)?.displayName;
      return { field, ...(displayName === undefined ? {} : { displayName }), steps: [...at].sort() };
    });
}

function affected(diff: ScenarioDiff, counts: SessionCounts): PlanSummary["affectedSessions"] {
  if (counts === undefined) return { counted: false, total: 0, byStep: {}, byKind: {} };
  const entries = Object.entries(counts).filter(([, count]) => count > 0);
  const byStep = Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
  const byKind: Record<string, number> = {};
  let total = 0;
  for (const [stepId, count] of entries) {
    const image = diff.matching.imageOf[diff.matching.from.index.get(stepId) ?? -1];
    const kind = image === undefined ? "no_anchor" : diff.classes.of(image.to).kind;
    byKind[kind] = (byKind[kind] ?? 0) + count;
    total += count;
  }
  return { counted: true, total, byStep, byKind };
}

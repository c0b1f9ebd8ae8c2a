import type {
  Anchor,
  DecisionChange,
  StepPair,
  TransformationMap,
  TransitionChange,
  VersionRef,
} from "../contracts/types.js";
import { canonicalJson } from "../hash/canonical-json.js";
import { deepFreeze } from "../hash/freeze.js";
import type { CompiledScenario, Way } from "../scenario/compile.js";
import type { Classes } from "./classify.js";
import { isDecision, isGuard } from "./exposure.js";
import type { Matching, StepMatch } from "./matching.js";
import { movedSteps } from "./moved.js";
import type { WaysChange, WaysDiff } from "./ways.js";

/** Writes down what a diff found: linear in the two graphs, every list in the order of its version's steps. */
export function buildMap(m: Matching, ways: WaysDiff, classes: Classes): TransformationMap {
  const proposedOld = new Set(m.proposed.map((pair) => pair.from));
  const proposedNew = new Set(m.proposed.map((pair) => pair.to));
  const anchors: Anchor[] = [];
  for (const pair of m.pairs)
    if (pair.relation === "content" || pair.changed.length === 0) anchors.push(anchorOf(m, classes, pair));
  return deepFreeze<TransformationMap>({
    from: refOf(m.from),
    to: refOf(m.to),
    pairs: [...m.pairs, ...m.proposed, ...m.suggested].map((pair) => pairOf(m, pair)),
    ambiguous: [...m.ambiguous].map(([step, candidates]) => ({
      from: oldId(m, step),
      candidates: candidates.map((s) => newId(m, s)),
    })),
    removed: m.from.steps.flatMap((s, i) => (m.imageOf[i] || m.ambiguous.has(i) || proposedOld.has(i) ? [] : [s.id])),
    inserted: m.to.steps.flatMap((s, i) => (isUnmatched(m, i) && !proposedNew.has(i) ? [s.id] : [])),
    moved: movedSteps(m).map((step) => oldId(m, step)),
    decisions: ways.changes.flatMap((change) => decisionOf(m, change)),
    transitions: ways.changes.flatMap((change) => transitionsOf(m, change)),
    fields: fieldChanges(m),
    anchors,
  });
}

/** Names a version. */
export function refOf(c: CompiledScenario): VersionRef {
  return { scenarioId: c.scenario.id, version: c.scenario.version, checksum: c.checksum };
}

function oldId(m: Matching, step: number): string {
  return m.from.steps[step]?.id ?? "";
}

function newId(m: Matching, step: number): string {
  return m.to.steps[step]?.id ?? "";
}

function isUnmatched(m: Matching, now: number): boolean {
  return (m.preimagesOf[now]?.length ?? 0) === 0 && !m.contested.has(now);
}

/** A pair by ids. */
export function pairOf(m: Matching, pair: StepMatch): StepPair {
  return {
    from: oldId(m, pair.from),
    to: newId(m, pair.to),
    relation: pair.relation,
    evidence: pair.evidence,
    changed: [...pair.changed],
    addedFields: [...pair.addedFields],
  };
}

function anchorOf(m: Matching, classes: Classes, pair: StepMatch): Anchor {
  const found = classes.of(pair.to);
  const nearest = found.mandatory >= 0 ? { nearestMandatory: newId(m, found.mandatory) } : {};
  return {
    from: oldId(m, pair.from),
    to: newId(m, pair.to),
    contentHash: m.from.hashes[pair.from] ?? "",
    kind: found.kind,
    reasons: [...found.reasons],
    ...nearest,
  };
}

function decisionOf(m: Matching, change: WaysChange): DecisionChange[] {
  const before = change.old === undefined ? 0 : (m.from.ways[change.old]?.length ?? 0);
  const fields = [...new Set((m.to.ways[change.step] ?? []).flatMap((way) => fieldsOf(m.to, way)))].sort();
  const stepId = newId(m, change.step);
  if (isDecision(m.to, change)) return [{ stepId, change: before > 1 ? "branches_changed" : "new_fork", fields }];
  if (!isGuard(m.to, change)) return [];
  const guarded =
    change.modified.length > 0 && change.old !== undefined && m.from.ways[change.old]?.[0]?.condition !== undefined;
  return [{ stepId, change: guarded ? "guard_changed" : "guard_added", fields }];
}

function fieldsOf(c: CompiledScenario, way: Way): readonly string[] {
  return way.condition?.fields ?? c.scenario.transitions[way.index]?.fields ?? [];
}

function transitionsOf(m: Matching, change: WaysChange): TransitionChange[] {
  if (change.old === undefined) return [];
  const listed = (
    kind: TransitionChange["change"],
    ways: readonly Way[],
    idOf: (step: number) => string,
  ): TransitionChange[] =>
    ways.map((way) => ({ change: kind, from: idOf(way.from), to: idOf(way.to), index: way.index }));
  return [
    ...listed(
      "added",
      change.added.map((key) => key.way),
      (step) => newId(m, step),
    ),
    ...listed(
      "removed",
      change.removed.map((key) => key.way),
      (step) => oldId(m, step),
    ),
    ...listed(
      "modified",
      change.modified.map((key) => key.way),
      (step) => newId(m, step),
    ),
  ];
}

function fieldChanges(m: Matching): TransformationMap["fields"] {
  const before = collected(m.from);
  const after = collected(m.to);
  const changed = [...after].filter((name) => {
    const [old, now] = [m.from.fields.get(name), m.to.fields.get(name)];
    return before.has(name) && canonicalJson(old ?? null) !== canonicalJson(now ?? null);
  });
  return {
    added: [...after].filter((name) => !before.has(name)).sort(),
    removed: [...before].filter((name) => !after.has(name)).sort(),
    changed: changed.sort(),
  };
}

function collected(c: CompiledScenario): Set<string> {
  const names = new Set(c.fields.keys());
  for (const step of c.steps) for (const field of step.collects ?? []) names.add(field);
  return names;
}

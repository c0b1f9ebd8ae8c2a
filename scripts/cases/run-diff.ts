import { type ChangeView, defineScenario, diffScenarios, type ScenarioDiff } from "./api.js";
import { type Actual, type Loose, record, text } from "./case.js";
import { versionsOf } from "./graphs.js";

/** Compares the two versions that are given and tells what is above and below an anchor, if one is named. */
export function differences(given: Loose): Actual {
  const [from, to] = versionsOf(given).map((graph) => defineScenario(graph));
  if (from === undefined || to === undefined) throw new TypeError("two versions are needed for a comparison");
  const started = performance.now();
  const mapping = record(given.mapping) as Readonly<Record<string, string>>;
  const diff = diffScenarios(from, to, { mapping });
  const { map } = diff;
  const pairs = map.pairs.filter(
    (pair) => pair.relation === "content" || (pair.relation === "explicit" && pair.changed.length === 0),
  );
  const [paired, reached] = [new Set(pairs.map((pair) => pair.from)), new Set(pairs.map((pair) => pair.to))];
  const contested = new Set(map.ambiguous.flatMap((step) => step.candidates));
  const open = new Set(map.ambiguous.map((step) => step.from));
  const anchor = text(given.anchorV1) ?? text(given.anchor);
  return {
    pairs: pairs.map((pair) => [pair.from, pair.to]),
    deleted: from.steps.flatMap(({ id }) => (paired.has(id) || open.has(id) ? [] : [id])),
    new: to.steps.flatMap(({ id }) => (reached.has(id) || contested.has(id) ? [] : [id])),
    ambiguous: [...open],
    edited: map.pairs.filter((pair) => pair.relation === "edited").map((pair) => [pair.from, pair.to]),
    proposed: map.pairs.filter((pair) => pair.relation === "proposed").map((pair) => [pair.from, pair.to]),
    ...changesOf(diff, anchor, given),
    kindOf: Object.fromEntries(from.steps.map(({ id }) => [id, diff.anchor(id)?.kind ?? null])),
    terminates: true,
    milliseconds: performance.now() - started,
  };
}

function changesOf(diff: ScenarioDiff, anchor: string | undefined, given: Loose): Actual {
  const { map } = diff;
  if (anchor === undefined) {
    return {
      inserted: map.inserted,
      removed: map.removed,
      moved: map.moved,
      newForks: map.decisions.filter((decision) => decision.change === "new_fork").map((decision) => decision.stepId),
      modifiedFrom: modifiedFrom(diff),
      requiredFields: Object.fromEntries(
        map.anchors.map(({ from }) => [from, diff.requiredFields(from).map((need) => need.field)]),
      ),
    };
  }
  const side = given.side === "downstream" ? diff.downstream(anchor) : diff.upstream(anchor);
  const found = diff.anchor(anchor);
  return {
    ...viewOf(side),
    kind: found?.kind ?? null,
    reasons: found?.reasons ?? [],
    requiredFields: diff.requiredFields(anchor).map((need) => need.field),
    upstream: viewOf(diff.upstream(anchor)),
    downstream: viewOf(diff.downstream(anchor)),
  };
}

function viewOf(view: ChangeView): Actual {
  return {
    inserted: view.inserted,
    removed: view.removed,
    moved: view.moved,
    modified: view.modified,
    upstreamNew: [...view.inserted, ...view.moved],
    newForks: view.newForks,
    changedForks: view.changedForks,
    guards: view.guards,
    modifiedFrom: view.changedWays,
  };
}

/** Steps of the new version whose ways out changed in condition, priority or order. */
function modifiedFrom(diff: ScenarioDiff): string[] {
  return [
    ...new Set(diff.map.transitions.filter((change) => change.change === "modified").map((change) => change.from)),
  ];
}

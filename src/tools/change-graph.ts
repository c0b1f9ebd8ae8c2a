import type { Scenario, Step, Transition } from "../contracts/types.js";
import type { MapInput } from "./render-diff.js";
import { cut, plain } from "./render-table.js";

/** How a step stands in the picture of a change. */
export type NodeChange = "kept" | "inserted" | "removed" | "edited" | "moved" | "unclear";

/** How a way stands in the picture of a change. */
export type EdgeChange = "kept" | "added" | "removed" | "modified";

/** A step of the picture. */
export interface ChangeNode {
  /** A name of the picture, safe in every drawing language. */
  readonly key: string;
  readonly title: string;
  readonly id: string;
  readonly change: NodeChange;
  readonly role: "entry" | "checkpoint" | "required_action" | "plain";
}

/** A way of the picture. */
export interface ChangeEdge {
  readonly from: string;
  readonly to: string;
  readonly label: string;
  readonly change: EdgeChange;
}

/** Both versions in one picture: the new version, and what it lost. */
export interface ChangeGraph {
  readonly title: string;
  readonly nodes: readonly ChangeNode[];
  readonly edges: readonly ChangeEdge[];
}

const longestLabel = 60;

/**
 * Lays both versions over each other: all steps and ways of the new version, each with its change, and those of the old version
 * that are gone.
 */
export function changeGraph({ map, from, to }: MapInput): ChangeGraph {
  const newKeys = new Map(to.steps.map((step, at) => [step.id, `n${at}`]));
  const gone = new Set(map.removed);
  const oldKeys = new Map<string, string>();
  for (const { from: id, to: image, relation } of map.pairs) {
    const key = newKeys.get(image);
    if (relation !== "suggested" && key !== undefined) oldKeys.set(id, key);
  }
  const lost = from.steps.filter(({ id }) => gone.has(id) || !oldKeys.has(id));
  for (const [at, { id }] of lost.entries()) oldKeys.set(id, `o${at}`);
  const changes = nodeChanges({ map, from, to });
  const nodes = [
    ...to.steps.map((step) => nodeOf(step, newKeys.get(step.id) ?? "", changes.get(step.id) ?? "kept", to)),
    ...lost.map((step) => nodeOf(step, oldKeys.get(step.id) ?? "", gone.has(step.id) ? "removed" : "unclear", from)),
  ];
  return {
    title: `${to.id} ${from.version} -> ${to.version}`,
    nodes,
    edges: [
      ...newWays({ map, from, to }, newKeys, changes),
      ...lostWays({ map, from, to }, oldKeys, new Set(lost.map(({ id }) => id))),
    ],
  };
}

function nodeChanges({ map }: MapInput): Map<string, NodeChange> {
  const changes = new Map<string, NodeChange>(map.inserted.map((id) => [id, "inserted"]));
  const moved = new Set(map.moved);
  for (const { from: old, to: now, relation, changed } of map.pairs) {
    if (relation === "suggested") continue;
    if (relation === "proposed") changes.set(now, "unclear");
    else if (changed.length > 0) changes.set(now, "edited");
    else if (moved.has(old)) changes.set(now, "moved");
  }
  for (const { candidates } of map.ambiguous) for (const id of candidates) changes.set(id, "unclear");
  return changes;
}

function nodeOf(step: Step, key: string, change: NodeChange, scenario: Scenario): ChangeNode {
  const effect = step.checkpoint === true ? "checkpoint" : step.requiredAction === true ? "required_action" : "plain";
  const role = effect === "plain" && step.id === scenario.entry ? "entry" : effect;
  return { key, title: plain(step.name ?? step.intent ?? step.id), id: plain(step.id), change, role };
}

function newWays(
  { map, to }: MapInput,
  keys: ReadonlyMap<string, string>,
  changes: ReadonlyMap<string, NodeChange>,
): ChangeEdge[] {
  const listed = new Map<number, EdgeChange>();
  for (const { change, index } of map.transitions) if (change !== "removed") listed.set(index, change);
  return to.transitions.map((way, index) => {
    const isNew = changes.get(way.from) === "inserted";
    return edgeOf(way, keys, listed.get(index) ?? (isNew ? "added" : "kept"));
  });
}

function lostWays({ map, from }: MapInput, keys: ReadonlyMap<string, string>, lost: ReadonlySet<string>): ChangeEdge[] {
  const removed = new Set(map.transitions.filter(({ change }) => change === "removed").map(({ index }) => index));
  return from.transitions
    .filter((way, index) => removed.has(index) || lost.has(way.from))
    .map((way) => edgeOf(way, keys, "removed"));
}

function edgeOf(way: Transition, keys: ReadonlyMap<string, string>, change: EdgeChange): ChangeEdge {
  const text = plain(way.condition ?? way.conditionText ?? (way.else === true ? "else" : ""));
  const label = cut(text, longestLabel);
  return { from: keys.get(way.from) ?? way.from, to: keys.get(way.to) ?? way.to, label, change };
}

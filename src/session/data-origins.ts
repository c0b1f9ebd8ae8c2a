import type { AppliedChange, DataChange, FieldLineage, JsonObject, Plan, Session } from "../contracts/types.js";
import { digestOf } from "../hash/digest.js";
import { deepFreeze } from "../hash/freeze.js";
import { own } from "../hash/own.js";
import { applyChange, bareCopy } from "./data-changes.js";

/** The changes of one plan, with what names it. */
export type PlannedChanges = Pick<Plan, "id" | "digest" | "fromVersion" | "toVersion" | "data">;

/** Where a value of changed data comes from. */
export interface DataOrigin {
  /** The field that it stood in before all changes; absent where a plan made it. */
  readonly from?: string;
  /** What was done to it, in order. */
  readonly changes: readonly AppliedChange[];
}

/** Data after the changes of plans, with where each value that they wrote comes from. */
export interface TracedData {
  readonly data: JsonObject;
  readonly origins: ReadonlyMap<string, DataOrigin>;
}

/** The most changes that are remembered for a value; the oldest are forgotten first. */
const maxChanges = 100;

type WritingChange = Exclude<DataChange, { readonly op: "remove" }>;

/** A change as the lineage of a value tells it. */
export function appliedChange(change: WritingChange, plan: PlannedChanges): AppliedChange {
  const by = { planId: plan.id, planDigest: plan.digest, version: plan.toVersion };
  switch (change.op) {
    case "rename":
    case "copy":
      return { op: change.op, from: change.from, ...by };
    case "convert":
      return { op: change.op, to: change.to, ...by };
    case "default":
    case "constant":
      return { op: change.op, ...by };
  }
}

/**
 * The data after the changes of some plans, one plan after the other, as `changedData`, with the origin of what they wrote.
 *
 * @remarks Pure. O(size of the data + changes).
 */
export function tracedData(data: JsonObject, plans: readonly PlannedChanges[]): TracedData {
  const origins = new Map<string, DataOrigin>();
  if (plans.every((plan) => (plan.data ?? []).length === 0)) return { data, origins };
  const bare = bareCopy(data);
  for (const plan of plans) {
    for (const change of plan.data ?? []) {
      const written = applyChange(bare, change);
      if (written !== undefined && change.op !== "remove") {
        const { from } = written;
        const before = from === undefined ? undefined : (origins.get(from) ?? { from, changes: [] });
        origins.set(written.field, {
          ...(before?.from === undefined ? {} : { from: before.from }),
          changes: [...(before?.changes ?? []), appliedChange(change, plan)].slice(-maxChanges),
        });
      }
      for (const field of origins.keys()) if (!Object.hasOwn(bare, field)) origins.delete(field);
    }
  }
  for (const field of origins.keys()) if (isSame(own(data, field), bare[field])) origins.delete(field);
  return { data: deepFreeze({ ...bare }), origins };
}

function isSame(a: unknown, b: unknown): boolean {
  return a === b || (a !== undefined && b !== undefined && digestOf(a) === digestOf(b));
}

/** The lineage of a value, as long as it still is the value that was written. */
export function standingLineage({ variables, lineage }: Session, field: string): FieldLineage | undefined {
  const [known, value] = [own(lineage ?? {}, field), own(variables, field)];
  return known !== undefined && value !== undefined && digestOf(value) === known.wrote ? known : undefined;
}

/** The lineage that a value of the changed data had before the changes. */
export function lineageBehind(session: Session, { origins }: TracedData, field: string): FieldLineage | undefined {
  const origin = origins.get(field);
  const from = origin === undefined ? field : origin.from;
  return from === undefined ? undefined : standingLineage(session, from);
}

/**
 * The lineage of what the changes of plans wrote into the session's data: that of the value they wrote it from, with the changes added.
 * Where nobody knows what a value comes from, it comes from the session's own data; what a plan made comes from the plan.
 *
 * @param at - when it was written
 */
export function changedLineage(
  session: Session,
  traced: TracedData,
  { at, scenarioVersion }: { readonly at: string; readonly scenarioVersion: number },
): Record<string, FieldLineage> {
  const made = [...traced.origins].map(([field, { from, changes }]): [string, FieldLineage] => {
    const before = lineageBehind(session, traced, field);
    const unknown = { confidence: 1, foundAt: at, confirmed: false, scenarioVersion, at };
    const kind = from === undefined ? "plan" : "session";
    const fresh: Omit<FieldLineage, "wrote"> = { source: kind, kind, ...unknown };
    const all = [...(before?.changes ?? []), ...changes].slice(-maxChanges);
    return [field, { ...(before ?? fresh), changes: all, wrote: digestOf(own(traced.data, field)) }];
  });
  return Object.fromEntries(made);
}

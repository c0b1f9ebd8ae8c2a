import type { DataChange, Field, FoundValue, JsonObject, MigrationState, Session } from "../contracts/types.js";
import { convertedTo } from "./data-changes.js";
import { appliedChange, lineageBehind, type PlannedChanges, type TracedData } from "./data-origins.js";

/** The version whose field a found value is; one without a version was found for the way that the session was on then. */
function versionOf({ scenarioVersion }: FoundValue, toVersion: number | undefined): number {
  return scenarioVersion ?? toVersion ?? Number.POSITIVE_INFINITY;
}

/** Of the plans on a way, those that lead on from a version. */
export function plansSince<T extends Pick<PlannedChanges, "fromVersion">>(plans: readonly T[], version: number): T[] {
  return plans.filter(({ fromVersion }) => fromVersion >= version);
}

/** The field whose value a change takes away, writes over or takes to another name. */
export function changedField(change: DataChange): string | undefined {
  if (change.op === "default") return undefined;
  return change.op === "rename" || change.op === "copy" ? change.from : change.field;
}

/** A found value after one change; several where it was copied, none where it is gone. */
function after(
  value: FoundValue,
  change: DataChange,
  plan: PlannedChanges,
  isOpen: (field: string) => boolean,
): FoundValue[] {
  if (changedField(change) !== value.field) return [value];
  if (change.op === "constant" || change.op === "remove" || change.op === "default") return [];
  const changes = [...(value.changes ?? []), appliedChange(change, plan)];
  if (change.op === "convert") {
    const converted = convertedTo(value.value, change.to);
    return [converted === undefined || converted === value.value ? value : { ...value, value: converted, changes }];
  }
  if (change.from === change.to) return [value];
  const taken = isOpen(change.to) ? [{ ...value, field: change.to, changes }] : [];
  return change.op === "copy" ? [value, ...taken] : taken;
}

/**
 * What was found for an earlier version, under the names and in the forms of the one that the session is on its way to now: what was
 * answered once is not asked again under another name.
 *
 * A value that stands under the new name already is kept. What a plan sets or removes takes the place of what was found before.
 *
 * @param plans - those on the session's way, in order
 * @remarks Pure. O(found values x changes).
 */
export function carriedValues(
  { found = [], toVersion }: Pick<MigrationState, "found" | "toVersion">,
  plans: readonly PlannedChanges[],
): readonly FoundValue[] {
  let values: readonly FoundValue[] = found;
  for (const plan of plans) {
    for (const change of plan.data ?? []) {
      const taken = new Set(values.map(({ field }) => field));
      values = values.flatMap((value) =>
        versionOf(value, toVersion) > plan.fromVersion ? [value] : after(value, change, plan, (to) => !taken.has(to)),
      );
    }
  }
  return values;
}

/** Whether a value that was found at some time is too old for the definition of its field. */
export function isTooOld(field: Field | undefined, foundAt: string, now: number): boolean {
  return field?.expiresAfterMs !== undefined && now - Date.parse(foundAt) > field.expiresAfterMs;
}

/**
 * The values of the session's data that were found so long ago that the new version's definition does not take them any more. Of values
 * without a lineage nobody knows the age: they stay.
 *
 * @param now - milliseconds since 1970
 */
export function expiredData(
  session: Session,
  traced: TracedData,
  fields: ReadonlyMap<string, Field>,
  now: number,
): JsonObject {
  if (session.lineage === undefined) return {};
  const old = Object.entries(traced.data).filter(([name]) => {
    const field = fields.get(name);
    if (field?.expiresAfterMs === undefined) return false;
    const known = lineageBehind(session, traced, name);
    return known !== undefined && isTooOld(field, known.foundAt, now);
  });
  return Object.fromEntries(old);
}

/** Data without some of its fields; the same object where there are none. */
export function withoutFields(data: JsonObject, without: JsonObject): JsonObject {
  if (Object.keys(without).length === 0) return data;
  return Object.fromEntries(Object.entries(data).filter(([name]) => !Object.hasOwn(without, name)));
}

import type {
  FieldLineage,
  FilledValue,
  FoundValue,
  JsonObject,
  MigrationState,
  MoveInverse,
  ProfileOutboxItem,
  Session,
} from "../contracts/types.js";
import { canonicalJson } from "../hash/canonical-json.js";
import { digestOf } from "../hash/digest.js";
import { deepFreeze } from "../hash/freeze.js";
import { own } from "../hash/own.js";

/** How one list becomes another one again: places to take out, then items to put back, both ascending. */
interface ListInverse<T> {
  added: number[];
  removed: { at: number; item: T }[];
}

function sameJson(a: unknown, b: unknown): boolean {
  return a === b || (a !== undefined && b !== undefined && canonicalJson(a) === canonicalJson(b));
}

function listInverse<T extends { readonly stepId: string }>(before: readonly T[], after: readonly T[]): ListInverse<T> {
  const added: number[] = [];
  const kept = new Set<number>();
  let from = 0;
  after.forEach((item, at) => {
    let found = from;
    while (found < before.length && !(before[found]?.stepId === item.stepId && sameJson(before[found], item)))
      found += 1;
    if (found === before.length) {
      added.push(at);
      return;
    }
    kept.add(found);
    from = found + 1;
  });
  const removed = before.flatMap((item, at) => (kept.has(at) ? [] : [{ at, item }]));
  return { added, removed };
}

function restoredList<T>(after: readonly T[], { added, removed }: ListInverse<T>): T[] {
  const list = after.filter((_, at) => !added.includes(at));
  for (const { at, item } of removed) list.splice(at, 0, item);
  return list;
}

/** The values that differ: what they were, and the digest of what they are. */
function fieldsInverse(before: JsonObject, after: JsonObject): MoveInverse["fields"] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  const changed = names.flatMap((name): [string, MoveInverse["fields"][string]][] => {
    const [was, is] = [own(before, name), own(after, name)];
    if (sameJson(was, is)) return [];
    const wrote = is === undefined ? {} : { wrote: digestOf(is) };
    return [[name, was === undefined ? wrote : { before: was, ...wrote }]];
  });
  return Object.fromEntries(changed);
}

/** What the session waited for, with the values that the move wrote into its data left out. */
function waitingInverse(
  migration: MigrationState | undefined,
  after: JsonObject,
  fields: MoveInverse["fields"],
): Pick<MoveInverse, "migration" | "filled"> {
  if (migration === undefined) return {};
  const { found, ...state } = migration;
  if (found === undefined) return { migration: state };
  const isFilled = ({ field, value }: FoundValue) =>
    own(fields, field) !== undefined && sameJson(own(after, field), value);
  const left = found.filter((value) => !isFilled(value));
  const filled = found.flatMap((value, at): FilledValue[] => {
    const { value: _, at: foundAt, competing: __, ...rest } = value;
    return isFilled(value) ? [{ ...rest, at, foundAt }] : [];
  });
  return {
    migration: left.length === 0 ? state : { ...state, found: left },
    ...(filled.length === 0 ? {} : { filled }),
  };
}

/**
 * What takes a move back: the values, visits and checkpoints that it changed, as they were before.
 *
 * Values that the move left alone are not in it. Of what the move wrote it keeps digests only.
 *
 * @param before - the session right before the move
 * @param after - the session right after it
 * @param told - what the customer's profile is told about it
 * @remarks Pure. O(visits kept + size of the data).
 */
export function inverseOf(
  before: Session,
  after: Session,
  planIds: readonly string[],
  told?: ProfileOutboxItem,
): MoveInverse {
  const fields = fieldsInverse(before.variables, after.variables);
  return deepFreeze<MoveInverse>({
    at: after.updatedAt,
    planIds: [...planIds],
    scenarioVersion: before.scenarioVersion,
    scenarioChecksum: before.scenarioChecksum,
    stepId: before.stepId,
    toVersion: after.scenarioVersion,
    toStepId: after.stepId,
    fields,
    visits: listInverse(before.stepHistory, after.stepHistory),
    checkpoints: listInverse(before.passedCheckpoints, after.passedCheckpoints),
    ...waitingInverse(before.migration, after.variables, fields),
    ...lineageInverse(before, after, fields),
    ...profileInverse(told),
  });
}

/** Where the values that the move changed came from before, and origins that it dropped. */
function lineageInverse(before: Session, after: Session, fields: MoveInverse["fields"]): Pick<MoveInverse, "lineage"> {
  const origins = Object.entries(before.lineage ?? {}).filter(
    ([field]) => Object.hasOwn(fields, field) || own(after.lineage ?? {}, field) === undefined,
  );
  return origins.length === 0 ? {} : { lineage: Object.fromEntries(origins) };
}

function profileInverse(told: ProfileOutboxItem | undefined): Pick<MoveInverse, "profile"> {
  const { customerId, write = [] } = told ?? {};
  if (customerId === undefined || write.length === 0) return {};
  return {
    profile: { customerId, fields: Object.fromEntries(write.map(({ field, value }) => [field, digestOf(value)])) },
  };
}

/** A session as it was before its last move, and the fields that somebody has written since: they keep their new value. */
export interface TakenBack {
  readonly session: Session;
  readonly kept: readonly string[];
}

/** Whether a session still stands where its last move put it. */
export function isWhereMoved({ inverse, scenarioVersion, stepId, stepHistory }: Session): boolean {
  const last = stepHistory.at(-1);
  return (
    inverse !== undefined &&
    inverse.toVersion === scenarioVersion &&
    inverse.toStepId === stepId &&
    last?.stepId === stepId &&
    last.reason !== "entry" &&
    last.reason !== "transition"
  );
}

/**
 * Takes the last move of a session back.
 *
 * A value that was written again since the move is no longer the move's and stays as it is. Actions that were completed stay
 * completed. Stamps and revision are those of the given session; the mark and what the session waits for since the move are gone.
 *
 * @param inverse - that of the session's last move
 * @returns a frozen session that waits for what it waited for before the move
 * @remarks Pure. O(visits kept + size of the data).
 */
export function takeBack(session: Session, inverse: MoveInverse): TakenBack {
  const { inverse: _, migration: __, pendingMigration: ___, lineage: ____, ...rest } = session;
  const variables = new Map(Object.entries(session.variables));
  const kept: string[] = [];
  for (const [name, { before, wrote }] of Object.entries(inverse.fields)) {
    const now = variables.get(name);
    if ((now === undefined ? undefined : digestOf(now)) !== wrote) kept.push(name);
    else if (before === undefined) variables.delete(name);
    else variables.set(name, before);
  }
  const migration = waitedFor(session, inverse, kept);
  const lineage = lineageBefore(session, inverse, kept);
  return deepFreeze<TakenBack>({
    session: {
      ...rest,
      scenarioVersion: inverse.scenarioVersion,
      scenarioChecksum: inverse.scenarioChecksum,
      stepId: inverse.stepId,
      stepHistory: restoredList(session.stepHistory, inverse.visits),
      passedCheckpoints: restoredList(session.passedCheckpoints, inverse.checkpoints),
      variables: Object.fromEntries(variables),
      ...(migration === undefined ? {} : { migration }),
      ...(Object.keys(lineage).length === 0 ? {} : { lineage }),
    },
    kept: kept.sort(),
  });
}

/** The origins as they were before the move; a value that was written again since has none any more. */
function lineageBefore(
  { lineage = {} }: Session,
  inverse: MoveInverse,
  kept: readonly string[],
): Record<string, FieldLineage> {
  const untouched = Object.entries(lineage).filter(([field]) => !Object.hasOwn(inverse.fields, field));
  const restored = Object.entries(inverse.lineage ?? {}).filter(([field]) => !kept.includes(field));
  return Object.fromEntries([...untouched, ...restored]);
}

function waitedFor(
  { variables }: Session,
  { migration, filled = [] }: MoveInverse,
  kept: readonly string[],
): MigrationState | undefined {
  if (migration === undefined) return undefined;
  const found = [...(migration.found ?? [])];
  for (const { at, foundAt, ...value } of filled) {
    if (!kept.includes(value.field)) found.splice(at, 0, { ...value, value: own(variables, value.field), at: foundAt });
  }
  const { found: _, ...state } = migration;
  return found.length === 0 ? state : { ...state, found };
}

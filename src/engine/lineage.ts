import type { FieldLineage, FoundValue, ProfileOutboxItem, ProfileWrite, Session } from "../contracts/types.js";
import { digestOf } from "../hash/digest.js";
import { own } from "../hash/own.js";
import { changedLineage, type TracedData } from "../session/data-origins.js";

/** The found values that a move has written into the session's data, in the order in which they were found. */
export function writtenOf(before: Session, moved: Session, certain: readonly FoundValue[]): FoundValue[] {
  const stands = ({ variables }: Session, { field, value }: FoundValue) => {
    const known = own(variables, field);
    return known !== undefined && digestOf(known) === digestOf(value);
  };
  return certain.filter((found) => stands(moved, found) && !stands(before, found));
}

/**
 * Where the values of a session come from after a move: what the move found, what its plans changed, and what it left as it was.
 *
 * @param before - right before the move
 * @param traced - the data of that session after the changes of the plans
 */
export function lineageAfter(
  before: Session,
  moved: Session,
  written: readonly FoundValue[],
  traced: TracedData,
): Pick<Session, "lineage"> {
  const { variables, scenarioVersion, updatedAt: at } = moved;
  const made = written.map((found): [string, FieldLineage] => {
    const { field, value, at: foundAt, competing: _, refused: __, scenarioVersion: ___, ...origin } = found;
    return [field, { ...origin, foundAt, scenarioVersion, at, wrote: digestOf(value) }];
  });
  const all = { ...before.lineage, ...changedLineage(before, traced, { at, scenarioVersion }) };
  const kept = Object.entries({ ...all, ...Object.fromEntries(made) }).filter(([field, { wrote }]) => {
    const now = own(variables, field);
    return now !== undefined && digestOf(now) === wrote;
  });
  return kept.length === 0 ? {} : { lineage: Object.fromEntries(kept) };
}

/** What the customer's profile is told about a move: what the person gave or said, and nothing that came from elsewhere. */
export function profileWrites(written: readonly FoundValue[]): ProfileWrite[] {
  return written.flatMap((found) => {
    const { at: foundAt, competing: _, refused: __, scenarioVersion: ___, changes: ____, ...write } = found;
    return found.kind === "person" || found.kind === "conversation" ? [{ ...write, foundAt }] : [];
  });
}

/** The id of what a write tells a profile: the same write again is the same change. */
export function profileItemId({ tenantId, id, revision }: Session, what: "move" | "undo"): string {
  return `${what}:${digestOf([tenantId, id, revision]).slice("sha256:".length)}`;
}

/** The item of the outbox for a profile; undefined where there is nothing to tell. */
export function profileItem(
  session: Session,
  what: "move" | "undo",
  change: Pick<ProfileOutboxItem, "at" | "write" | "takeBack"> & { readonly customerId: string | undefined },
): ProfileOutboxItem | undefined {
  const { customerId, ...told } = change;
  if (customerId === undefined || customerId === "") return undefined;
  if ((told.write ?? []).length + (told.takeBack ?? []).length === 0) return undefined;
  return { id: profileItemId(session, what), kind: "profile", customerId, ...told };
}

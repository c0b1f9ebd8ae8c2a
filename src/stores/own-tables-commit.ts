import type { Session } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import type { SessionCommit, SessionCommitResult } from "../ports/session-store.js";
import { changeDigest } from "./change-digest.js";
import type { Host } from "./own-tables-host.js";
import type { SessionColumn } from "./own-tables-port.js";
import { type OwnContent, type OwnEntry, type OwnOutcome, viewOf, writeOf } from "./own-tables-row.js";

const rememberedKeys = 32;
/** Each writer that comes in between costs one try. */
const maxTries = 100;

/** A save that is refused again and again although the row is as it was expected. */
export function neverFirst(key: { readonly id: string }): RegraftError {
  return new RegraftError("STORE.UNAVAILABLE", `the row of session ${key.id} was not written in ${maxTries} tries`, {
    expected: "a save that writes where version and stamp are those that load has just returned",
    sessionId: key.id,
  });
}

/** Runs an attempt until it comes to an end. */
export async function untilWritten<T>(key: { readonly id: string }, attempt: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const outcome = await attempt();
    if (outcome !== undefined) return outcome;
  }
  throw neverFirst(key);
}

function recall(outcomes: readonly OwnOutcome[], key: string, change: SessionCommit): Session | undefined {
  const known = outcomes.find((one) => one.key === key);
  if (known === undefined) return undefined;
  const { session, expectedRevision } = change;
  if (known.change === changeDigest(change)) {
    const written = { ...session, revision: expectedRevision + 1 };
    return frozenCopy(known.mark === undefined ? written : { ...written, pendingMigration: known.mark });
  }
  throw new RegraftError("STORE.IDEMPOTENCY_CONFLICT", "the key was used for another change of this session", {
    expected: "the change first sent under this key",
    idempotencyKey: key,
    sessionId: session.id,
  });
}

function refuseRecords({ records }: SessionCommit): void {
  if (records === undefined || records.length === 0) return;
  throw new RegraftError("INPUT.INVALID", "this store keeps no records", {
    path: "/records",
    expected: "records in the outbox of the session, or in a store of their own",
    received: `${records.length} records`,
  });
}

/** The content that a change makes of a row. */
function nextContent(
  entry: OwnEntry | undefined,
  change: SessionCommit,
  created: Session["pendingMigration"],
  key: string | undefined,
): OwnContent {
  const before = entry?.content;
  const session = frozenCopy({ ...change.session, revision: (entry?.version ?? 0) + 1 });
  const kept = before === undefined ? created : before.mark;
  const mark = change.clearMark === true || kept === undefined ? {} : { mark: kept };
  const outcomes = change.forget === true ? [] : (before?.outcomes ?? []);
  if (key === undefined) return { session, ...mark, outcomes };
  const outcome = { key, change: changeDigest(change), ...mark };
  return { session, ...mark, outcomes: [outcome, ...outcomes].slice(0, rememberedKeys) };
}

/** Writes a session if it still is at the expected revision. A mark that comes in between makes it try again. */
export async function commitTo<C extends SessionColumn>(
  host: Host<C>,
  given: SessionCommit,
  idempotencyKey: string | undefined,
): Promise<SessionCommitResult> {
  refuseRecords(given);
  const { pendingMigration, ...session } = given.session;
  const change = frozenCopy({ ...given, session });
  const created = pendingMigration && frozenCopy(pendingMigration);
  const { expectedRevision } = change;
  return untilWritten(session, async () => {
    const entry = await host.load(session);
    const outcomes = entry?.content?.outcomes ?? [];
    const settled = idempotencyKey === undefined ? undefined : recall(outcomes, idempotencyKey, change);
    if (settled !== undefined) return { ok: true, session: settled, repeated: true };
    // A row that regraft has never written is no session yet: creating one takes it over.
    const actual = entry?.content === undefined ? 0 : entry.version;
    if (actual !== expectedRevision) return { ok: false, conflict: { expected: expectedRevision, actual } };
    const content = nextContent(entry, change, created, idempotencyKey);
    const stamp = (entry?.stamp ?? 0) + 1;
    const isWritten = await host.save(session, writeOf(host.columns, content, stamp), entry && versionOf(entry));
    return isWritten ? { ok: true, session: viewOf(content), repeated: false } : undefined;
  });
}

/** What a row is compared by. */
export function versionOf({ version, stamp }: OwnEntry): { readonly version: number; readonly stamp: number } {
  return { version, stamp };
}

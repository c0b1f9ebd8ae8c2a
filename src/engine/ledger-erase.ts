import type { Session } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { tombstoneTypes } from "../ledger/tombstones.js";
import { requireBy } from "./by.js";
import { type Engine, happened, subjectOf, timeOf } from "./context.js";
import { deliverOutbox } from "./outbox.js";
import { requireReason } from "./reason.js";
import { holdRecords } from "./retention-holds.js";
import { changeSession, requireSession } from "./session-records.js";

/** Who erases a session's personal data, and why. */
export interface ErasureInput {
  readonly by: string;
  readonly reason: string;
}

/** What is left of a session. */
export interface ErasureResult {
  readonly session: Session;
  /** Ledger entries that lost their data in this call. */
  readonly entries: number;
}

/** The session without what the person said or is known by: where it went stays, for counts and audits. */
function withoutPerson(session: Session): Session {
  const {
    customerId: _,
    inverse: __,
    migration: ___,
    lineage: ____,
    outbox: _____,
    completedActions,
    ...rest
  } = session;
  const done = completedActions?.map(({ evidence: _evidence, ...action }) => action);
  return {
    ...rest,
    variables: {},
    status: session.status === "exited" ? "exited" : "closed",
    ...(done === undefined ? {} : { completedActions: done }),
  };
}

async function checkNotHeld(engine: Engine, sessionId: string): Promise<void> {
  const hold = (await holdRecords(engine)).find(({ subject }) => subject.sessionId === sessionId);
  if (hold === undefined) return;
  throw new RegraftError("RETENTION.LEGAL_HOLD", `session ${sessionId} is kept by a legal hold`, {
    expected: "a session that no legal hold names",
    received: `a hold by ${hold.by}`,
  });
}

/** The number up to which the last entry of a stream has recorded an erasure; undefined where its last entry is another one. */
async function recordedThrough(
  engine: Engine,
  sessionId: string,
): Promise<{ head: number; through: number | undefined }> {
  const stream = subjectOf(engine, "session", sessionId);
  const { head } = await engine.records.read(stream, { limit: 1 });
  const { entries } = await engine.records.read(stream, { after: Math.max(head - 1, 0), limit: 1 });
  const last = entries.at(-1);
  const through = last?.type === tombstoneTypes.erased && last.erased !== true ? last.data.through : undefined;
  return { head, through: typeof through === "number" ? through : undefined };
}

/**
 * Erases the personal data of a session for good: its variables, customer, answers, inverse and evidence, and the data of all its ledger
 * entries, whose chain goes on to verify. The session is over then. Erasing again goes on where a crash has stopped it, and else
 * changes nothing.
 */
export async function eraseSession(engine: Engine, sessionId: string, input: ErasureInput): Promise<ErasureResult> {
  const by = requireBy(input);
  const reason = requireReason(input, "an erasure");
  await checkNotHeld(engine, sessionId);
  let through = 0;
  const session = await changeSession(engine, sessionId, async (present) => {
    await deliverOutbox(engine, present);
    const recorded = await recordedThrough(engine, sessionId);
    through = recorded.through ?? recorded.head;
    if (recorded.through !== undefined) return undefined;
    const fields = Object.keys(present.variables).length;
    const record = happened(engine, tombstoneTypes.erased, { by, reason, through, fields });
    const erased = { ...withoutPerson(present), updatedAt: timeOf(engine) };
    return { session: erased, clearMark: true, forget: true, records: [record] };
  });
  if (through === 0) return { session, entries: 0 };
  await deliverOutbox(engine, await requireSession(engine, sessionId));
  const stream = subjectOf(engine, "session", sessionId);
  const { erased } = await engine.records.erase(stream, { through, part: "data" });
  return { session, entries: erased };
}

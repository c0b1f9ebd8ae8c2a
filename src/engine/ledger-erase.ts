import type { Session } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { tombstoneTypes } from "../ledger/tombstones.js";
import type { Subject } from "../ports/subject.js";
import { requireBy } from "./by.js";
import { type Engine, happened, maxAttempts, subjectOf, timeOf } from "./context.js";
import { dropLetter, letterKind } from "./dead-letters.js";
import { deliverOutbox } from "./outbox.js";
import { requireReason } from "./reason.js";
import { holdRecords, holdStream } from "./retention-holds.js";
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

/**
 * The session without what the person said or is known by: where it went stays, for counts and audits. What stays is named, so that
 * nothing stays that is added to sessions later.
 */
function withoutPerson(session: Session): Session {
  const { tenantId, id, scenarioId, scenarioVersion, scenarioChecksum, stepId, revision } = session;
  const { createdAt, updatedAt, lastActivityAt, stepHistory, passedCheckpoints, completedActions, status } = session;
  const done = completedActions?.map(({ evidence: _, by: __, ...action }) => action);
  return {
    ...{ tenantId, id, scenarioId, scenarioVersion, scenarioChecksum, stepId, revision },
    ...{ createdAt, updatedAt, lastActivityAt },
    stepHistory: stepHistory.map(({ stepName: _, checkpointDescription: __, ...visit }) => visit),
    passedCheckpoints: passedCheckpoints.map(({ checkpointDescription: _, ...passed }) => passed),
    variables: {},
    status: status === "exited" ? "exited" : "closed",
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
  stream: Subject,
): Promise<{ head: number; through: number | undefined }> {
  const { head } = await engine.records.read(stream, { limit: 1 });
  const { entries } = await engine.records.read(stream, { after: Math.max(head - 1, 0), limit: 1 });
  const last = entries.at(-1);
  const through = last?.type === tombstoneTypes.erased && last.erased !== true ? last.data.through : undefined;
  return { head, through: typeof through === "number" ? through : undefined };
}

/** Erases the data of a stream beside the session's own, which says that it did. */
async function eraseStream(engine: Engine, stream: Subject, told: ErasureInput): Promise<number> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const { head, through = head } = await recordedThrough(engine, stream);
    if (through === 0) return 0;
    if (through === head) {
      const record = happened(engine, tombstoneTypes.erased, { ...told, through });
      const { ok } = await engine.records.append(stream, [record], { expectedSeq: head });
      if (!ok) continue;
    }
    return (await engine.records.erase(stream, { through, part: "data" })).erased;
  }
  throw new RegraftError("STORE.CONFLICT", "a stream that is to be erased is written by others all the time");
}

/** What else tells of a session: the letter about it, and the legal holds that have kept it. */
async function eraseBeside(engine: Engine, sessionId: string, told: ErasureInput): Promise<number> {
  await dropLetter(engine, sessionId);
  const letters = await eraseStream(engine, subjectOf(engine, letterKind, sessionId), told);
  return letters + (await eraseStream(engine, holdStream(engine, { sessionId }), told));
}

/**
 * Erases the personal data of a session for good: its variables, customer, channel, answers, inverse and evidence, the dead letter about
 * it, and the data of all ledger entries about it, whose chain goes on to verify. The session is over then. Erasing again goes on where a crash has stopped it, and else
 * changes nothing.
 */
export async function eraseSession(engine: Engine, sessionId: string, input: ErasureInput): Promise<ErasureResult> {
  const by = requireBy(input);
  const reason = requireReason(input, "an erasure");
  await checkNotHeld(engine, sessionId);
  let through = 0;
  const session = await changeSession(engine, sessionId, async (present) => {
    await deliverOutbox(engine, present);
    const recorded = await recordedThrough(engine, subjectOf(engine, "session", sessionId));
    through = recorded.through ?? recorded.head;
    if (recorded.through !== undefined) return undefined;
    const fields = Object.keys(present.variables).length;
    const record = happened(engine, tombstoneTypes.erased, { by, reason, through, fields });
    const erased = { ...withoutPerson(present), updatedAt: timeOf(engine) };
    return { session: erased, clearMark: true, forget: true, records: [record] };
  });
  const beside = await eraseBeside(engine, sessionId, { by, reason });
  if (through === 0) return { session, entries: beside };
  await deliverOutbox(engine, await requireSession(engine, sessionId));
  const stream = subjectOf(engine, "session", sessionId);
  const { erased } = await engine.records.erase(stream, { through, part: "data" });
  return { session, entries: erased + beside };
}

import type { Session } from "../contracts/types.js";
import { type DeadLetter, parked } from "../resilience/dead-letter.js";
import { type Engine, happened, maxAttempts, subjectOf, timeOf } from "./context.js";
import { measure } from "./telemetry.js";

/** The kind of records and streams of dead letters. */
export const letterKind = "dead-letter";

/** A session that could not be decided about. */
export interface ParkInput {
  readonly error: unknown;
  /** Tries that failed now. */
  readonly attempts: number;
  readonly operation: "drain" | "reconcile";
  readonly messageId?: string;
}

/** By what retention knows what a letter needs. */
function tagsOf({ payload, status }: DeadLetter): Readonly<Record<string, string>> {
  const { planId, scenarioId, version } = payload;
  return { scenarioId, version: String(version), status, ...(planId === undefined ? {} : { planId }) };
}

/** Those of some sessions that are parked. */
export async function parkedAmong(engine: Engine, sessions: readonly Session[]): Promise<ReadonlySet<string>> {
  if (sessions.length === 0) return new Set();
  const ids = sessions.map(({ id }) => id);
  const query = { kind: letterKind, tenantId: engine.tenantId, ids, tags: { status: "parked" } };
  const { records } = await engine.records.find(query, { limit: ids.length });
  return new Set(records.map(({ id }) => id));
}

/** The letter about a session that is parked or requeued. */
export async function letterOf(engine: Engine, id: string): Promise<DeadLetter | undefined> {
  const record = await engine.records.load(subjectOf(engine, letterKind, id));
  return record?.body as DeadLetter | undefined;
}

/**
 * Puts a letter in the place of another one: written, told to the ledger, then named. A letter that is settled is named no more.
 *
 * @returns whether the letter before still was the one that is replaced
 */
export async function replaceLetter(
  engine: Engine,
  before: DeadLetter | undefined,
  after: DeadLetter,
  told: Readonly<Record<string, unknown>> = {},
): Promise<boolean> {
  const { records } = engine;
  const at = subjectOf(engine, letterKind, after.id);
  const pointer = await records.pointer(at);
  const known = pointer === undefined ? undefined : await records.load(at, pointer);
  const body = known?.body as DeadLetter | undefined;
  if (body?.status !== before?.status || body?.attempts !== before?.attempts) return false;
  const { digest } = await records.put({ ...at, tags: tagsOf(after), body: after });
  const { status, reason, attempts, payload } = after;
  const data = { id: after.id, reason, attempts, payload, ...told };
  await records.append(at, [happened(engine, `dead_letter.${status}`, data)]);
  const isOver = status === "resolved" || status === "discarded";
  const { ok } = await records.cas(at, pointer, isOver ? undefined : digest);
  if (ok && pointer !== undefined && pointer !== digest) await records.drop(at, pointer);
  if (ok && isOver) await records.drop(at, digest);
  if (ok) measure(engine, "regraft.dead_letters", 1, { event: status });
  return ok;
}

/** Sets a session aside. A store that fails meanwhile stops nobody: the session fails again, and is set aside then. */
export async function park(engine: Engine, session: Session, input: ParkInput): Promise<void> {
  try {
    await parkNow(engine, session, input);
  } catch (error) {
    engine.logger?.error({ sessionId: session.id, error: String(error) }, "dead letter could not be written");
  }
}

async function parkNow(engine: Engine, session: Session, { error, attempts, ...origin }: ParkInput): Promise<void> {
  const { id: sessionId, scenarioId, scenarioVersion: version, stepId, revision, pendingMigration } = session;
  const planId = pendingMigration?.planId;
  const payload = {
    ...origin,
    ...{ sessionId, scenarioId, version, stepId, revision },
    ...(planId === undefined ? {} : { planId }),
  };
  const failure = { reason: "EXEC.POISON" as const, error: String(error), attempts, at: timeOf(engine), payload };
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const before = await letterOf(engine, sessionId);
    const letter = parked(before, failure, before?.idempotencyKey ?? engine.ids.next("letter"));
    if (await replaceLetter(engine, before, letter)) return;
  }
}

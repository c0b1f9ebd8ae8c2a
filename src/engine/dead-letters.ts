import { redactText } from "../contracts/redact-text.js";
import type { Session } from "../contracts/types.js";
import { digestOf } from "../hash/digest.js";
import { type DeadLetter, parked } from "../resilience/dead-letter.js";
import { type Engine, happened, maxAttempts, subjectOf, timeOf } from "./context.js";
import { letterTags } from "./record-tags.js";
import { measure } from "./telemetry.js";

/** The kind of records and streams of dead letters. */
export const letterKind = "dead-letter";
/** Entries of a letter's stream that are read at a time. */
const pageLimit = 500;

/** A session that could not be decided about. */
export interface ParkInput {
  readonly error: unknown;
  /** Tries that failed now. */
  readonly attempts: number;
  readonly operation: "drain" | "reconcile";
  readonly messageId?: string;
}

/** Those of some sessions that are parked. */
export async function parkedAmong(engine: Engine, sessions: readonly Session[]): Promise<ReadonlySet<string>> {
  if (sessions.length === 0) return new Set();
  const ids = sessions.map(({ id }) => id);
  const query = { kind: letterKind, tenantId: engine.tenantId, ids };
  const { records } = await engine.records.find(query, { limit: ids.length });
  return new Set(records.filter(({ body }) => (body as DeadLetter).status === "parked").map(({ id }) => id));
}

/** The letter about a session that is parked or requeued. */
export async function letterOf(engine: Engine, id: string): Promise<DeadLetter | undefined> {
  const record = await engine.records.load(subjectOf(engine, letterKind, id));
  return record?.body as DeadLetter | undefined;
}

/**
 * Puts a letter in the place of another one: told to the ledger, written, then named. A letter that is settled is named no more. It is
 * told first so that erasure finds by its digest whatever a crash has left of it.
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
  const { status, reason, attempts, payload } = after;
  const digest = digestOf(after);
  const data = { id: after.id, reason, attempts, payload, digest, ...told };
  await records.append(at, [happened(engine, `dead_letter.${status}`, data)]);
  await records.put({ ...at, tags: letterTags(after), body: after });
  const isOver = status === "resolved" || status === "discarded";
  const { ok } = await records.cas(at, pointer, isOver ? undefined : digest);
  if (ok && pointer !== undefined && pointer !== digest) await records.drop(at, pointer);
  if (!ok || isOver) await records.drop(at, digest);
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

async function isOver({ sessions }: Engine, { tenantId, id }: Session): Promise<boolean> {
  const status = (await sessions.get({ tenantId, id }))?.status;
  return status !== "active" && status !== "idle" && status !== "suspended";
}

async function parkNow(engine: Engine, session: Session, { error, attempts, ...given }: ParkInput): Promise<void> {
  if (await isOver(engine, session)) return;
  const { id: sessionId, scenarioId, scenarioVersion: version, stepId, revision, pendingMigration } = session;
  // What is thrown is anybody's text: a letter with a secret would be refused, and the session tried for ever.
  const { messageId, ...origin } = given;
  const planId = pendingMigration?.planId;
  const payload = {
    ...origin,
    ...(messageId === undefined ? {} : { messageId: redactText(messageId).text }),
    ...{ sessionId, scenarioId, version, stepId, revision },
    ...(planId === undefined ? {} : { planId }),
  };
  const failure = {
    reason: "EXEC.POISON" as const,
    error: redactText(String(error)).text,
    attempts,
    at: timeOf(engine),
    payload,
  };
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const before = await letterOf(engine, sessionId);
    const letter = parked(before, failure, before?.idempotencyKey ?? engine.ids.next("letter"));
    if (!(await replaceLetter(engine, before, letter))) continue;
    // Erased meanwhile: erasure has looked for a letter before this one was there.
    if (await isOver(engine, session)) await dropLetter(engine, sessionId);
    return;
  }
}

/** Takes the letter about a session away, with all that its stream knows to have been kept of it and of letters before. */
export async function dropLetter(engine: Engine, sessionId: string): Promise<void> {
  const { records } = engine;
  const at = subjectOf(engine, letterKind, sessionId);
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const pointer = await records.pointer(at);
    if (pointer === undefined) break;
    const { ok } = await records.cas(at, pointer, undefined);
    if (ok && (await records.drop(at, pointer))) break;
  }
  for (let after = 0, head = 1; after < head; ) {
    const page = await records.read(at, { after, limit: pageLimit });
    for (const { data } of page.entries) if (typeof data.digest === "string") await records.drop(at, data.digest);
    head = page.entries.length === 0 ? 0 : page.head;
    after = page.entries.at(-1)?.seq ?? 0;
  }
}

import type { ProfileOutboxItem, Session } from "../contracts/types.js";
import { isRegraftError, RegraftError } from "../errors.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import type { LedgerRecord } from "../ports/ledger.js";
import type { CommitOptions, SessionCommit } from "../ports/session-store.js";
import { type Engine, maxAttempts } from "./context.js";
import { withState } from "./ledger-state.js";
import { deliverNow, deliverOutbox, posted } from "./outbox.js";

/** What one write does to a session. */
export type SessionChange = Pick<SessionCommit, "session" | "clearMark" | "forget"> & {
  /** What the ledger is told, in order. */
  readonly records: readonly LedgerRecord[];
  /** What the customer's profile is told, in order. */
  readonly outbox?: readonly ProfileOutboxItem[];
};

/** The session with its mark. */
export async function requireSession(engine: Engine, id: string): Promise<Session> {
  return required(await engine.sessions.get({ tenantId: engine.tenantId, id }), id);
}

/** A session that was read, where there has to be one. */
export function required(session: Session | undefined, id: string): Session {
  if (session !== undefined) return session;
  throw new RegraftError("SESSION.NOT_FOUND", `there is no session ${id}`, {
    expected: "the id of a session",
    received: id,
  });
}

/** Refuses sessions that are over. */
export function requireOpen({ id, status }: Session): void {
  if (status !== "closed" && status !== "exited") return;
  throw new RegraftError("SESSION.CLOSED", `session ${id} is ${status}`, {
    expected: "a session that is not over",
    received: status,
  });
}

/** Refuses variables that are no JSON or larger than the configuration allows. */
export function checkSize(engine: Engine, variables: Session["variables"]): void {
  checkBytes(engine, variables, "variables");
}

/** The same for another part that a caller gives. */
export function checkBytes({ config: { limits } }: Engine, value: unknown, name: string): void {
  const bytes = new TextEncoder().encode(JSON.stringify(frozenCopy(value))).length;
  if (bytes <= limits.maxVariableBytes) return;
  throw new RegraftError("INPUT.INVALID", `the ${name} take ${bytes} bytes`, {
    path: `/${name}`,
    expected: `at most ${limits.maxVariableBytes} bytes`,
    received: String(bytes),
  });
}

/** Why a write was not made: somebody else was faster, or had settled the same message before. */
export type NotWritten = "conflict" | "settled";

/**
 * Writes a session at the revision it was read at, together with its ledger records. What the write before has left to be
 * delivered is delivered first, so that the stream of a session is in the order of its writes.
 *
 * @param before - the session as it was read; undefined creates it
 * @returns the session as stored, or why it was not written
 */
export async function commitSession(
  engine: Engine,
  before: Session | undefined,
  { clearMark, forget, ...told }: SessionChange,
  options: CommitOptions = {},
): Promise<Session | NotWritten> {
  const delivery = before === undefined ? { left: [] } : await deliverOutbox(engine, before);
  // Who is to be forgotten is not told to a profile later on.
  const left = forget === true ? [] : delivery.left;
  const expectedRevision = before?.revision ?? 0;
  const more = { ...(clearMark === undefined ? {} : { clearMark }), ...(forget === undefined ? {} : { forget }) };
  try {
    const records = withState(told.records, before, { session: told.session, clearMark });
    const change = { ...posted(engine, { ...told, records }, expectedRevision, left), ...more, expectedRevision };
    const result = await engine.sessions.commit(change, options);
    if (!result.ok) return "conflict";
    await deliverNow(engine, result.session);
    return result.repeated ? "settled" : result.session;
  } catch (error) {
    // The message was settled at another time: its ledger entry says with what.
    if (options.idempotencyKey !== undefined && isRegraftError(error, "STORE.IDEMPOTENCY_CONFLICT")) return "settled";
    throw error;
  }
}

/** Changes a session, again and again while others are faster. Undefined from `decide` leaves it as it is. */
export async function changeSession(
  engine: Engine,
  id: string,
  decide: (session: Session) => SessionChange | undefined | Promise<SessionChange | undefined>,
): Promise<Session> {
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const session = await requireSession(engine, id);
    const change = await decide(session);
    if (change === undefined) return session;
    const written = await commitSession(engine, session, change);
    if (typeof written !== "string") return written;
  }
  throw tooBusy(id);
}

/** Others change the session faster than the engine can. */
export function tooBusy(id: string): RegraftError {
  return new RegraftError("SESSION.CONFLICT", `session ${id} is being changed by others all the time`, {
    received: `${maxAttempts} conflicts`,
  });
}

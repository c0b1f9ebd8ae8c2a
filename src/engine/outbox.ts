import type { LedgerOutboxItem, OutboxItem, ProfileOutboxItem, Session } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { digestOf } from "../hash/digest.js";
import type { LedgerRecord } from "../ports/ledger.js";
import type { SessionCommit } from "../ports/session-store.js";
import { type Engine, subjectOf } from "./context.js";
import { deliverProfile, profileItems } from "./outbox-profile.js";

/** A write of a session, before it is known where what it tells goes. */
export interface Told {
  readonly session: Session;
  readonly records: readonly LedgerRecord[];
  /** For the customer's profile, which is always elsewhere. */
  readonly outbox?: readonly ProfileOutboxItem[];
}

/** What became of an outbox. */
export interface Delivery {
  /** Items that nobody had delivered before, as far as can be known. */
  readonly delivered: number;
  /** Items that could not be delivered, and those behind them: they go along with the next write. */
  readonly left: readonly OutboxItem[];
}

/**
 * Where what a write tells travels: beside the session where one store keeps both, else in the session itself.
 *
 * The outbox that the session still has is replaced: all of it but `left` has been delivered.
 *
 * @throws RegraftError `INPUT.INVALID` for records that no ledger can take
 */
export function posted(
  engine: Engine,
  { session: given, records, outbox: added = [] }: Told,
  expectedRevision: number,
  left: readonly OutboxItem[],
): Pick<SessionCommit, "session" | "records"> {
  const { outbox: _, ...session } = given;
  const apart: unknown = engine.records;
  const isApart = apart !== engine.sessions;
  const ledger = isApart && records.length > 0 ? [ledgerItem(records, expectedRevision)] : [];
  const outbox = [...ledger, ...left, ...added];
  return {
    session: outbox.length === 0 ? session : { ...session, outbox },
    ...(isApart ? {} : { records }),
  };
}

/** The digest keeps the id apart from that of an earlier session of the same name, whose row the host has deleted. */
function ledgerItem(records: readonly LedgerRecord[], expectedRevision: number): LedgerOutboxItem {
  const id = `revision:${expectedRevision + 1}:${digestOf(records)}`;
  return { id, kind: "ledger", records: records.map(({ type, at, data }) => ({ type, at, data })) };
}

/**
 * Delivers what the last write of a session has to tell elsewhere, the ledger first. Delivering again changes nothing, and costs
 * nothing where this process has done it before.
 *
 * @throws what the ledger throws; what a profile throws leaves its items behind
 */
export async function deliverOutbox(engine: Engine, session: Session): Promise<Delivery> {
  let delivered = await deliverLedger(engine, session);
  const items = profileItems(session.outbox);
  for (const [at, item] of items.entries()) {
    if (isDelivered(engine, session, item)) continue;
    // A later item may take back what an earlier one writes, so none overtakes another.
    if (!(await deliverProfile(engine, session, item))) return { delivered, left: items.slice(at) };
    remember(engine, session, item);
    delivered += 1;
  }
  return { delivered, left: [] };
}

/** Delivers what a session's stream lacks: what reads the stream asks for this first. */
export async function deliverLedger(engine: Engine, session: Session): Promise<number> {
  const stream = subjectOf(engine, "session", session.id);
  let delivered = 0;
  for (const item of session.outbox ?? []) {
    if (item.kind !== "ledger" || isDelivered(engine, session, item)) continue;
    const appended = await engine.records.append(stream, item.records, { idempotencyKey: item.id });
    if (!appended.ok) {
      throw new RegraftError("STORE.CONFLICT", `the ledger refused entries of session ${session.id}`, {
        expectedSeq: appended.conflict.expected,
        actualSeq: appended.conflict.actual,
      });
    }
    if (!appended.repeated) delivered += 1;
    remember(engine, session, item);
  }
  return delivered;
}

/**
 * Delivers what a write has just left in the outbox. The write is made, so a failure is no failure of the call: the next one
 * that needs the delivery makes it, or fails.
 */
export async function deliverNow(engine: Engine, session: Session): Promise<void> {
  try {
    await deliverOutbox(engine, session);
  } catch (error) {
    const fields = { sessionId: session.id, tenantId: engine.tenantId, error: String(error) };
    engine.logger?.warn(fields, "outbox not delivered yet");
  }
}

function nameOf(engine: Engine, session: Session, { id }: OutboxItem): string {
  return JSON.stringify([engine.tenantId, session.id, id]);
}

function isDelivered(engine: Engine, session: Session, item: OutboxItem): boolean {
  return engine.cache.delivered.get(nameOf(engine, session, item)) === true;
}

function remember(engine: Engine, session: Session, item: OutboxItem): void {
  engine.cache.delivered.set(nameOf(engine, session, item), true);
}

import type { Session } from "../contracts/types.js";
import { isRegraftError } from "../errors.js";
import { type Engine, readPageSize } from "./context.js";
import { requireObject } from "./input.js";
import { deliverOutbox } from "./outbox.js";
import { tellUnreadable } from "./unreadable.js";

/** Which part of the sessions to look through. */
export interface DeliverOptions {
  /** Greatest number of sessions to look at, 1,000 if absent. */
  readonly limit?: number;
  /** Where the page before stopped. */
  readonly cursor?: string;
  /** Only what was written at most so long ago, so that a frequent sweep leaves alone what an earlier one has settled. */
  readonly maxAgeMs?: number;
}

/** What a sweep has done. */
export interface Delivered {
  /** Sessions looked at. */
  readonly scanned: number;
  /** Items that somebody had left undelivered. */
  readonly delivered: number;
  /** Sessions whose outbox could not be delivered; the log says why. */
  readonly failed: readonly string[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

function isWanted(engine: Engine, { outbox }: Session, maxAgeMs: number | undefined): boolean {
  if (outbox === undefined) return false;
  if (maxAgeMs === undefined) return true;
  const since = engine.clock.now() - maxAgeMs;
  const times = outbox.flatMap((item) => (item.kind === "ledger" ? item.records.map(({ at }) => at) : item.at));
  return times.some((at) => Date.parse(at) >= since);
}

/**
 * Delivers what processes that ended between a write and its delivery have left, a page of sessions at a time. Looks at sessions with
 * an outbox only, and takes it off where all was delivered: the next sweep costs as much as was written since. Stores that do not declare
 * `indexedOutbox` are read whole.
 */
export async function deliver(engine: Engine, options: DeliverOptions = {}): Promise<Delivered> {
  requireObject(options, "");
  const { limit = readPageSize(engine), cursor, maxAgeMs } = options;
  const request = { limit, ...(cursor === undefined ? {} : { cursor }) };
  const page = await engine.sessions.scan({ tenantId: engine.tenantId, outbox: true }, request);
  tellUnreadable(engine, page);
  let delivered = 0;
  const failed: string[] = [];
  for (const session of page.sessions) {
    if (!isWanted(engine, session, maxAgeMs)) continue;
    try {
      const delivery = await deliverOutbox(engine, session);
      delivered += delivery.delivered;
      if (delivery.left.length > 0) failed.push(session.id);
      else await engine.sessions.settle?.(session);
    } catch (error) {
      // Nothing can be delivered now: the caller comes back with the same cursor.
      if (isRegraftError(error, "STORE.UNAVAILABLE")) throw error;
      engine.logger?.error({ sessionId: session.id, error: String(error) }, "outbox cannot be delivered");
      failed.push(session.id);
    }
  }
  const { length: scanned } = page.sessions;
  return { scanned, delivered, failed, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) };
}

import type { Session } from "../contracts/types.js";
import type { LedgerEntry } from "../ports/ledger.js";
import { type Engine, subjectOf } from "./context.js";
import { deliverLedger } from "./outbox.js";

/** Entries of a session's ledger that are read at once; the latest of them are searched for every message. */
const pageLength = 200;

/**
 * The ledger entry with which a message was settled.
 *
 * @param keys - under which of them it may have been
 * @param everywhere - search all of the ledger, from its end; otherwise its latest entries only
 */
export async function settlingEntry(
  engine: Engine,
  session: Session,
  keys: ReadonlySet<string>,
  everywhere: boolean,
): Promise<LedgerEntry | undefined> {
  if (session.revision === 1) return undefined;
  await deliverLedger(engine, session);
  const stream = subjectOf(engine, "session", session.id);
  const { head } = await engine.records.read(stream, { limit: 1 });
  let after = head;
  do {
    const end = after;
    after = Math.max(0, end - pageLength);
    const { entries } = await engine.records.read(stream, { after, limit: pageLength });
    const found = entries.findLast(({ data, seq }) => seq <= end && typeof data.key === "string" && keys.has(data.key));
    if (found !== undefined) return found;
  } while (everywhere && after > 0);
  return undefined;
}

import type { ReconciliationResult, Session } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import type { LedgerEntry } from "../ports/ledger.js";
import { consider } from "./consider.js";
import { type Engine, maxAttempts, subjectOf } from "./context.js";
import { logOutcome } from "./log.js";
import { outcomeOf, reconciled, resultOf } from "./outcome.js";
import { commitSession, requireSession, tooBusy } from "./session-records.js";
import { storedWorld } from "./world.js";

/** What triggered a reconciliation. */
export interface ReconcileOptions {
  /** The same id again returns the same result, without a second effect. */
  readonly messageId?: string;
}

const maxIdLength = 512;

/** Latest entries of a session's ledger that are searched for a message that was settled before. */
const remembered = 200;

/**
 * Decides about a session at its message and writes the decision once: step, version, checksum, mark, visit, data and ledger
 * entry together, at the revision that was read. Whoever is second reads again and decides anew.
 *
 * @param use - tells apart the calls that carry the same message id
 */
export async function reconcile(
  engine: Engine,
  sessionId: string,
  { messageId }: ReconcileOptions = {},
  use = "reconcile",
): Promise<ReconciliationResult> {
  checkMessageId(messageId);
  const key = messageId === undefined ? undefined : `${use}:${messageId}`;
  const world = storedWorld(engine);
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const session = await requireSession(engine, sessionId);
    const entry = key === undefined ? undefined : await entryOf(engine, session, key);
    const settled = entry === undefined ? undefined : restored(session, entry);
    if (settled !== undefined) return settled;
    const outcome = outcomeOf(engine, session, await consider(engine, world, session, engine));
    const { change } = outcome;
    if (change === undefined) return told(engine, resultOf(outcome.decision, session, messageId));
    const { pendingMigration, ...unmarked } = change.session;
    const mark = change.clearMark === true ? undefined : session.pendingMigration;
    const after: Session = mark === undefined ? unmarked : { ...unmarked, pendingMigration: mark };
    const result = resultOf(outcome.decision, after, messageId);
    const record = reconciled(engine, session, outcome, result, key);
    const commitKey = entry === undefined ? key : undefined;
    const written = await commitSession(engine, session.revision, { ...change, record }, commitKey);
    if (written !== undefined) return told(engine, result);
  }
  throw tooBusy(sessionId);
}

function checkMessageId(messageId: string | undefined): void {
  if (messageId === undefined || (messageId.length > 0 && messageId.length <= maxIdLength)) return;
  throw new RegraftError("INPUT.INVALID", "the id of the message cannot be used", {
    path: "/messageId",
    expected: `a text of 1 to ${maxIdLength} characters`,
    received: `${messageId.length} characters`,
  });
}

function told(engine: Engine, result: ReconciliationResult): ReconciliationResult {
  logOutcome(engine, result);
  return result;
}

/**
 * The result that the ledger keeps for a message. A value to be confirmed, which it does not keep, is taken from the session;
 * undefined if the session has been told about it since.
 */
function restored({ migration }: Session, { data }: LedgerEntry): ReconciliationResult | undefined {
  const result = data.result as ReconciliationResult;
  const reasons: ReconciliationResult["reasons"] = [...result.reasons, "MIGRATION.SETTLED"];
  if (result.action !== "confirm") return { ...result, reasons };
  const found = migration?.found?.find(({ field, confirmed }) => field === result.field && !confirmed);
  return found === undefined ? undefined : { ...result, reasons, value: found.value, quote: found.quote ?? "" };
}

async function entryOf(engine: Engine, session: Session, key: string): Promise<LedgerEntry | undefined> {
  if (session.revision === 1) return undefined;
  const stream = subjectOf(engine, "session", session.id);
  const { head } = await engine.records.read(stream, { limit: 1 });
  const { entries } = await engine.records.read(stream, { after: Math.max(0, head - remembered), limit: remembered });
  return entries.findLast(({ data }) => data.key === key);
}

import type { ReconciliationResult, Session } from "../contracts/types.js";
import type { LedgerEntry, LedgerRecord } from "../ports/ledger.js";
import { consider } from "./consider.js";
import { type Engine, maxAttempts, subjectOf } from "./context.js";
import { refused } from "./facts.js";
import { logOutcome } from "./log.js";
import { checkMessageId, keyOf, settlingKeys, type Use } from "./message-id.js";
import { type Outcome, outcomeOf, reconciled, resultOf } from "./outcome.js";
import { commitSession, requireSession, type SessionChange, tooBusy } from "./session-records.js";
import { storedWorld } from "./world.js";

/** What triggered a reconciliation. */
export interface ReconcileOptions {
  /**
   * The same id again, with the same method, returns the first result, without a second effect, whatever else is given.
   * `reconcile` returns the last result under the id, whichever method settled it.
   */
  readonly messageId?: string;
}

/** What a call brings to a session, to be kept together with what is decided about it then. */
export interface Contribution {
  readonly session: Session;
  readonly record: LedgerRecord;
}

/** Checks what a call brings against the session as it is now. */
export type Contribute = (session: Session) => Promise<Contribution>;

/** Latest entries of a session's ledger that are searched for a message that was settled before. */
const remembered = 200;

/** Decides about a session at its message and writes the decision once. */
export async function reconcile(
  engine: Engine,
  sessionId: string,
  options: ReconcileOptions = {},
): Promise<ReconciliationResult> {
  return settle(engine, sessionId, options, "reconcile");
}

/**
 * Takes what a call brings, decides about the session and writes both once: step, version, checksum, mark, visit, data and
 * ledger entries together, at the revision that was read. Whoever is second reads again and decides anew.
 *
 * A message that was settled before is answered before anything else is looked at.
 *
 * @param use - tells apart the calls that carry the same message id
 */
export async function settle(
  engine: Engine,
  sessionId: string,
  { messageId }: ReconcileOptions,
  use: Use,
  contribute?: Contribute,
): Promise<ReconciliationResult> {
  checkMessageId(messageId);
  const world = storedWorld(engine);
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const present = await requireSession(engine, sessionId);
    const entry = messageId === undefined ? undefined : await entryOf(engine, present, settlingKeys(use, messageId));
    const settled = entry === undefined ? undefined : restored(present, entry);
    if (settled !== undefined) return settled;
    const brought = entry === undefined ? await contribute?.(present) : undefined;
    const session = brought?.session ?? present;
    const outcome = outcomeOf(engine, session, await consider(engine, world, session, engine));
    const change = changeOf(outcome, brought);
    if (change === undefined) return told(engine, resultOf(outcome.decision, session, messageId));
    const result = resultOf(outcome.decision, marked(change, session), messageId);
    const key = messageId === undefined ? undefined : keyOf(use, messageId);
    const decided = reconciled(engine, present, outcome, result, key);
    const records = brought === undefined ? [decided] : [brought.record, decided];
    const commitKey = entry === undefined ? key : undefined;
    const written = await commitSession(engine, present.revision, { ...change, records }, commitKey);
    if (written !== undefined) return told(engine, result);
  }
  throw tooBusy(sessionId);
}

type Write = Omit<SessionChange, "records">;

/** What is brought is written also where the decision itself changes nothing. */
function changeOf({ change }: Outcome, brought: Contribution | undefined): Write | undefined {
  return change ?? (brought === undefined ? undefined : { session: brought.session });
}

/** The session after a write, with the mark that the write leaves. */
function marked({ session, clearMark }: Write, { pendingMigration }: Session): Session {
  const { pendingMigration: _, ...unmarked } = session;
  return clearMark === true || pendingMigration === undefined ? unmarked : { ...unmarked, pendingMigration };
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
  const found = migration?.found?.find(
    ({ field, confirmed, confidence }) => field === result.field && !confirmed && confidence !== refused,
  );
  return found === undefined ? undefined : { ...result, reasons, value: found.value, quote: found.quote ?? "" };
}

async function entryOf(engine: Engine, session: Session, keys: ReadonlySet<string>): Promise<LedgerEntry | undefined> {
  if (session.revision === 1) return undefined;
  const stream = subjectOf(engine, "session", session.id);
  const { head } = await engine.records.read(stream, { limit: 1 });
  const { entries } = await engine.records.read(stream, { after: Math.max(0, head - remembered), limit: remembered });
  return entries.findLast(({ data }) => typeof data.key === "string" && keys.has(data.key));
}

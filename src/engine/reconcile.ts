import type { ReconciliationResult, Session } from "../contracts/types.js";
import type { LedgerEntry, LedgerRecord } from "../ports/ledger.js";
import { type Considered, consider } from "./consider.js";
import { type Engine, maxAttempts } from "./context.js";
import { refused } from "./facts.js";
import { requireObject } from "./input.js";
import { logOutcome } from "./log.js";
import { checkMessageId, keyOf, settlingKeys, type Use } from "./message-id.js";
import { type Outcome, outcomeOf, reconciled, resultOf } from "./outcome.js";
import { findPlan } from "./plan-records.js";
import { commitSession, requireSession, type SessionChange, tooBusy } from "./session-records.js";
import { settlingEntry } from "./settled.js";
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
 * A message that was settled before is answered before anything else is looked at. Where the store knows of it and its ledger
 * entry is not to be found, the session is decided about anew, without what the call brings.
 *
 * @param use - tells apart the calls that carry the same message id
 */
export async function settle(
  engine: Engine,
  sessionId: string,
  options: ReconcileOptions,
  use: Use,
  contribute?: Contribute,
): Promise<ReconciliationResult> {
  requireObject(options, "");
  const { messageId } = options;
  checkMessageId(messageId);
  const world = storedWorld(engine);
  let settledBefore = false;
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const present = await requireSession(engine, sessionId);
    const entry =
      messageId === undefined
        ? undefined
        : await settlingEntry(engine, present, settlingKeys(use, messageId), settledBefore);
    const settled = entry === undefined ? undefined : restored(present, entry);
    if (settled !== undefined) return settled;
    const isNew = entry === undefined && !settledBefore;
    const brought = isNew ? await contribute?.(present) : undefined;
    const session = brought?.session ?? present;
    const considered = await consider(engine, world, session, engine);
    const outcome = outcomeOf(engine, session, considered);
    const change = changeOf(outcome, brought);
    if (change === undefined) return told(engine, resultOf(outcome.decision, session, messageId));
    const result = resultOf(outcome.decision, marked(change, session), messageId);
    const key = messageId === undefined ? undefined : keyOf(use, messageId);
    const decided = reconciled(engine, present, outcome, result, key);
    const records = brought === undefined ? [decided] : [brought.record, decided];
    if (!(await plansStand(engine, considered))) continue;
    const commitKey = isNew ? key : undefined;
    const written = await commitSession(engine, present.revision, { ...change, records }, commitKey);
    if (typeof written !== "string") return told(engine, result);
    if (written === "settled") settledBefore = true;
  }
  throw tooBusy(sessionId);
}

/** Whether the plans that a decision rests on still are what they were: one may have been stopped while it was made. */
async function plansStand(engine: Engine, considered: Considered): Promise<boolean> {
  if (considered.is !== "decided") return true;
  for (const { id, status, digest } of considered.plans) {
    const now = await findPlan(engine, id);
    if (now?.status !== status || now.digest !== digest) return false;
  }
  return true;
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

import type { ReconciliationResult, Session } from "../contracts/types.js";
import type { LedgerEntry, LedgerRecord } from "../ports/ledger.js";
import { compile } from "../scenario/compile.js";
import { archived } from "./archive.js";
import { offeredAgain } from "./asking.js";
import { consider } from "./consider.js";
import { type Engine, maxAttempts } from "./context.js";
import { refused } from "./facts.js";
import { mayUse } from "./guards.js";
import { requireObject } from "./input.js";
import { logOutcome } from "./log.js";
import { checkMessageId, keyOf, settlingKeys, type Use } from "./message-id.js";
import { type Outcome, outcomeOf, reconciled, resultOf } from "./outcome.js";
import { type Progress, postponed, postponedResult } from "./postpone.js";
import { readSession } from "./reading.js";
import { bindReply, type SeenStep, withReplyKept } from "./reply.js";
import { commitSession, required, type SessionChange, tooBusy } from "./session-records.js";
import { settlingEntry } from "./settled.js";
import { measure, measureDecision, type Settled } from "./telemetry.js";

/** What triggered a reconciliation. */
export interface ReconcileOptions {
  /**
   * The same id again, with the same method, returns the first result, without a second effect, whatever else is given.
   * `reconcile` returns the last result under the id, whichever method settled it.
   */
  readonly messageId?: string;
  /**
   * The step that the person saw when they wrote the message: `replyBinding` then is `same_question` only if the session still
   * stands on it, or on what it became without a change of its text. Without it the message counts as an answer to the step
   * where the session stands, unless a migration has asked something meanwhile.
   *
   * Throws `SESSION.STEP_UNKNOWN` for a step that no published version has.
   */
  readonly replyTo?: SeenStep;
}

/** What a call brings to a session, to be kept together with what is decided about it then. */
export interface Contribution {
  readonly session: Session;
  readonly record: LedgerRecord;
}

/** Checks what a call brings against the session as it is now. */
export type Contribute = (session: Session) => Promise<Contribution>;

/**
 * Decides about a session at its message and writes the decision once. Where that fails and the session can be read, it goes on as it is.
 */
export async function reconcile(
  engine: Engine,
  sessionId: string,
  options: ReconcileOptions = {},
): Promise<ReconciliationResult> {
  const progress: Progress = {};
  try {
    return await settle(engine, sessionId, options, "reconcile", undefined, progress);
  } catch (error) {
    return postponed(engine, progress, error, options?.messageId);
  }
}

/**
 * Takes what a call brings, decides about the session and writes both once: step, version, checksum, mark, visit, data and
 * ledger entries together, at the revision that was read. Whoever is second reads again and decides anew.
 *
 * A message that was settled before is answered before anything else is looked at. Where the store knows of it and its ledger
 * entry is not to be found, the session is decided about anew, without what the call brings.
 *
 * @param use - tells apart the calls that carry the same message id
 * @param progress - told the session as it was read
 */
export async function settle(
  engine: Engine,
  sessionId: string,
  options: ReconcileOptions,
  use: Use,
  contribute?: Contribute,
  progress: Progress = {},
): Promise<ReconciliationResult> {
  requireObject(options, "");
  const { messageId } = options;
  checkMessageId(messageId);
  let settledBefore = false;
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const reading = await readSession(engine, sessionId);
    const present = required(reading.session, sessionId);
    progress.session = present;
    if (attempt > 0) measure(engine, "regraft.retries", 1, { target: "commit" });
    const entry =
      messageId === undefined
        ? undefined
        : await settlingEntry(engine, present, settlingKeys(use, messageId), settledBefore);
    const settled = entry === undefined ? undefined : await restored(engine, present, entry);
    if (settled !== undefined) return settled;
    const isNew = entry === undefined && !settledBefore;
    if (use === "reconcile" && attempt === 0 && isNew && !mayUse(engine, "reconciles")) {
      return postponedResult(engine, present, "TRANSIENT.RATE_LIMITED", messageId);
    }
    const brought = isNew ? await contribute?.(present) : undefined;
    const session = brought?.session ?? present;
    const considered = await consider(engine, reading.world, session, engine);
    const made = outcomeOf(engine, session, considered);
    const outcome = { ...made, decision: await bindReply(engine, use, present, made.decision, options.replyTo) };
    const change = changeOf(outcome, brought, (after) => withReplyKept(use, present, after));
    const about = { before: present, found: outcome.found, operation: use };
    if (change === undefined) {
      return told(engine, { ...about, result: resultOf(outcome.decision, session, messageId), isWritten: false });
    }
    const result = resultOf(outcome.decision, marked(change, session), messageId);
    const key = messageId === undefined ? undefined : keyOf(use, messageId);
    const decided = tried(reconciled(engine, present, outcome, result, key), attempt + 1);
    const records = brought === undefined ? [decided] : [brought.record, decided];
    const binding = await reading.bind(considered);
    if (binding === undefined) continue;
    const bound = isNew && key !== undefined ? { ...binding, idempotencyKey: key } : binding;
    const written = await commitSession(engine, present, { ...change, records }, bound);
    if (typeof written !== "string") return told(engine, { ...about, result, isWritten: true });
    if (written === "settled") settledBefore = true;
  }
  throw tooBusy(sessionId);
}

type Write = Omit<SessionChange, "records">;

/** What is brought is written also where the decision itself changes nothing. */
function changeOf(
  { change }: Outcome,
  brought: Contribution | undefined,
  finish: (after: Session) => Session,
): Write | undefined {
  const write = change ?? (brought === undefined ? undefined : { session: brought.session });
  return write === undefined ? undefined : { ...write, session: finish(write.session) };
}

/** The session after a write, with the mark that the write leaves. */
export function marked({ session, clearMark }: Write, { pendingMigration }: Session): Session {
  const { pendingMigration: _, ...unmarked } = session;
  return clearMark === true || pendingMigration === undefined ? unmarked : { ...unmarked, pendingMigration };
}

function told(engine: Engine, settled: Settled): ReconciliationResult {
  logOutcome(engine, settled.result);
  measureDecision(engine, settled);
  return settled.result;
}

/** The ledger is told where more than one try was needed. */
function tried(record: LedgerRecord, attempts: number): LedgerRecord {
  return attempts === 1 ? record : { ...record, data: { ...record.data, attempts } };
}

/**
 * The result that the ledger keeps for a message. A value to be confirmed, which it does not keep, is taken from the session;
 * undefined if the session has been told about it since.
 */
async function restored(
  engine: Engine,
  session: Session,
  { data }: LedgerEntry,
): Promise<ReconciliationResult | undefined> {
  const result = data.result as ReconciliationResult;
  const reasons: ReconciliationResult["reasons"] = [...result.reasons, "MIGRATION.SETTLED"];
  if (result.action !== "confirm") return { ...result, reasons };
  const found = session.migration?.found?.find(
    ({ field, confirmed, confidence }) => field === result.field && !confirmed && confidence !== refused,
  );
  const to = await archived(engine, session.scenarioId, result.audit.toVersion);
  if (found === undefined || to === undefined) return undefined;
  return { ...offeredAgain(engine, session, compile(to), result, found), reasons };
}

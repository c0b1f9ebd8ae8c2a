import type { Session } from "../contracts/types.js";
import { describe } from "../contracts/violation.js";
import { RegraftError } from "../errors.js";
import type { SessionQuery } from "../ports/session-store.js";
import { isTransient } from "../resilience/transient.js";
import { consider } from "./consider.js";
import { type Engine, readPageSize } from "./context.js";
import { park, parkedAmong } from "./dead-letters.js";
import { waitToUse } from "./guards.js";
import { requireObject } from "./input.js";
import { logOutcome } from "./log.js";
import { type Outcome, outcomeOf, reconciled, resultOf } from "./outcome.js";
import { type Reading, readSession } from "./reading.js";
import { marked } from "./reconcile.js";
import { type ModelOptions, WatchedInformants } from "./rehearse-informants.js";
import { commitSession } from "./session-records.js";
import { measure, measureDecision } from "./telemetry.js";
import { tellUnreadable } from "./unreadable.js";

/** How often a session is decided about anew because its owner wrote meanwhile; then it is left to its next message. */
const maxTries = 3;
const greatestLimit = 10_000;

/**
 * What became of one session: it was `moved`, or it was left as it is because its move would be `noticed`, a question, a person or a
 * checkpoint stands before it, a model would decide (`unknown`), it is `held` or has nothing to do (`continue`), its owner was
 * writing (`busy`), or deciding `failed` at every try. Then it is set aside: until somebody requeues it, it is `parked`.
 */
export type DrainOutcome =
  | "moved"
  | "noticed"
  | "collect"
  | "confirm"
  | "execute_action"
  | "blocked"
  | "review"
  | "exit_scenario"
  | "continue"
  | "unknown"
  | "busy"
  | "failed"
  | "parked";

/** Which marked sessions to look at. */
export interface MarkedQuery {
  /** Those that this plan has marked; all marked ones if absent. */
  readonly planId?: string;
  /** Only these. */
  readonly sessionIds?: readonly string[];
  /** Greatest number of sessions to look at, 1,000 if absent. */
  readonly limit?: number;
  /** Where the page before stopped. */
  readonly cursor?: string;
}

/** Marked sessions that may move, by id. */
export interface MarkedPageOfIds {
  readonly sessionIds: readonly string[];
  /** Absent on the last page. */
  readonly cursor?: string;
}

/** Which sessions to drain, and how. */
export interface DrainOptions extends MarkedQuery, ModelOptions {
  /** Waited for before each session: a place to keep to a rate. */
  readonly pace?: () => Promise<void>;
}

/** What a page of draining came to. */
export interface DrainPage {
  /** Sessions looked at. */
  readonly scanned: number;
  readonly moved: number;
  /** All sessions looked at, by outcome. */
  readonly byOutcome: Readonly<Partial<Record<DrainOutcome, number>>>;
  /** Absent on the last page. Sessions that were left as they are lie before it. */
  readonly cursor?: string;
}

async function page(engine: Engine, { planId, sessionIds, limit, cursor }: MarkedQuery) {
  const size = limit ?? readPageSize(engine);
  if (!Number.isInteger(size) || size < 1 || size > greatestLimit) {
    throw new RegraftError("INPUT.INVALID", "a page of sessions has a limit", {
      path: "/limit",
      expected: `a whole number from 1 to ${greatestLimit}`,
      received: describe(limit),
    });
  }
  const query: SessionQuery = {
    tenantId: engine.tenantId,
    statuses: ["active", "idle"],
    marked: planId ?? true,
    ...(sessionIds === undefined ? {} : { sessionIds }),
  };
  const found = await engine.sessions.scan(query, { limit: size, ...(cursor === undefined ? {} : { cursor }) });
  tellUnreadable(engine, found);
  return found;
}

/** A page of marked sessions that draining would look at. */
export async function markedSessions(engine: Engine, query: MarkedQuery = {}): Promise<MarkedPageOfIds> {
  requireObject(query, "");
  const { sessions, cursor } = await page(engine, query);
  return { sessionIds: sessions.map(({ id }) => id), ...(cursor === undefined ? {} : { cursor }) };
}

/**
 * Moves a page of marked sessions ahead of their next message. Each is decided about without writing; only a move that nobody notices
 * is committed, at the revision it was decided on. Whoever moves a session first, its owner or another worker, moves it alone.
 */
export async function drain(engine: Engine, options: DrainOptions = {}): Promise<DrainPage> {
  requireObject(options, "");
  const { sessions, cursor } = await page(engine, options);
  const parked = await parkedAmong(engine, sessions);
  const byOutcome: Partial<Record<DrainOutcome, number>> = {};
  for (const session of sessions) {
    const outcome = parked.has(session.id) ? "parked" : await drainInTurn(engine, session, options);
    byOutcome[outcome] = (byOutcome[outcome] ?? 0) + 1;
  }
  const { length: scanned } = sessions;
  return { scanned, moved: byOutcome.moved ?? 0, byOutcome, ...(cursor === undefined ? {} : { cursor }) };
}

async function drainInTurn(engine: Engine, session: Session, options: DrainOptions): Promise<DrainOutcome> {
  await options.pace?.();
  await waitToUse(engine, "drained");
  const tries = engine.config.limits.maxAttempts;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await drainOne(engine, session, options);
    } catch (error) {
      // A store that does not answer concerns the whole page; anything else is this session's own.
      if (isTransient(error)) throw error;
      engine.logger?.error({ sessionId: session.id, attempt, error: String(error) }, "session could not be drained");
      measure(engine, "regraft.retries", 1, { target: "drain" });
      if (attempt < tries) continue;
      await park(engine, session, { error, attempts: tries, operation: "drain" });
      return "failed";
    }
  }
}

/**
 * Drains one session, with the same effect once however often it is done.
 *
 * @param key - under which the move is written
 */
export async function drainOne(
  engine: Engine,
  found: Session,
  options: ModelOptions,
  key?: string,
): Promise<DrainOutcome> {
  let known: Session | undefined = found;
  for (let tries = 0; tries < maxTries; tries += 1) {
    const reading: Reading = await readSession(engine, found.id, known);
    if (reading.session === undefined) return "continue";
    const outcome = await settleSilently(engine, reading.session, reading, options, key);
    if (outcome !== "busy") return outcome;
    known = undefined;
  }
  return "busy";
}

/** Decides about a session and writes the decision if it is a move that nobody notices. */
async function settleSilently(
  engine: Engine,
  session: Session,
  { world, bind }: Reading,
  options: ModelOptions,
  key: string | undefined,
): Promise<DrainOutcome> {
  const informants = new WatchedInformants(engine, options);
  const considered = await consider(engine, world, session, informants);
  const outcome = outcomeOf(engine, session, considered);
  const unjudged = considered.is === "decided" ? considered.unjudged.length : 0;
  if (unjudged + informants.unread.size > 0) return "unknown";
  const { decision, change } = outcome;
  if (decision.action !== "teleport" || change === undefined) return nameOf(outcome);
  if (decision.userMessage !== undefined || decision.replyBinding !== "same_question") return "noticed";
  const binding = await bind(considered);
  if (binding === undefined) return "busy";
  const result = resultOf(decision, marked(change, session));
  const record = reconciled(engine, session, outcome, result, undefined);
  const drained = { ...record, data: { ...record.data, drained: true } };
  const written = await commitSession(
    engine,
    session,
    { ...change, records: [drained] },
    {
      ...binding,
      ...(key === undefined ? {} : { idempotencyKey: key }),
    },
  );
  if (typeof written === "string") return written === "settled" ? "moved" : "busy";
  logOutcome(engine, result);
  measureDecision(engine, { before: session, result, found: outcome.found, isWritten: true, operation: "drain" });
  return "moved";
}

function nameOf({ decision: { action } }: Outcome): DrainOutcome {
  return action === "teleport" ? "continue" : action;
}

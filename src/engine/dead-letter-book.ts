import type { ReasonCode } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import type { PageRequest } from "../ports/paging.js";
import { type DeadLetter, letterAfter } from "../resilience/dead-letter.js";
import { isTransient } from "../resilience/transient.js";
import { kindOf, requireBy } from "./by.js";
import type { Engine } from "./context.js";
import { letterKind, letterOf, park, replaceLetter } from "./dead-letters.js";
import { type DrainOutcome, drainOne } from "./drain.js";
import { findPlan } from "./plan-records.js";
import { codeOf } from "./postpone.js";

/** A page of dead letters, by id of their sessions. */
export interface DeadLetterPage {
  readonly letters: readonly DeadLetter[];
  /** Of all pages. */
  readonly total: number;
  /** Absent on the last page. */
  readonly cursor?: string;
}

/** What became of a dead letter that was requeued. */
export interface RequeueResult {
  readonly letter: DeadLetter;
  /** What draining made of the session; undefined where it failed again or the session is gone. */
  readonly outcome?: DrainOutcome;
  /** Why it was set aside again. */
  readonly reason?: ReasonCode;
}

/**
 * Sessions of one tenant that were set aside because deciding about them failed at every try. They go on, on their version, and are
 * still decided about at each of their messages; only draining leaves them out.
 *
 * @since 0.2.0
 * @public
 */
export interface DeadLetters {
  /** Letters that are not settled. */
  list(page?: Partial<PageRequest>): Promise<DeadLetterPage>;
  /** The letter about a session; undefined if there is none. */
  get(sessionId: string): Promise<DeadLetter | undefined>;
  /**
   * Tries again now, under the idempotency key of the letter, so that a move that was written before is not written twice. A try that
   * does not fail settles the letter, whatever the session comes to; one that fails sets it aside again.
   *
   * @throws RegraftError `DLQ.NOT_FOUND`, `DLQ.PLAN_NOT_DEPLOYED` where the plan that had marked the session is over or paused, `STORE.CONFLICT`
   */
  retry(sessionId: string, decider: { readonly by: string }): Promise<RequeueResult>;
  /** Gives a letter up: draining looks at the session again. Throws `DLQ.NOT_FOUND`, `STATE.ILLEGAL_TRANSITION`, `STORE.CONFLICT`. */
  drop(sessionId: string, decider: { readonly by: string; readonly reason: string }): Promise<DeadLetter>;
}

async function requireLetter(engine: Engine, id: string): Promise<DeadLetter> {
  const letter = await letterOf(engine, id);
  if (letter !== undefined) return letter;
  throw new RegraftError("DLQ.NOT_FOUND", `there is no dead letter about session ${id}`, {
    expected: "the id of a session that was set aside",
    received: id,
  });
}

async function requireDeployed(engine: Engine, { payload: { planId } }: DeadLetter): Promise<void> {
  if (planId === undefined) return;
  const status = (await findPlan(engine, planId))?.status;
  if (status === "deployed" || status === "canary") return;
  throw new RegraftError("DLQ.PLAN_NOT_DEPLOYED", `plan ${planId} does not move sessions`, {
    expected: "a plan that is deployed",
    received: status ?? "no such plan",
  });
}

async function replaced(
  engine: Engine,
  before: DeadLetter,
  after: DeadLetter,
  told: Readonly<Record<string, unknown>>,
): Promise<DeadLetter> {
  if (await replaceLetter(engine, before, after, told)) return after;
  throw new RegraftError("STORE.CONFLICT", `the dead letter about session ${before.id} was changed meanwhile`, {
    expected: "a letter that nobody else is working on",
  });
}

async function retry(engine: Engine, id: string, decider: { readonly by: string }): Promise<RequeueResult> {
  const by = requireBy(decider);
  const letter = await requireLetter(engine, id);
  await requireDeployed(engine, letter);
  // A letter that a crash has left requeued goes on from there.
  const requeued =
    letter.status === "requeued" ? letter : await replaced(engine, letter, letterAfter(letter, "requeue"), { by });
  const session = await engine.sessions.get({ tenantId: engine.tenantId, id });
  try {
    const outcome = session === undefined ? undefined : await drainOne(engine, session, {}, letter.idempotencyKey);
    const told = outcome === undefined ? {} : { outcome };
    return { letter: await replaced(engine, requeued, letterAfter(requeued, "succeed"), { by, ...told }), ...told };
  } catch (error) {
    if (session === undefined || isTransient(error)) throw error;
    await park(engine, session, { error, attempts: 1, operation: letter.payload.operation });
    return { letter: await requireLetter(engine, id), reason: codeOf(error) };
  }
}

async function drop(
  engine: Engine,
  id: string,
  decider: { readonly by: string; readonly reason: string },
): Promise<DeadLetter> {
  const by = requireBy(decider);
  const { reason }: { readonly reason?: unknown } = decider;
  if (typeof reason !== "string" || reason.trim() === "") {
    throw new RegraftError("INPUT.INVALID", "a dead letter is not given up without a reason", {
      path: "/reason",
      expected: "a text that is not empty",
      received: kindOf(reason),
    });
  }
  const letter = await requireLetter(engine, id);
  return replaced(engine, letter, letterAfter(letter, "discard"), { by, why: reason });
}

/** Opens the dead letters of the engine's tenant. */
export function deadLetterBook(engine: Engine): DeadLetters {
  return Object.freeze<DeadLetters>({
    list: async ({ limit = 100, cursor } = {}) => {
      const query = { kind: letterKind, tenantId: engine.tenantId };
      const page = await engine.records.find(query, { limit, ...(cursor === undefined ? {} : { cursor }) });
      const letters = page.records.map(({ body }) => body as DeadLetter);
      return { letters, total: page.total, ...(page.cursor === undefined ? {} : { cursor: page.cursor }) };
    },
    get: (sessionId) => letterOf(engine, sessionId),
    retry: (sessionId, decider) => retry(engine, sessionId, decider),
    drop: (sessionId, decider) => drop(engine, sessionId, decider),
  });
}

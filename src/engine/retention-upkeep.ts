import { guarded } from "./authorize.js";
import * as intent from "./authorize-intents.js";
import type { Engine } from "./context.js";
import { type DeadLetters, deadLetterBook } from "./dead-letter-book.js";
import {
  type DrainOptions,
  type DrainPage,
  drain,
  type MarkedPageOfIds,
  type MarkedQuery,
  markedSessions,
} from "./drain.js";
import { planRetention, type RetentionInput } from "./retention.js";
import { applyRetention } from "./retention-apply.js";
import { type LegalHolds, legalHolds } from "./retention-holds.js";
import type { RetentionPlan, RetentionResult } from "./retention-items.js";

/**
 * What is done in the background, and now and then.
 *
 * @since 0.2.0
 * @public
 */
export interface Upkeep {
  /**
   * Moves marked sessions ahead of their next message, a page at a time: those whose move nobody notices. All others are left as they
   * are, for their next message. Go on with `cursor` until there is none.
   *
   * @throws RegraftError `INPUT.INVALID` for a limit below 1 or above 10,000
   */
  drain(options?: DrainOptions): Promise<DrainPage>;
  /** A page of the marked sessions that `drain` would look at, by id. Throws `INPUT.INVALID`. */
  marked(query?: MarkedQuery): Promise<MarkedPageOfIds>;

  /**
   * What retention would drop, and what it keeps and why: archived versions and plans whose time is over and that nothing needs any
   * more. Writes nothing. Reads all sessions that are not over.
   */
  planRetention(input?: RetentionInput): Promise<RetentionPlan>;
  /**
   * Drops for good what a retention plan names, each item recorded in the ledger before; what something has come to need since is
   * spared. After a crash the same plan goes on where it stopped.
   *
   * @throws RegraftError `RETENTION.PLAN_CHANGED`, `TENANT.MISMATCH`, `STORE.LEASE_HELD`
   */
  applyRetention(plan: RetentionPlan, decider: { readonly by: string }): Promise<RetentionResult>;
  /** What is kept from retention by order. */
  readonly legalHolds: LegalHolds;
  /** Sessions that were set aside because deciding about them failed. */
  readonly deadLetters: DeadLetters;
}

function guardedHolds(engine: Engine): LegalHolds {
  const { place, lift, list } = legalHolds(engine);
  return {
    place: guarded(engine, intent.onHold("retention.hold"), place),
    lift: guarded(engine, intent.onHold("retention.lift"), lift),
    list,
  };
}

function guardedLetters(engine: Engine): DeadLetters {
  const { retry, drop, ...reading } = deadLetterBook(engine);
  return Object.freeze<DeadLetters>({
    ...reading,
    retry: guarded(engine, intent.decidesOn("letter.retry"), retry),
    drop: guarded(engine, intent.decidesOn("letter.drop"), drop),
  });
}

/** The upkeep of the engine's tenant. */
export function upkeep(engine: Engine): Upkeep {
  return {
    drain: guarded(engine, intent.onAll("session.drain", "session"), (options) => drain(engine, options)),
    marked: (query) => markedSessions(engine, query),
    planRetention: (input) => planRetention(engine, input),
    applyRetention: guarded(engine, intent.onAll("retention.apply", "retention"), (plan, decider) =>
      applyRetention(engine, plan, decider),
    ),
    legalHolds: guardedHolds(engine),
    deadLetters: guardedLetters(engine),
  };
}

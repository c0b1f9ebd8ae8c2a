import type { PendingMigration, Session, SessionStatus } from "../contracts/types.js";
import type { SessionFilter } from "../plan/session-filter.js";
import type { StoreCapabilities } from "./capabilities.js";
import type { LedgerRecord } from "./ledger.js";
import type { PageRequest } from "./paging.js";

/** Names a session. */
export interface SessionKey {
  readonly tenantId: string;
  readonly id: string;
}

/**
 * Sessions of one tenant; all parts must hold. A list that is absent is no restriction, an empty list matches nothing.
 *
 * @public
 */
export interface SessionQuery extends SessionFilter {
  readonly tenantId: string;
  readonly scenarioId?: string;
  readonly versions?: readonly number[];
  readonly statuses?: readonly SessionStatus[];
  /** Marked at all (`true`), not marked (`false`), or marked by the plan of this id. */
  readonly marked?: boolean | string;
}

/** A mark before it is put on a session, which adds where the session stands. */
export type Mark = Omit<PendingMigration, "stepId">;

/**
 * One write of one session: the session as it shall be and what the ledger is told about it.
 *
 * @public
 */
export interface SessionCommit {
  /**
   * The next session. The store sets its `revision`. Its `pendingMigration` counts on creation only: afterwards marks
   * are changed by `mark`, `unmark` and `clearMark`.
   */
  readonly session: Session;
  /** Revision the change was decided on; 0 creates the session. */
  readonly expectedRevision: number;
  /** Takes the mark off in the same write, whoever put it on. */
  readonly clearMark?: boolean;
  /**
   * Forgets what the store remembers of earlier commits under their idempotency keys, which may hold what the session was. A
   * key that comes again is a new one.
   */
  readonly forget?: boolean;
  /** Appended to the stream `session` of this session in the same write. */
  readonly records?: readonly LedgerRecord[];
}

/** The session was at another revision: nothing was written. A session that does not exist is at 0. */
export interface RevisionConflict {
  readonly expected: number;
  readonly actual: number;
}

/** What became of a commit. */
export type SessionCommitResult =
  | { readonly ok: true; readonly session: Session; readonly repeated: boolean }
  | { readonly ok: false; readonly conflict: RevisionConflict };

/** A page of sessions; no cursor on the last one. */
export interface SessionPage {
  readonly sessions: readonly Session[];
  readonly cursor?: string;
}

/** How many sessions stand where. */
export interface SessionCount {
  readonly total: number;
  readonly byStep: Readonly<Record<string, number>>;
}

/** How far a page of marking came; `cursor` is absent when `done`. */
export interface MarkPage {
  /** Sessions that did not carry this mark before. */
  readonly marked: number;
  readonly done: boolean;
  readonly cursor?: string;
}

/**
 * Where sessions live.
 *
 * Rules for every implementation: keys are (tenantId, id); what is returned is deeply frozen or a copy; one session
 * has one order of commits, given by `revision`; the mark lies beside the session, so that marking never makes a
 * commit fail and a commit never loses a mark it did not clear. Failures of the store throw `STORE.UNAVAILABLE`.
 *
 * @public
 */
export interface SessionStore {
  readonly capabilities: StoreCapabilities;

  /** The session with its mark, or undefined. */
  get(key: SessionKey): Promise<Session | undefined>;

  /**
   * A page of matching sessions in an order that no write changes: sessions that come in or change meanwhile make no
   * other session appear twice or be left out.
   */
  scan(query: SessionQuery, page: PageRequest): Promise<SessionPage>;

  /** Counts matching sessions by the step they stand on. */
  count(query: SessionQuery): Promise<SessionCount>;

  /**
   * Marks a page of matching sessions. Touches nothing but the mark: no revision, no activity. A session that already
   * carries a mark of the same plan and target keeps it and is not counted, so a repeated call changes nothing.
   */
  mark(query: SessionQuery, mark: Mark, page: PageRequest): Promise<MarkPage>;

  /** Takes the mark off all matching sessions. */
  unmark(query: SessionQuery): Promise<{ readonly unmarked: number }>;

  /**
   * Writes a session if it still is at the expected revision.
   *
   * A commit that succeeded under an idempotency key is remembered with the session, for its last 32 keys at least:
   * the same key with the same change returns the first outcome, `repeated`; with another change it throws
   * `STORE.IDEMPOTENCY_CONFLICT`.
   */
  commit(change: SessionCommit, options?: { readonly idempotencyKey?: string }): Promise<SessionCommitResult>;
}

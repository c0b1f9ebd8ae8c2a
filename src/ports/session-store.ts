import type { PendingMigration, ReasonCode, Session, SessionStatus } from "../contracts/types.js";
import type { SessionFilter } from "../plan/session-filter.js";
import type { StoreCapabilities } from "./capabilities.js";
import type { LedgerRecord } from "./ledger.js";
import type { PageRequest } from "./paging.js";
import type { Subject } from "./subject.js";

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
  /** Only sessions whose last write has left something in their outbox. A store may hand out others as well. */
  readonly outbox?: true;
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

/**
 * A pointer with the value that it had; without one it had none.
 *
 * @since 0.2.0
 * @public
 */
export interface PointerValue {
  readonly pointer: Subject;
  readonly value?: string;
}

/**
 * A session, and pointers as they were at the same moment.
 *
 * @since 0.2.0
 * @public
 */
export interface SessionRead {
  /** With its mark; absent if there is none. */
  readonly session?: Session;
  /** In the order in which they were asked for. */
  readonly pointers: readonly PointerValue[];
}

/** What a commit is bound to beside the revision. */
export interface CommitOptions {
  /** Under which a commit that succeeded is remembered. */
  readonly idempotencyKey?: string;
  /**
   * Pointers that must still have these values, else nothing is written; only given to a store that has `getWith`. A commit that is
   * repeated under its key is answered without looking at them.
   */
  readonly provided?: readonly PointerValue[];
}

/**
 * The session was at another revision, or a pointer had another value: nothing was written. A session that does not exist is at 0.
 */
export interface RevisionConflict {
  readonly expected: number;
  /** The same as `expected` where only a pointer had another value. */
  readonly actual: number;
}

/** What became of a commit. */
export type SessionCommitResult =
  | { readonly ok: true; readonly session: Session; readonly repeated: boolean }
  | { readonly ok: false; readonly conflict: RevisionConflict };

/**
 * A session of the tenant that is kept and cannot be read. Whether it matches a query is unknown, and unknown is not "no": what must not
 * be done while a session stands somewhere is not done while one is unreadable.
 *
 * @since 0.2.0
 * @public
 */
export interface UnreadableSession {
  readonly code: ReasonCode;
  /** Where in the store it lies, such as the path of a file below the store's directory. */
  readonly place: string;
  /** What was found there. */
  readonly received: string;
}

/** What a call that meets several sessions could not read; absent where that is nothing. */
export interface Unread {
  readonly unreadable?: readonly UnreadableSession[];
}

/** A page of sessions; no cursor on the last one. */
export interface SessionPage extends Unread {
  readonly sessions: readonly Session[];
  readonly cursor?: string;
}

/** How many sessions stand where. */
export interface SessionCount extends Unread {
  readonly total: number;
  readonly byStep: Readonly<Record<string, number>>;
}

/** How far a page of marking came; `cursor` is absent when `done`. */
export interface MarkPage extends Unread {
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
   * The same, and with it the values of pointers at that moment, in one round trip. Optional: a store has it that keeps sessions and
   * records in one place, and whose `commit` keeps to what is `provided` in the same write. Without it, each is read for itself. Who wraps
   * `get` of a store to change what it returns wraps this as well, or leaves it out.
   */
  getWith?(key: SessionKey, pointers: readonly Subject[]): Promise<SessionRead>;

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

  /**
   * Takes the outbox off a session that is still at the revision given: all of it was delivered. Like a mark, this raises no revision, so
   * it never makes a commit fail. Absent in stores that do not declare `indexedOutbox`.
   *
   * @returns whether it did; false where the session has gone on, or has no outbox
   */
  settle?(session: Session): Promise<boolean>;

  /** Takes the mark off all matching sessions. */
  unmark(query: SessionQuery): Promise<{ readonly unmarked: number } & Unread>;

  /**
   * Writes a session if it still is at the expected revision.
   *
   * A commit that succeeded under an idempotency key is remembered with the session, for its last 32 keys at least:
   * the same key with the same change returns the first outcome, `repeated`; with another change it throws
   * `STORE.IDEMPOTENCY_CONFLICT`.
   */
  commit(change: SessionCommit, options?: CommitOptions): Promise<SessionCommitResult>;
}

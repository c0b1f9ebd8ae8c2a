import type { Session } from "../contracts/types.js";
import type { SessionKey, SessionQuery } from "../ports/session-store.js";

/** Parts of a session that an application may keep in columns of its own, for its own queries and writes. */
export const sessionColumns = [
  "scenarioId",
  "scenarioVersion",
  "scenarioChecksum",
  "stepId",
  "variables",
  "channel",
  "customerId",
  "status",
  "createdAt",
  "updatedAt",
  "lastActivityAt",
] as const;

/** The name of such a part. */
export type SessionColumn = (typeof sessionColumns)[number];

/** Values of the application's own columns; `null` where a session has none. Times are texts, `variables` is an object. */
export type OwnColumns<C extends SessionColumn> = { readonly [K in C]: NonNullable<Session[K]> | null };

/**
 * The two numbers by which a row is compared and set.
 *
 * @public
 */
export interface OwnVersion {
  /**
   * The application's own version column: from 1, raised by one with every write to what the session is, whoever writes. It
   * is the session's revision.
   */
  readonly version: number;
  /** A column for regraft alone: raised with every write of regraft, also by a mark, which leaves the version as it is. */
  readonly stamp: number;
}

/**
 * A row as it is written.
 *
 * @public
 */
export interface OwnWrite<C extends SessionColumn> extends OwnVersion {
  readonly columns: OwnColumns<C>;
  /** What else belongs to the session, as JSON text: to be kept as it is, in one column. */
  readonly state: string;
}

/**
 * A row as it is read.
 *
 * @public
 */
export interface OwnRow<C extends SessionColumn> {
  /** The session's id. */
  readonly id: string;
  readonly columns: OwnColumns<C>;
  readonly version: number;
  /** 0 in a row that regraft has never written. */
  readonly stamp: number;
  /** The text that was written, or what a driver made of it; `null` in a row that regraft has never written. */
  readonly state: unknown;
}

/** One write among several. */
export interface OwnSave<C extends SessionColumn> {
  readonly key: SessionKey;
  readonly write: OwnWrite<C>;
  readonly expected: OwnVersion;
}

/**
 * How sessions are reached in an application's own tables.
 *
 * Functions may be called at the same time; each is one statement, and none needs a transaction around it. What they throw
 * becomes `STORE.UNAVAILABLE`.
 *
 * @since 0.2.0
 * @public
 */
export interface OwnTables<C extends SessionColumn> {
  /** What the application keeps in columns of its own. Everything else lies in the state. */
  readonly columns: readonly C[];
  /** The row of a session. Where there are no tenants, only that of the tenant `""`. */
  load(key: SessionKey): PromiseLike<OwnRow<C> | undefined>;
  /**
   * Writes columns, state, version and stamp if the row still has the expected version and stamp; without an expectation makes
   * a row if there is none of this key.
   *
   * @returns whether it wrote
   */
  save(key: SessionKey, write: OwnWrite<C>, expected: OwnVersion | undefined): PromiseLike<boolean>;
  /**
   * The next rows behind an id, in an order of ids that never changes, at most `limit`; fewer only at the end. It need not take
   * any part of the query but the tenant into account: what it finds too much is left out afterwards, at the price of reading it.
   */
  query(
    query: SessionQuery,
    page: { readonly after?: string; readonly limit: number },
  ): PromiseLike<readonly OwnRow<C>[]>;
  /**
   * As `save`, for many rows in one round trip, each on its own condition. Makes marking set-based.
   *
   * @returns whether it wrote, for each in the order given
   */
  saveMany?(saves: readonly OwnSave<C>[]): PromiseLike<readonly boolean[]>;
  /** Whether a row survives the end of the process; `true` if absent. */
  readonly durable?: boolean;
}

import type { StoreCapabilities } from "../ports/capabilities.js";
import type { Clock } from "../ports/clock.js";
import type { RecordStore } from "../ports/record-store.js";
import type { SessionStore } from "../ports/session-store.js";
import { type PostgresClient, statementRunner } from "./postgres-client.js";
import { postgresRecords } from "./postgres-records.js";
import { setUp, tablesIn } from "./postgres-schema.js";
import { postgresSessions } from "./postgres-sessions.js";

export type { PostgresClient, PostgresRow } from "./postgres-client.js";

const capabilities: StoreCapabilities = Object.freeze({
  atomicCommit: true,
  durable: true,
  setBasedMark: true,
  indexedOutbox: true,
  leases: true,
});

/**
 * What a PostgreSQL store is made of.
 *
 * @since 0.2.0
 * @public
 */
export interface PostgresStoreOptions {
  /** A pool or client of `pg`, a `PGlite`, or a few lines around another driver; never in the middle of a transaction. */
  readonly client: PostgresClient;
  /** Where the tables lie, by default `regraft`. Several schemas of one database are stores apart. */
  readonly schema?: string;
  /** Ends the leases. By default the clock of the database does, so hosts whose clocks differ agree. */
  readonly clock?: Clock;
}

/**
 * Sessions and records in PostgreSQL.
 *
 * @since 0.2.0
 * @public
 */
export interface PostgresStore extends SessionStore, RecordStore {
  /**
   * Creates the tables that are missing, or brings those of an earlier release up to date, in one transaction. May be called at
   * every start and by many processes at once.
   *
   * @returns the version of the tables
   * @throws RegraftError `STORE.LAYOUT_UNKNOWN` if a later release has brought the tables further
   */
  setup(): Promise<{ readonly version: number }>;
}

/**
 * A store of sessions and records in PostgreSQL 13 or later, or in an embedded PGlite.
 *
 * Each call is one statement and its own transaction, also `commit` with records and a key (two round trips or more only
 * where another writer came in between; `unmark` takes one for 10,000 sessions). Nothing is kept on a connection, so it
 * works through a pooler in transaction mode. The isolation level may be any. A PGlite that keeps its data in memory only
 * is not durable, whatever `capabilities` says.
 *
 * @throws RegraftError `INPUT.INVALID` if no schema can have the name. Every method throws `STORE.UNAVAILABLE` when the driver
 * fails, with the SQLSTATE in `details.sqlState` and a cause that holds neither addresses nor rows.
 *
 * @example
 * import { Pool } from "pg";
 * const store = postgresStore({ client: new Pool({ connectionString: "postgres://localhost/app" }) });
 * store.capabilities.setBasedMark; // true
 * // await store.setup() once, then:
 * const regraft = createRegraft({ store });
 *
 * @since 0.2.0
 * @public
 */
export function postgresStore({ client, schema = "regraft", clock }: PostgresStoreOptions): PostgresStore {
  const tables = tablesIn(schema);
  const run = statementRunner(client);
  return Object.freeze({
    capabilities,
    setup: () => setUp(run, schema),
    ...postgresSessions(run, tables),
    ...postgresRecords(run, tables, clock),
  });
}

import pg from "pg";
import type { PostgresClient } from "../../src/stores/postgres.js";

/** What a connection may hold on to after a statement; each asks for what is left of one kind. */
const leftovers: readonly (readonly [what: string, query: string])[] = [
  ["a prepared statement", "SELECT name AS found FROM pg_prepared_statements"],
  ["a cursor", "SELECT name AS found FROM pg_cursors WHERE is_holdable"],
  ["a setting", "SELECT name AS found FROM pg_settings WHERE source = 'session'"],
  ["a lock", "SELECT locktype AS found FROM pg_locks WHERE locktype = 'advisory' AND pid = pg_backend_pid()"],
  ["a channel", "SELECT channel AS found FROM pg_listening_channels() AS l (channel)"],
  [
    "a temporary table",
    "SELECT relname AS found FROM pg_class WHERE relpersistence = 't' AND relnamespace = pg_my_temp_schema()",
  ],
  ["an open transaction", "SELECT now() AS found WHERE now() <> statement_timestamp()"],
];
const inspection = leftovers
  .map(([what, query]) => `SELECT '${what}' AS what, found::text FROM (${query}) each`)
  .join(" UNION ALL ");

/** A client that works as through a pooler in statement mode. */
export interface Pooler {
  readonly client: PostgresClient;
  /** Statements that went through. */
  served(): number;
  close(): Promise<void>;
}

/**
 * Hands each statement to another connection to the server, and fails where the statement leaves something behind on it that
 * the next one could rely on: a prepared statement, a cursor, a setting, an advisory lock, a channel, a temporary table or an open
 * transaction.
 */
export async function statementPooler(connectionString: string, connections = 4): Promise<Pooler> {
  const idle = Array.from({ length: connections }, () => new pg.Client({ connectionString }));
  await Promise.all(idle.map((one) => one.connect()));
  const all = [...idle];
  const waiting: ((free: pg.Client) => void)[] = [];
  let turn = 0;

  const acquire = (): Promise<pg.Client> => {
    const free = idle.shift();
    return free === undefined ? new Promise((given) => waiting.push(given)) : Promise.resolve(free);
  };
  const release = (free: pg.Client) => {
    const next = waiting.shift();
    if (next === undefined) idle.push(free);
    else next(free);
  };
  const checkClean = async (one: pg.Client) => {
    const { rows } = await one.query<{ what: string; found: string }>(inspection);
    if (rows.length === 0) return;
    await one.query("ROLLBACK");
    await one.query("DISCARD ALL");
    throw new Error(`a statement left behind ${rows.map(({ what, found }) => `${what} (${found})`).join(", ")}`);
  };

  const query: PostgresClient["query"] = async (text, params) => {
    const one = await acquire();
    turn += 1;
    try {
      const result = await one.query<Record<string, unknown>>(text, params);
      await checkClean(one);
      return result;
    } finally {
      release(one);
    }
  };
  return {
    client: { query },
    served: () => turn,
    close: async () => {
      await Promise.all(all.map((one) => one.end()));
    },
  };
}

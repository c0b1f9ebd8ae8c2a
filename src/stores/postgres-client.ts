import { RegraftError } from "../errors.js";
import { causeOf, textOf } from "./driver-cause.js";
import type { Params } from "./postgres-params.js";

/** A row of a result by column names. */
export type PostgresRow = Readonly<Record<string, unknown>>;

/**
 * What is used of a driver: a pool or a client of `pg`, a `PGlite`, or a few lines around another driver.
 *
 * `$1`, `$2` ... in the text stand for the parameters, each of them a text. Every call is one statement and a transaction
 * of its own, so calls may go to different connections. No result is read but `rows`.
 *
 * @example
 * // postgres.js
 * const client = { query: async (text, params) => ({ rows: await sql.unsafe(text, params) }) };
 *
 * @since 0.2.0
 * @public
 */
export interface PostgresClient {
  query(text: string, params: string[]): PromiseLike<{ readonly rows: readonly PostgresRow[] }>;
}

/** Runs one statement and returns its rows. */
export type RunStatement = (text: string, params?: Params) => Promise<readonly PostgresRow[]>;

/**
 * Unique key taken meanwhile, serialization failure, deadlock, schema or table made meanwhile: nothing was written, and
 * another try may go through.
 */
const passing: ReadonlySet<string> = new Set(["23505", "40001", "40P01", "42P06", "42P07"]);
/** Each writer of one stream that comes in between costs one try. */
const maxTries = 100;

/** What a role refuses that lacks a grant. */
const notAllowed = "42501";

/** What an index refuses: no index holds a row of more than about 2,700 bytes. */
const tooLong = "54000";

function refusal(error: unknown): RegraftError {
  const sqlState = textOf(error, "code");
  if (sqlState === tooLong) {
    const expected = "ids of tenant, scenario and session of at most about 2,600 bytes together";
    const details = { sqlState, expected, received: "longer ones" };
    return new RegraftError("INPUT.INVALID", "ids are too long for PostgreSQL", details, { cause: causeOf(error) });
  }
  if (sqlState === notAllowed) {
    const expected =
      "USAGE on the schema and SELECT, INSERT, UPDATE and DELETE on its tables; their owner, where setup() has work to do";
    const details = { sqlState, expected, received: "a role that lacks a right" };
    const message = "the role of the connection lacks a right that the store needs";
    return new RegraftError("STORE.UNAVAILABLE", message, details, { cause: causeOf(error) });
  }
  const missing = sqlState === "42P01" || sqlState === "3F000";
  const message = missing
    ? "the tables of the store do not exist: call setup() once"
    : `PostgreSQL failed${sqlState === undefined ? "" : `: ${sqlState}`}`;
  return new RegraftError("STORE.UNAVAILABLE", message, sqlState === undefined ? {} : { sqlState }, {
    cause: causeOf(error),
  });
}

/**
 * Runs statements on a client. What another writer came in between for is tried again, a bounded number of times.
 *
 * @throws RegraftError `STORE.UNAVAILABLE` for a failure of the driver, with its SQLSTATE and a cause without secrets; `INPUT.INVALID`
 * where ids are too long for an index
 */
export function statementRunner(client: PostgresClient): RunStatement {
  return async (text, params) => {
    for (let tries = 1; ; tries += 1) {
      try {
        return (await client.query(text, [...(params?.values ?? [])])).rows;
      } catch (error) {
        if (tries >= maxTries || !passing.has(textOf(error, "code") ?? "")) throw refusal(error);
      }
    }
  };
}

/**
 * Runs a statement until its answer is one of a settled state.
 *
 * A statement sees the state of its start. If somebody else was first with a row, it changes nothing, and its answer does
 * not say why: the next one does.
 */
export async function untilSettled<T>(attempt: () => Promise<T | undefined>): Promise<T> {
  for (let tries = 0; tries < maxTries; tries += 1) {
    const answer = await attempt();
    if (answer !== undefined) return answer;
  }
  throw new RegraftError("STORE.UNAVAILABLE", `other writers were first ${maxTries} times in a row`);
}

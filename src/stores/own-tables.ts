import { RegraftError } from "../errors.js";
import type { SessionStore } from "../ports/session-store.js";
import { commitTo } from "./own-tables-commit.js";
import { hostOf } from "./own-tables-host.js";
import { markPage, matching, pageOf, unmarkAll } from "./own-tables-marks.js";
import { type OwnTables, type SessionColumn, sessionColumns } from "./own-tables-port.js";
import { viewOf } from "./own-tables-row.js";

function invalid(path: string, expected: string, received: string): RegraftError {
  return new RegraftError("CONFIG.INVALID", "the application's tables cannot be used", { path, expected, received });
}

function checkTables<C extends SessionColumn>(tables: OwnTables<C>): void {
  for (const name of ["load", "save", "query"] as const) {
    if (typeof tables[name] !== "function") throw invalid(`/${name}`, "a function", typeof tables[name]);
  }
  const many = tables.saveMany;
  if (many !== undefined && typeof many !== "function") throw invalid("/saveMany", "a function", typeof many);
  const columns: unknown = tables.columns;
  if (!Array.isArray(columns)) throw invalid("/columns", "a list of columns", typeof columns);
  const known = new Set<unknown>(sessionColumns);
  columns.forEach((name: unknown, at) => {
    if (!known.has(name)) throw invalid(`/columns/${at}`, `one of ${sessionColumns.join(", ")}`, String(name));
  });
}

/** Rows that a count reads at once. */
const pageLimit = 1000;

/**
 * A store of sessions over an application's own tables.
 *
 * The application keeps what it wants to query in columns of its own, and gives one more column to the rest. Its own version
 * column decides who wins: what the application writes by itself, raising the version, is never overwritten by a decision that
 * was made before. Records need a store of their own: `createRegraft({ sessions: sessionsFrom(tables), records })`.
 *
 * Against a store of sessions and records, this is weaker: a session and its ledger entries are two writes, joined by the
 * session's outbox (see `deliver`); `mark` is one write for each session without `saveMany`; `count` reads the rows.
 *
 * @throws RegraftError `CONFIG.INVALID` with the path of what cannot be used
 *
 * @example
 * const rows = new Map(); // stands for a table with the columns id, step, version, stamp, state
 * const sessions = sessionsFrom({
 *   columns: ["stepId"],
 *   load: async ({ tenantId, id }) => (tenantId === "" ? rows.get(id) : undefined),
 *   save: async ({ id }, write, expected) => {
 *     const row = rows.get(id);
 *     if (row?.version !== expected?.version || row?.stamp !== expected?.stamp) return false;
 *     rows.set(id, { id, ...write });
 *     return true;
 *   },
 *   query: async (_, { after = "", limit }) =>
 *     [...rows.values()].filter(({ id }) => id > after).sort((a, b) => (a.id < b.id ? -1 : 1)).slice(0, limit),
 * });
 * sessions.capabilities.setBasedMark; // false
 *
 * @since 0.2.0
 * @public
 */
export function sessionsFrom<C extends SessionColumn>(tables: OwnTables<C>): SessionStore {
  checkTables(tables);
  const host = hostOf(tables);
  return Object.freeze<SessionStore>({
    capabilities: Object.freeze({
      atomicCommit: false,
      durable: tables.durable ?? true,
      setBasedMark: tables.saveMany !== undefined,
      indexedOutbox: false,
      leases: false,
    }),

    get: async (key) => {
      const content = (await host.load(key))?.content;
      return content && viewOf(content);
    },

    scan: async (query, page) => {
      const { found, cursor } = await pageOf(host, query, page);
      const sessions = found.map(({ content }) => viewOf(content));
      return cursor === undefined ? { sessions } : { sessions, cursor };
    },

    count: async (query) => {
      const byStep = new Map<string, number>();
      let total = 0;
      for await (const { content } of matching(host, query, undefined, pageLimit)) {
        total += 1;
        byStep.set(content.session.stepId, (byStep.get(content.session.stepId) ?? 0) + 1);
      }
      return { total, byStep: Object.fromEntries(byStep) };
    },

    mark: (query, mark, page) => markPage(host, query, mark, page),
    unmark: (query) => unmarkAll(host, query),
    commit: (change, options) => commitTo(host, change, options?.idempotencyKey),
  });
}

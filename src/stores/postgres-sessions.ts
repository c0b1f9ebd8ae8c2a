import type { PageRequest } from "../ports/paging.js";
import type { SessionCount, SessionQuery, SessionStore } from "../ports/session-store.js";
import { checkLimit } from "./paging.js";
import type { RunStatement } from "./postgres-client.js";
import { commitSession, settleOutbox } from "./postgres-commit.js";
import { sessionCondition } from "./postgres-filter.js";
import { readWith } from "./postgres-heads.js";
import { markPage, unmarkAll } from "./postgres-marks.js";
import { Params } from "./postgres-params.js";
import { markColumns, sessionIn, textIn } from "./postgres-rows.js";
import type { Tables } from "./postgres-schema.js";
import { encoded } from "./postgres-text.js";

/** The session side of the store. A cursor is the id of the last session of a page, as it is stored. */
export function postgresSessions(run: RunStatement, tables: Tables): Omit<SessionStore, "capabilities"> {
  const columns = `s.document::text AS document, ${markColumns("s")}`;

  const scan = async (query: SessionQuery, { limit, cursor }: PageRequest) => {
    checkLimit(limit);
    const params = new Params();
    const rows = await run(
      `SELECT ${columns} FROM ${tables.sessions} s WHERE ${sessionCondition(query, params, cursor)}
      ORDER BY s.id LIMIT ${params.number(limit + 1, "bigint")}`,
      params,
    );
    const sessions = rows.slice(0, limit).map(sessionIn);
    const last = sessions.at(-1);
    return last === undefined || rows.length <= limit ? { sessions } : { sessions, cursor: encoded(last.id) };
  };

  const count = async (query: SessionQuery): Promise<SessionCount> => {
    const params = new Params();
    const rows = await run(
      `SELECT s.step_id, count(*)::integer AS sessions FROM ${tables.sessions} s
      WHERE ${sessionCondition(query, params)} GROUP BY s.step_id`,
      params,
    );
    const steps = rows.map((row): [string, number] => [textIn(row, "step_id"), Number(row.sessions)]);
    return { total: steps.reduce((sum, [, sessions]) => sum + sessions, 0), byStep: Object.fromEntries(steps) };
  };

  return {
    get: async ({ tenantId, id }) => {
      const params = new Params();
      const [row] = await run(
        `SELECT ${columns} FROM ${tables.sessions} s
        WHERE s.tenant_id = ${params.text(tenantId)} AND s.id = ${params.text(id)}`,
        params,
      );
      return row && sessionIn(row);
    },
    getWith: (key, pointers) => readWith(run, tables, key, pointers),
    scan,
    count,
    mark: (query, mark, page) => markPage(run, tables, query, mark, page),
    unmark: (query) => unmarkAll(run, tables, query),
    settle: (session) => settleOutbox(run, tables, session),
    commit: (change, options) => commitSession(run, tables, change, options),
  };
}

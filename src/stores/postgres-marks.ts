import { frozenCopy } from "../hash/frozen-copy.js";
import type { PageRequest } from "../ports/paging.js";
import type { Mark, MarkPage, SessionQuery } from "../ports/session-store.js";
import { checkLimit } from "./paging.js";
import type { RunStatement } from "./postgres-client.js";
import { sessionCondition } from "./postgres-filter.js";
import { Params } from "./postgres-params.js";
import { markNames } from "./postgres-rows.js";
import type { Tables } from "./postgres-schema.js";

/** What is written to the matching sessions of a page, and to which of them. */
interface Change {
  readonly set: string;
  readonly where: string;
}

interface ChangedPage {
  readonly changed: number;
  /** Absent on the last page. */
  readonly cursor?: string;
}

/** Sessions that one statement takes the mark off; their commits wait for it. */
const unmarkLimit = 10_000;

/**
 * Changes a page in one statement. A page is a range of ids: as many sessions as the limit says, of those that an index
 * can name (tenant, scenario, version, ids); of these, all that match are written. So a statement is short also where few
 * match, the sessions are read once, and no row is locked before it is written. A session that somebody changes meanwhile
 * is written only if it still matches.
 */
async function changePage(
  run: RunStatement,
  { sessions }: Tables,
  query: SessionQuery,
  { limit, cursor }: PageRequest,
  change: (params: Params) => Change,
): Promise<ChangedPage> {
  const params = new Params();
  const { tenantId, scenarioId, versions, sessionIds } = query;
  const named = {
    tenantId,
    ...(scenarioId === undefined ? {} : { scenarioId }),
    ...(versions === undefined ? {} : { versions }),
    ...(sessionIds === undefined ? {} : { sessionIds }),
  };
  const inPage = sessionCondition(named, params, cursor);
  const matching = sessionCondition(query, params, cursor);
  const { set, where } = change(params);
  const [row] = await run(
    `WITH ends AS MATERIALIZED (
      SELECT s.id FROM ${sessions} s WHERE ${inPage} ORDER BY s.id OFFSET ${params.number(limit - 1, "bigint")} LIMIT 2
    ), changed AS (
      UPDATE ${sessions} s SET ${set} WHERE ${matching} AND ${where}
        AND s.id <= coalesce((SELECT min(id) FROM ends), (SELECT max(s.id) FROM ${sessions} s WHERE ${inPage}))
      RETURNING 1
    )
    SELECT (SELECT count(*) FROM changed)::integer AS changed,
      (SELECT min(id) FROM ends HAVING count(*) = 2) AS cursor`,
    params,
  );
  const changed = Number(row?.changed);
  return typeof row?.cursor === "string" ? { changed, cursor: row.cursor } : { changed };
}

/** Marks a page in one statement that writes nothing but the columns of the mark. */
export async function markPage(
  run: RunStatement,
  tables: Tables,
  query: SessionQuery,
  mark: Mark,
  page: PageRequest,
): Promise<MarkPage> {
  checkLimit(page.limit);
  const { planId, targetVersion, markedAt } = frozenCopy(mark);
  const { changed, cursor } = await changePage(run, tables, query, page, (params) => {
    const plan = params.text(planId);
    const target = params.number(targetVersion, "bigint");
    return {
      set: `mark_plan_id = ${plan}, mark_target = ${target}, mark_step_id = s.step_id, mark_at = ${params.text(markedAt)}`,
      where: `(s.mark_plan_id IS DISTINCT FROM ${plan} OR s.mark_target <> ${target})`,
    };
  });
  return cursor === undefined ? { marked: changed, done: true } : { marked: changed, done: false, cursor };
}

/** Takes the mark off all matching sessions, a page at a time so that no commit waits long. */
export async function unmarkAll(run: RunStatement, tables: Tables, query: SessionQuery): Promise<{ unmarked: number }> {
  let unmarked = 0;
  let cursor: string | undefined;
  do {
    const page = { limit: unmarkLimit, ...(cursor === undefined ? {} : { cursor }) };
    const result = await changePage(run, tables, query, page, () => ({
      set: markNames.map((name) => `${name} = NULL`).join(", "),
      where: "s.mark_plan_id IS NOT NULL",
    }));
    unmarked += result.changed;
    cursor = result.cursor;
  } while (cursor !== undefined);
  return { unmarked };
}

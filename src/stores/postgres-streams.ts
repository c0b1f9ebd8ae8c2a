import { RegraftError } from "../errors.js";
import { deepFreeze } from "../hash/freeze.js";
import type { StreamSummary } from "../ports/ledger.js";
import type { RecordStore } from "../ports/record-store.js";
import { checkLimit, checkThrough } from "./paging.js";
import type { RunStatement } from "./postgres-client.js";
import { fenceParts } from "./postgres-leases.js";
import { isOf, Params } from "./postgres-params.js";
import { textIn } from "./postgres-rows.js";
import type { Tables } from "./postgres-schema.js";

/** The kind and id of the last stream of a page, as the server keeps them. */
function placeIn(cursor: string): readonly [string, string] {
  try {
    const place: unknown = JSON.parse(cursor);
    if (Array.isArray(place) && typeof place[0] === "string" && typeof place[1] === "string")
      return [place[0], place[1]];
  } catch {
    // Told below, as any other text that is no cursor.
  }
  throw new RegraftError("INPUT.INVALID", "the cursor is none of this store", {
    path: "/cursor",
    expected: "the cursor of an earlier page",
    received: cursor.slice(0, 80),
  });
}

/** Lists and shortens streams. A list jumps from stream to stream by the primary key, whatever their lengths. */
export function postgresStreams(run: RunStatement, tables: Tables): Pick<RecordStore, "streams" | "erase"> {
  return {
    streams: async (tenantId, { cursor, limit }) => {
      checkLimit(limit);
      const params = new Params();
      const tenant = params.text(tenantId);
      const place = cursor === undefined ? undefined : placeIn(cursor);
      const first =
        place === undefined ? "true" : `(l.kind, l.id) > (${params.plain(place[0])}, ${params.plain(place[1])})`;
      const nextWhere = (condition: string) => `
        SELECT l.kind, l.id FROM ${tables.ledger} l WHERE l.tenant_id = ${tenant} AND ${condition}
        ORDER BY l.kind, l.id LIMIT 1`;
      const rows = await run(
        `WITH RECURSIVE names AS (
          SELECT n.kind, n.id, 1 AS place FROM (${nextWhere(first)}) n
          UNION ALL
          SELECT n.kind, n.id, s.place + 1 FROM names s
          CROSS JOIN LATERAL (${nextWhere("(l.kind, l.id) > (s.kind, s.id)")}) n
          WHERE s.place <= ${params.number(limit, "bigint")}
        )
        SELECT s.kind, s.id, h.seq, h.hash FROM names s CROSS JOIN LATERAL (
          SELECT l.seq, l.hash FROM ${tables.ledger} l
          WHERE l.tenant_id = ${tenant} AND l.kind = s.kind AND l.id = s.id ORDER BY l.seq DESC LIMIT 1
        ) h ORDER BY s.place`,
        params,
      );
      const streams = rows.slice(0, limit).map(
        (row): StreamSummary => ({
          subject: { kind: textIn(row, "kind"), tenantId, id: textIn(row, "id") },
          seq: Number(row.seq),
          hash: String(row.hash),
        }),
      );
      const last = rows[limit - 1];
      const isLast = rows.length <= limit || last === undefined;
      return deepFreeze({ streams, ...(isLast ? {} : { cursor: JSON.stringify([last.kind, last.id]) }) });
    },

    erase: async (stream, { through, part }, { fence } = {}) => {
      checkThrough(through);
      const params = new Params();
      const fencing = fenceParts(tables, params, fence);
      const of = params.subject(stream);
      const end = params.number(through, "bigint");
      const ledger = `${tables.ledger} l`;
      const own = `${isOf("l", of)} AND l.seq <= ${end} AND ${fencing.gate}`;
      const parts =
        part === "data"
          ? [`gone AS (UPDATE ${ledger} SET data = 'null'::json WHERE ${own} AND l.data::text <> 'null' RETURNING 1)`]
          : [
              `head AS MATERIALIZED (SELECT max(l.seq) AS seq FROM ${ledger} WHERE ${isOf("l", of)})`,
              `gone AS (DELETE FROM ${ledger} WHERE ${own} AND l.seq < (SELECT seq FROM head) RETURNING 1)`,
              `keys AS (
                DELETE FROM ${tables.ledgerKeys} l WHERE ${own} AND l.seq < (SELECT seq FROM head)
              )`,
            ];
      const [row = {}] = await run(
        `WITH ${[...fencing.parts, ...parts].join(",\n")}
        SELECT ${fencing.gate} AS in_force, (SELECT count(*)::integer FROM gone) AS erased`,
        params,
      );
      fencing.check(row);
      return { erased: Number(row.erased) };
    },
  };
}

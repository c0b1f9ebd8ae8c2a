import { digestOf } from "../hash/digest.js";
import { deepFreeze } from "../hash/freeze.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import type { Clock } from "../ports/clock.js";
import type { PageRequest } from "../ports/paging.js";
import type { RecordPage, RecordQuery, RecordStore, StoredRecord } from "../ports/record-store.js";
import type { Subject } from "../ports/subject.js";
import { checkLimit } from "./paging.js";
import type { PostgresRow, RunStatement } from "./postgres-client.js";
import { fenceParts, postgresLeases } from "./postgres-leases.js";
import { appendRecords, readStream } from "./postgres-ledger.js";
import { isOf, Params } from "./postgres-params.js";
import { postgresPointers } from "./postgres-pointers.js";
import { textIn } from "./postgres-rows.js";
import type { Tables } from "./postgres-schema.js";
import { postgresStreams } from "./postgres-streams.js";
import { decoded, encoded } from "./postgres-text.js";

type Tags = Readonly<Record<string, string>>;

function mapTags(tags: Tags, convert: (text: string) => string): Tags {
  return Object.fromEntries(Object.entries(tags).map(([name, value]) => [convert(name), convert(value)]));
}

function recordIn(row: PostgresRow, { kind, tenantId }: Omit<Subject, "id">): StoredRecord {
  const tags = mapTags(JSON.parse(String(row.tags)), decoded);
  const body: unknown = JSON.parse(String(row.body));
  return deepFreeze({ kind, tenantId, id: textIn(row, "id"), tags, body, digest: textIn(row, "digest") });
}

/** The documents that the pointers of their subjects name: pointers in alias `p`, documents in alias `d`. */
function namedDocuments(tables: Tables): string {
  return `${tables.pointers} p JOIN ${tables.documents} d
    ON d.tenant_id = p.tenant_id AND d.kind = p.kind AND d.id = p.id AND d.digest = p.value`;
}

/** Each tag has one of the values: one containment for each, which is what the index on tags answers. */
function tagConditions({ tags }: RecordQuery, params: Params): string[] {
  return Object.entries(tags ?? {}).map(([name, values]) => {
    const wanted = typeof values === "string" ? [values] : values;
    const tests = wanted.map((value) => `d.tags @> ${params.json({ [encoded(name)]: encoded(value) })}::jsonb`);
    return tests.length === 0 ? "false" : `(${tests.join(" OR ")})`;
  });
}

async function findRecords(
  run: RunStatement,
  tables: Tables,
  query: RecordQuery,
  { cursor, limit }: PageRequest,
): Promise<RecordPage> {
  checkLimit(limit);
  const params = new Params();
  const conditions = [`p.tenant_id = ${params.text(query.tenantId)}`, `p.kind = ${params.text(query.kind)}`];
  if (query.ids !== undefined) conditions.push(`p.id = ANY (${params.texts(query.ids)})`);
  conditions.push(...tagConditions(query, params));
  const later = cursor === undefined ? "true" : `m.id > ${params.plain(cursor)}`;
  const rows = await run(
    `WITH matching AS MATERIALIZED (
      SELECT d.tenant_id, d.kind, d.id, d.digest FROM ${namedDocuments(tables)} WHERE ${conditions.join(" AND ")}
    ), page AS MATERIALIZED (
      SELECT * FROM matching m WHERE ${later} ORDER BY m.id LIMIT ${params.number(limit + 1, "bigint")}
    )
    SELECT all_pages.total, r.* FROM (SELECT count(*)::integer AS total FROM matching) all_pages LEFT JOIN (
      SELECT d.id, d.digest, d.tags::text AS tags, d.body::text AS body FROM page JOIN ${tables.documents} d
      ON d.tenant_id = page.tenant_id AND d.kind = page.kind AND d.id = page.id AND d.digest = page.digest
    ) r ON true ORDER BY r.id`,
    params,
  );
  const found = rows.filter(({ id }) => id !== null);
  const records = found.slice(0, limit).map((row) => recordIn(row, query));
  const page = { records, total: Number(rows[0]?.total) };
  const last = records.at(-1);
  return last === undefined || found.length <= limit ? page : { ...page, cursor: encoded(last.id) };
}

/** The record side of the store: every method is one statement. */
export function postgresRecords(
  run: RunStatement,
  tables: Tables,
  clock: Clock | undefined,
): Omit<RecordStore, "capabilities"> {
  return {
    ...postgresLeases(run, tables, clock),
    ...postgresPointers(run, tables),

    put: async ({ tags = {}, body: given, ...subject }) => {
      const body = frozenCopy(given);
      const digest = digestOf(body);
      const params = new Params();
      const { tenantId, kind, id } = params.subject(subject);
      const values = [tenantId, kind, id, params.plain(digest), `${params.json(mapTags(tags, encoded))}::jsonb`];
      await run(
        `INSERT INTO ${tables.documents} (tenant_id, kind, id, digest, tags, body)
        VALUES (${values.join(", ")}, ${params.json(body)}) ON CONFLICT DO NOTHING`,
        params,
      );
      return { digest };
    },

    load: async (subject, digest) => {
      const params = new Params();
      const [from, condition] =
        digest === undefined
          ? [namedDocuments(tables), isOf("p", params.subject(subject))]
          : [`${tables.documents} d`, `${isOf("d", params.subject(subject))} AND d.digest = ${params.text(digest)}`];
      const [row] = await run(
        `SELECT d.id, d.digest, d.tags::text AS tags, d.body::text AS body FROM ${from} WHERE ${condition}`,
        params,
      );
      return row && recordIn(row, subject);
    },

    find: (query, page) => findRecords(run, tables, query, page),

    drop: async (subject, digest, { fence } = {}) => {
      const params = new Params();
      const fencing = fenceParts(tables, params, fence);
      const of = params.subject(subject);
      const value = params.text(digest);
      const [row = {}] = await run(
        `WITH ${[
          ...fencing.parts,
          `named AS MATERIALIZED (SELECT 1 FROM ${tables.pointers} p WHERE ${isOf("p", of)} AND p.value = ${value})`,
          `dropped AS (
            DELETE FROM ${tables.documents} d WHERE ${isOf("d", of)} AND d.digest = ${value}
            AND NOT EXISTS (SELECT 1 FROM named) AND ${fencing.gate}
          )`,
        ].join(",\n")}
        SELECT ${fencing.gate} AS in_force, NOT EXISTS (SELECT 1 FROM named) AS gone`,
        params,
      );
      fencing.check(row);
      return row.gone === true;
    },

    append: (stream, records, options) => appendRecords(run, tables, stream, records, options),

    read: (stream, page) => readStream(run, tables, stream, page),

    ...postgresStreams(run, tables),
  };
}

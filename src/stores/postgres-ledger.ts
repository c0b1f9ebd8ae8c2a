import { RegraftError } from "../errors.js";
import { deepFreeze } from "../hash/freeze.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import { emptyHead, recordDigest } from "../ledger/chain.js";
import type { LedgerEntry, LedgerRecord } from "../ports/ledger.js";
import type { AppendResult, Fence, StreamPage } from "../ports/record-store.js";
import type { Subject } from "../ports/subject.js";
import { changeDigest } from "./change-digest.js";
import { checkLimit } from "./paging.js";
import type { RunStatement } from "./postgres-client.js";
import { fenceParts } from "./postgres-leases.js";
import { isOf, Params, type SubjectParams } from "./postgres-params.js";
import { textIn } from "./postgres-rows.js";
import type { Tables } from "./postgres-schema.js";

/** The hash of the entry that follows an entry with its number and hash, as `entryHash` makes it. */
function nextHash(before: string, digest: string): string {
  return `'sha256:' || encode(sha256(convert_to(
        ${before}.hash || E'\\n' || (${before}.seq + 1)::text || E'\\n' || ${digest}, 'UTF8')), 'hex')`;
}

/**
 * The parts of a `WITH RECURSIVE` that append records to a stream if the gate holds: `head` is where the stream ends.
 * The primary key refuses the number that somebody else
 * takes meanwhile, so streams need no row to lock.
 */
export function appendParts(
  tables: Tables,
  params: Params,
  stream: Subject,
  records: readonly LedgerRecord[],
  gate: string,
): { readonly subject: SubjectParams; readonly parts: readonly string[] } {
  const subject = params.subject(stream);
  const genesis = params.plain(emptyHead(stream).hash);
  const head = `head AS MATERIALIZED (
      SELECT coalesce(max(e.seq), 0) AS seq, coalesce(max(e.hash), ${genesis}) AS hash FROM (
        SELECT e.seq, e.hash FROM ${tables.ledger} e WHERE ${isOf("e", subject)} ORDER BY e.seq DESC LIMIT 1
      ) e
    )`;
  const insert = `INSERT INTO ${tables.ledger} (tenant_id, kind, id, seq, type, at, data, digest, hash)
      SELECT ${subject.tenantId}, ${subject.kind}, ${subject.id}`;
  const [only, ...others] = records;
  if (only !== undefined && others.length === 0) {
    // The usual case, without a recursion to be planned.
    const digest = params.plain(recordDigest(stream, only));
    const [type, at, data] = [params.text(only.type), params.text(only.at), params.json(only.data)];
    const hash = nextHash("head", digest);
    const parts = [
      head,
      `appended AS (${insert}, head.seq + 1, ${type}, ${at}, ${data}, ${digest}, ${hash} FROM head WHERE ${gate})`,
    ];
    return { subject, parts };
  }
  const lists = [
    params.texts(records.map(({ type }) => type)),
    params.texts(records.map(({ at }) => at)),
    params.plainTexts(records.map(({ data }) => JSON.stringify(data))),
    params.plainTexts(records.map((record) => recordDigest(stream, record))),
  ];
  const parts = [
    head,
    `records AS MATERIALIZED (
      SELECT * FROM unnest(${lists.join(", ")}) WITH ORDINALITY AS r (type, at, data, digest, place)
    )`,
    `chain AS (
      SELECT seq, hash, 0::bigint AS place FROM head
      UNION ALL
      SELECT c.seq + 1, ${nextHash("c", "r.digest")}, r.place FROM chain c JOIN records r ON r.place = c.place + 1
    )`,
    `appended AS (
      ${insert}, c.seq, r.type, r.at, r.data::json, r.digest, c.hash
      FROM chain c JOIN records r ON r.place = c.place WHERE ${gate}
    )`,
  ];
  return { subject, parts };
}

/** What an append may be bound to. */
export interface AppendOptions {
  readonly expectedSeq?: number;
  readonly idempotencyKey?: string;
  readonly fence?: Fence;
}

/** Appends in one statement, whatever it is bound to. */
export async function appendRecords(
  run: RunStatement,
  tables: Tables,
  stream: Subject,
  given: readonly LedgerRecord[],
  { expectedSeq, idempotencyKey, fence }: AppendOptions = {},
): Promise<AppendResult> {
  const records = frozenCopy(given);
  const params = new Params();
  const fencing = fenceParts(tables, params, fence);
  const recordsDigest = idempotencyKey === undefined ? undefined : changeDigest(records);
  const gates = [fencing.gate];
  if (expectedSeq !== undefined) gates.push(`(SELECT seq FROM head) = ${params.number(expectedSeq)}`);
  if (idempotencyKey !== undefined) gates.push("NOT EXISTS (SELECT 1 FROM known)");
  const gate = gates.join(" AND ");
  const { subject, parts } = appendParts(tables, params, stream, records, gate);
  const keyed: string[] = [];
  if (idempotencyKey !== undefined) {
    const key = params.text(idempotencyKey);
    keyed.push(
      `known AS MATERIALIZED (
        SELECT k.seq, k.records_digest FROM ${tables.ledgerKeys} k WHERE ${isOf("k", subject)} AND k.key = ${key}
      )`,
      `remembered AS (
        INSERT INTO ${tables.ledgerKeys} (tenant_id, kind, id, key, seq, records_digest)
        SELECT ${subject.tenantId}, ${subject.kind}, ${subject.id}, ${key}, head.seq + ${params.number(records.length, "integer")},
          ${params.plain(recordsDigest)}
        FROM head WHERE ${gate}
      )`,
    );
  }
  const known = idempotencyKey === undefined ? "" : ", (SELECT seq FROM known) AS known_seq";
  const digest = idempotencyKey === undefined ? "" : ", (SELECT records_digest FROM known) AS known_digest";
  const [row = {}] = await run(
    `WITH RECURSIVE ${[...fencing.parts, ...keyed, ...parts].join(",\n")}
    SELECT head.seq AS head, ${fencing.gate} AS in_force${known}${digest} FROM head`,
    params,
  );
  fencing.check(row);
  if (typeof row.known_digest === "string") {
    if (row.known_digest === recordsDigest) return { ok: true, seq: Number(row.known_seq), repeated: true };
    throw new RegraftError("STORE.IDEMPOTENCY_CONFLICT", "the key was used for other records of this stream", {
      expected: "the records first sent under this key",
      idempotencyKey,
    });
  }
  const head = Number(row.head);
  if (expectedSeq !== undefined && head !== expectedSeq) {
    return { ok: false, conflict: { expected: expectedSeq, actual: head } };
  }
  return { ok: true, seq: head + records.length, repeated: false };
}

/** Entries of a stream after a sequence number, and its head. */
export async function readStream(
  run: RunStatement,
  tables: Tables,
  stream: Subject,
  { after = 0, limit }: { readonly after?: number; readonly limit: number },
): Promise<StreamPage> {
  checkLimit(limit);
  const params = new Params();
  const subject = params.subject(stream);
  const rows = await run(
    `SELECT h.head, e.seq, e.type, e.at, e.data::text AS data, e.digest, e.hash
    FROM (SELECT coalesce(max(l.seq), 0) AS head FROM ${tables.ledger} l WHERE ${isOf("l", subject)}) h
    LEFT JOIN LATERAL (
      SELECT l.* FROM ${tables.ledger} l WHERE ${isOf("l", subject)} AND l.seq > ${params.number(after)}
      ORDER BY l.seq LIMIT ${params.number(limit, "bigint")}
    ) e ON true ORDER BY e.seq`,
    params,
  );
  const { kind, tenantId, id } = stream;
  const entries = rows.flatMap((row): LedgerEntry[] => {
    if (row.seq === null) return [];
    // Data is an object; nothing in its place says that it was erased.
    const data: Readonly<Record<string, unknown>> | null = JSON.parse(String(row.data));
    const [digest, hash] = [String(row.digest), String(row.hash)];
    return [
      {
        type: textIn(row, "type"),
        at: textIn(row, "at"),
        data: data ?? {},
        subject: { kind, tenantId, id },
        seq: Number(row.seq),
        digest,
        hash,
        ...(data === null ? { erased: true } : {}),
      },
    ];
  });
  return { entries: deepFreeze(entries), head: Number(rows[0]?.head ?? 0) };
}

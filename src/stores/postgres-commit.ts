import type { PendingMigration, Session } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import type { CommitOptions, PointerValue, SessionCommit, SessionCommitResult } from "../ports/session-store.js";
import { changeDigest } from "./change-digest.js";
import { type PostgresRow, type RunStatement, untilSettled } from "./postgres-client.js";
import { provisionParts } from "./postgres-heads.js";
import { appendParts } from "./postgres-ledger.js";
import { Params } from "./postgres-params.js";
import { markColumns, markedAs, markNames } from "./postgres-rows.js";
import type { Tables } from "./postgres-schema.js";
import { encoded } from "./postgres-text.js";

const rememberedKeys = 32;
const noMark = markNames.map((name) => `${name} = NULL`).join(", ");

/** A change as it is written. */
interface Prepared {
  /** Without its mark; this is what a repeated key is compared with. */
  readonly change: SessionCommit;
  /** The session with the revision that the commit gives it. */
  readonly session: Session;
  /** The mark that a session is created with. */
  readonly mark: PendingMigration | undefined;
  readonly key?: { readonly text: string; readonly digest: string };
  readonly provided: readonly PointerValue[] | undefined;
}

function prepare(given: SessionCommit, { idempotencyKey, provided }: CommitOptions): Prepared {
  const { pendingMigration, ...rest } = given.session;
  const change = frozenCopy({ ...given, session: rest });
  const isMarked = change.expectedRevision === 0 && change.clearMark !== true;
  return {
    change,
    session: { ...change.session, revision: change.expectedRevision + 1 },
    mark: isMarked && pendingMigration !== undefined ? frozenCopy(pendingMigration) : undefined,
    provided,
    ...(idempotencyKey === undefined ? {} : { key: { text: idempotencyKey, digest: changeDigest(change) } }),
  };
}

/** The columns that follow from the session, with their values. */
function sessionColumns(params: Params, session: Session): readonly (readonly [string, string])[] {
  const createdAtMs = Date.parse(session.createdAt);
  return [
    ["scenario_id", params.text(session.scenarioId)],
    ["scenario_version", params.number(session.scenarioVersion, "bigint")],
    ["step_id", params.text(session.stepId)],
    ["status", params.text(session.status)],
    ["channel", params.plain(session.channel === undefined ? undefined : encoded(session.channel))],
    ["created_at_ms", Number.isNaN(createdAtMs) ? "NULL" : params.number(createdAtMs)],
    ["document", params.json(session)],
  ];
}

function markValues(params: Params, mark: PendingMigration | undefined): string {
  if (mark === undefined) return "NULL, NULL, NULL, NULL";
  const { planId, targetVersion, stepId, markedAt } = mark;
  const target = params.number(targetVersion, "bigint");
  return [params.text(planId), target, params.text(stepId), params.text(markedAt)].join(", ");
}

/** Creates or updates the row of the session, if it is at the expected revision, the key is new, and the gate holds. */
function writePart(
  tables: Tables,
  params: Params,
  prepared: Prepared,
  { tenantId, id }: { readonly tenantId: string; readonly id: string },
  gate: string,
): string {
  const { session, change, mark, key } = prepared;
  const columns = sessionColumns(params, session);
  const isNew = key === undefined ? gate : `${gate} AND NOT EXISTS (SELECT 1 FROM known)`;
  const returned = `RETURNING s.revision, ${markColumns("s")}`;
  if (change.expectedRevision === 0) {
    const names = columns.map(([name]) => name).join(", ");
    const values = columns.map(([, value]) => value).join(", ");
    return `written AS (
      INSERT INTO ${tables.sessions} AS s
        (tenant_id, id, revision, ${names}, ${markNames.join(", ")})
      SELECT ${tenantId}, ${id}, 1, ${values}, ${markValues(params, mark)} WHERE ${isNew}
      ON CONFLICT (tenant_id, id) DO NOTHING ${returned}
    )`;
  }
  const expected = params.number(change.expectedRevision);
  const set = columns.map(([name, value]) => `${name} = ${value}`).join(", ");
  return `written AS (
    UPDATE ${tables.sessions} s SET revision = s.revision + 1, ${set}${change.clearMark === true ? `, ${noMark}` : ""}
    WHERE s.tenant_id = ${tenantId} AND s.id = ${id} AND s.revision = ${expected} AND ${isNew} ${returned}
  )`;
}

/** Looks the key up, remembers it, and forgets the one that is too long ago. */
function keyParts(tables: Tables, params: Params, { key, change }: Prepared, tenantId: string, id: string): string[] {
  const own = `k.tenant_id = ${tenantId} AND k.id = ${id}`;
  const others = `DELETE FROM ${tables.sessionKeys} k WHERE ${own} AND EXISTS (SELECT 1 FROM written)`;
  if (key === undefined) return change.forget === true ? [`forgotten AS (${others})`] : [];
  const text = params.text(key.text);
  const tooOld = `AND k.key IN (
        SELECT k.key FROM ${tables.sessionKeys} k WHERE ${own} ORDER BY k.revision DESC OFFSET ${rememberedKeys - 1}
      )`;
  return [
    `known AS MATERIALIZED (
      SELECT k.change_digest, ${markColumns("k")} FROM ${tables.sessionKeys} k WHERE ${own} AND k.key = ${text}
    )`,
    `remembered AS (
      INSERT INTO ${tables.sessionKeys}
        (tenant_id, id, key, revision, change_digest, ${markNames.join(", ")})
      SELECT ${tenantId}, ${id}, ${text}, w.revision, ${params.plain(key.digest)}, ${markColumns("w")} FROM written w
    )`,
    `forgotten AS (${others} ${change.forget === true ? "" : tooOld})`,
  ];
}

function statement(tables: Tables, params: Params, prepared: Prepared): string {
  const { session, change, key, provided } = prepared;
  const [tenantId, id] = [params.text(session.tenantId), params.text(session.id)];
  const { parts: before, gate } = provisionParts(tables, params, provided);
  const parts = [
    ...before,
    ...keyParts(tables, params, prepared, tenantId, id),
    writePart(tables, params, prepared, { tenantId, id }, gate),
  ];
  if (change.records?.length) {
    const stream = { kind: "session", tenantId: session.tenantId, id: session.id };
    parts.push(...appendParts(tables, params, stream, change.records, "EXISTS (SELECT 1 FROM written)").parts);
  }
  // A write and a known key exclude each other.
  const marks = markNames.map((name) =>
    key === undefined ? `w.${name}` : `coalesce(w.${name}, k.${name}) AS ${name}`,
  );
  return `WITH RECURSIVE ${parts.join(",\n")}
    SELECT w.revision AS written, ${key === undefined ? "NULL::text" : "k.change_digest"} AS known,
      ${marks.join(", ")}, coalesce(s.revision, 0) AS actual, ${gate} AS stands
    FROM (SELECT 1) one LEFT JOIN written w ON true ${key === undefined ? "" : "LEFT JOIN known k ON true"}
    LEFT JOIN ${tables.sessions} s ON s.tenant_id = ${tenantId} AND s.id = ${id}`;
}

/** What the answer of the statement says, or undefined if somebody else was first and it does not say how. */
function resultOf({ change, session, key }: Prepared, row: PostgresRow): SessionCommitResult | undefined {
  if (row.written !== null) return { ok: true, session: markedAs(session, row), repeated: false };
  if (key !== undefined && row.known !== null) {
    // The change is the same, so it says itself what was written then; only the mark has to be remembered.
    if (row.known === key.digest) return { ok: true, session: markedAs(session, row), repeated: true };
    throw new RegraftError("STORE.IDEMPOTENCY_CONFLICT", "the key was used for another change of this session", {
      expected: "the change first sent under this key",
      idempotencyKey: key.text,
      sessionId: session.id,
    });
  }
  const [expected, actual] = [change.expectedRevision, Number(row.actual)];
  return actual === expected && row.stands === true ? undefined : { ok: false, conflict: { expected, actual } };
}

/** Takes the outbox off a session that is still at its revision. */
export async function settleOutbox(run: RunStatement, tables: Tables, given: Session): Promise<boolean> {
  const { outbox: _, pendingMigration: __, ...session } = given;
  const params = new Params();
  const rows = await run(
    `UPDATE ${tables.sessions} s SET document = ${params.json(frozenCopy(session))}
    WHERE s.tenant_id = ${params.text(session.tenantId)} AND s.id = ${params.text(session.id)}
      AND s.revision = ${params.number(session.revision)} AND s.has_outbox RETURNING 1`,
    params,
  );
  return rows.length > 0;
}

/** Writes a session with its records and its key in one statement. */
export async function commitSession(
  run: RunStatement,
  tables: Tables,
  given: SessionCommit,
  options: CommitOptions = {},
): Promise<SessionCommitResult> {
  const prepared = prepare(given, options);
  return untilSettled(async () => {
    const params = new Params();
    const [row = {}] = await run(statement(tables, params, prepared), params);
    return resultOf(prepared, row);
  });
}

import { RegraftError } from "../errors.js";
import type { Clock } from "../ports/clock.js";
import type { Fence, LeaseResult, RecordStore } from "../ports/record-store.js";
import { type PostgresRow, type RunStatement, untilSettled } from "./postgres-client.js";
import { isOf, Params } from "./postgres-params.js";
import { textIn } from "./postgres-rows.js";
import type { Tables } from "./postgres-schema.js";

/** How a statement keeps to a fence. */
export interface Fencing {
  /** Parts of its `WITH`. */
  readonly parts: readonly string[];
  /** The condition under which it may write; the statement returns it as `in_force`. */
  readonly gate: string;
  /** Refuses what was not written because of the fence. */
  check(row: PostgresRow): void;
}

/**
 * Binds a statement to a fence. The row of the lease stays locked until the statement ends: who takes the lease meanwhile
 * waits for this write, and who has taken it already is seen, also if that was after the statement began.
 */
export function fenceParts({ leases }: Tables, params: Params, fence: Fence | undefined): Fencing {
  if (fence === undefined) return { parts: [], gate: "true", check: () => {} };
  const token = Number.isSafeInteger(fence.token) ? fence.token : 0;
  const newest = `SELECT 1 FROM ${leases} l
    WHERE ${isOf("l", params.subject(fence.lease))} AND l.token = ${params.number(token, "bigint")} FOR SHARE`;
  return {
    parts: [`fence AS MATERIALIZED (${newest})`],
    gate: "EXISTS (SELECT 1 FROM fence)",
    check: ({ in_force }) => {
      if (in_force === true) return;
      throw new RegraftError("STORE.LEASE_HELD", "somebody else has taken the lease since", {
        expected: "the newest token of a lease that exists",
        received: `token ${fence.token}`,
      });
    },
  };
}

/** The leases of the store, which end by the given clock, or by the clock of the database. */
export function postgresLeases(
  run: RunStatement,
  { leases }: Tables,
  clock: Clock | undefined,
): Pick<RecordStore, "lease" | "renew" | "release"> {
  const moment = (params: Params): string => {
    const now = clock === undefined ? "extract(epoch FROM clock_timestamp()) * 1000" : params.number(clock.now());
    return `moment AS MATERIALIZED (SELECT floor((${now})::float8) AS now)`;
  };

  /** Sets the end of a lease that its holder still has. */
  const endAt = async ({ lease, token }: Fence, end: (params: Params) => string): Promise<boolean> => {
    if (!Number.isSafeInteger(token)) return false;
    const params = new Params();
    const rows = await run(
      `WITH ${moment(params)}
      UPDATE ${leases} l SET expires_at_ms = ${end(params)} FROM moment
      WHERE ${isOf("l", params.subject(lease))} AND l.token = ${params.number(token, "bigint")} AND l.expires_at_ms > moment.now
      RETURNING true AS held`,
      params,
    );
    return rows.length > 0;
  };

  return {
    lease: (name, { owner, ttlMs }) =>
      untilSettled(async (): Promise<LeaseResult | undefined> => {
        const params = new Params();
        const { tenantId, kind, id } = params.subject(name);
        const [row = {}] = await run(
          `WITH ${moment(params)}, taken AS (
            INSERT INTO ${leases} AS l (tenant_id, kind, id, token, owner, expires_at_ms)
            SELECT ${tenantId}, ${kind}, ${id}, 1, ${params.text(owner)}, now + ${params.number(ttlMs)} FROM moment
            ON CONFLICT (tenant_id, kind, id) DO UPDATE
            SET token = l.token + 1, owner = excluded.owner, expires_at_ms = excluded.expires_at_ms
            WHERE l.expires_at_ms <= (SELECT now FROM moment)
            RETURNING l.token, l.expires_at_ms
          )
          SELECT taken.token, taken.expires_at_ms, held.owner, held.expires_at_ms AS held_until
          FROM moment LEFT JOIN taken ON true
          LEFT JOIN ${leases} held ON ${isOf("held", { tenantId, kind, id })} AND held.expires_at_ms > moment.now`,
          params,
        );
        if (row.token !== null) return { ok: true, token: Number(row.token), expiresAtMs: Number(row.expires_at_ms) };
        if (row.held_until === null) return undefined;
        return { ok: false, heldBy: { owner: textIn(row, "owner"), expiresAtMs: Number(row.held_until) } };
      }),

    renew: (fence, { ttlMs }) => endAt(fence, (params) => `moment.now + ${params.number(ttlMs)}`),

    release: (fence) => endAt(fence, () => "'-infinity'::float8"),
  };
}

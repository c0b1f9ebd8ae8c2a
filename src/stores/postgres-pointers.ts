import type { CasResult, RecordStore } from "../ports/record-store.js";
import { type RunStatement, untilSettled } from "./postgres-client.js";
import { fenceParts } from "./postgres-leases.js";
import { isOf, Params } from "./postgres-params.js";
import { textIn } from "./postgres-rows.js";
import type { Tables } from "./postgres-schema.js";

/** The write of a compare-and-set: creates, changes or takes away the pointer, or nothing where nothing shall be. */
function write(
  { pointers }: Tables,
  params: Params,
  of: ReturnType<Params["subject"]>,
  [expected, next]: readonly [string | undefined, string | undefined],
  gate: string,
): string {
  if (expected === undefined) {
    if (next === undefined)
      return `SELECT 1 WHERE ${gate} AND NOT EXISTS (SELECT 1 FROM ${pointers} p WHERE ${isOf("p", of)})`;
    return `INSERT INTO ${pointers} (tenant_id, kind, id, value)
      SELECT ${of.tenantId}, ${of.kind}, ${of.id}, ${params.text(next)} WHERE ${gate}
      ON CONFLICT (tenant_id, kind, id) DO NOTHING RETURNING 1`;
  }
  const where = `WHERE ${isOf("p", of)} AND p.value = ${params.text(expected)} AND ${gate} RETURNING 1`;
  return next === undefined
    ? `DELETE FROM ${pointers} p ${where}`
    : `UPDATE ${pointers} p SET value = ${params.text(next)} ${where}`;
}

/** The pointers of the store. */
export function postgresPointers(run: RunStatement, tables: Tables): Pick<RecordStore, "pointer" | "cas"> {
  return {
    pointer: async (subject) => {
      const params = new Params();
      const [row] = await run(
        `SELECT p.value FROM ${tables.pointers} p WHERE ${isOf("p", params.subject(subject))}`,
        params,
      );
      return row && textIn(row, "value");
    },

    cas: (subject, expected, next, { fence } = {}) =>
      untilSettled(async (): Promise<CasResult | undefined> => {
        const params = new Params();
        const fencing = fenceParts(tables, params, fence);
        const of = params.subject(subject);
        const [row = {}] = await run(
          `WITH ${[...fencing.parts, `written AS (${write(tables, params, of, [expected, next], fencing.gate)})`].join(",\n")}
          SELECT ${fencing.gate} AS in_force, EXISTS (SELECT 1 FROM written) AS written, p.value
          FROM (SELECT 1) one LEFT JOIN ${tables.pointers} p ON ${isOf("p", of)}`,
          params,
        );
        fencing.check(row);
        if (row.written === true) return { ok: true };
        const actual = row.value === null ? undefined : textIn(row, "value");
        if (actual === expected) return undefined;
        const conflict = {
          ...(expected === undefined ? {} : { expected }),
          ...(actual === undefined ? {} : { actual }),
        };
        return { ok: false, conflict };
      }),
  };
}

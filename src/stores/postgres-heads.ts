import type { PointerValue, SessionKey, SessionRead } from "../ports/session-store.js";
import type { Subject } from "../ports/subject.js";
import type { RunStatement } from "./postgres-client.js";
import { Params } from "./postgres-params.js";
import { markColumns, sessionIn } from "./postgres-rows.js";
import type { Tables } from "./postgres-schema.js";
import { decoded, encoded } from "./postgres-text.js";

/** Stand between the parts of a name, and between names: stored texts hold no control character. */
const [ofParts, ofNames] = ["\u001f", "\u001e"];
const partsLiteral = String.raw`E'\x1f'`;
const namesLiteral = String.raw`E'\x1e'`;

function nameOf({ tenantId, kind, id }: Subject): string {
  return [tenantId, kind, id].map(encoded).join(ofParts);
}

const name = ["p.tenant_id", "p.kind", "p.id"].join(` || ${partsLiteral} || `);
const nameAndValue = `${name} || ${partsLiteral} || p.value`;

/** Narrows to pointers with these tenants, kinds and ids, in any combination: one scan of the primary key, however many there are. */
function narrowed(params: Params, pointers: readonly Subject[]): string {
  const distinct = (part: (pointer: Subject) => string) => params.texts([...new Set(pointers.map(part))]);
  return `p.tenant_id = ANY (${distinct(({ tenantId }) => tenantId)}) AND p.kind = ANY (${distinct(({ kind }) => kind)})
      AND p.id = ANY (${distinct(({ id }) => id)})`;
}

/** A condition of a statement that is looked at once. */
export interface Provision {
  /** Parts of its `WITH`. */
  readonly parts: readonly string[];
  readonly gate: string;
}

/**
 * Binds a statement to the values that pointers have when it starts. Their rows are not locked: every session of a plan looks at
 * the same few, and who changes one would wait for all of them.
 */
export function provisionParts(
  { pointers }: Tables,
  params: Params,
  provided: readonly PointerValue[] | undefined,
): Provision {
  if (provided === undefined || provided.length === 0) return { parts: [], gate: "true" };
  const present = new Set<string>();
  const absent = new Set<string>();
  for (const { pointer, value } of provided) {
    if (value === undefined) absent.add(nameOf(pointer));
    else present.add(nameOf(pointer) + ofParts + encoded(value));
  }
  const where = narrowed(
    params,
    provided.map(({ pointer }) => pointer),
  );
  const holds = `count(*) FILTER (WHERE ${nameAndValue} = ANY (${params.plainTexts([...present])}))
      = ${params.number(present.size, "bigint")}`;
  const none =
    absent.size === 0 ? "" : `AND NOT coalesce(bool_or(${name} = ANY (${params.plainTexts([...absent])})), false)`;
  const part = `provided AS MATERIALIZED (SELECT ${holds} ${none} AS stands FROM ${pointers} p WHERE ${where})`;
  return { parts: [part], gate: "(SELECT stands FROM provided)" };
}

/** Reads a session and the values of pointers in one statement, hence at one moment. */
export async function readWith(
  run: RunStatement,
  { sessions, pointers }: Tables,
  { tenantId, id }: SessionKey,
  subjects: readonly Subject[],
): Promise<SessionRead> {
  const params = new Params();
  const all = `SELECT string_agg(${nameAndValue}, ${namesLiteral}) FROM ${pointers} p WHERE ${narrowed(params, subjects)}`;
  const [row = {}] = await run(
    `SELECT s.document::text AS document, ${markColumns("s")}, (${all}) AS pointer_values
    FROM (SELECT 1) one LEFT JOIN ${sessions} s ON s.tenant_id = ${params.text(tenantId)} AND s.id = ${params.text(id)}`,
    params,
  );
  const values = new Map<string, string>();
  for (const found of typeof row.pointer_values === "string" ? row.pointer_values.split(ofNames) : []) {
    const end = found.lastIndexOf(ofParts);
    values.set(found.slice(0, end), decoded(found.slice(end + 1)));
  }
  const read = subjects.map((pointer): PointerValue => {
    const value = values.get(nameOf(pointer));
    return value === undefined ? { pointer } : { pointer, value };
  });
  return { ...(typeof row.document === "string" ? { session: sessionIn(row) } : {}), pointers: read };
}

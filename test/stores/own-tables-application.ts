import type { OwnRow, OwnSave, OwnTables } from "../../src/index.js";

/** What is used of a `PGlite`, or of a pool of `pg`. */
export interface Database {
  query<R extends object>(text: string, values?: unknown[]): Promise<{ rows: R[] }>;
}

const columns = ["scenarioId", "scenarioVersion", "stepId", "status", "variables", "channel"] as const;
type Column = (typeof columns)[number];
/** The application's table as the store reaches it. */
export type ApplicationTables = OwnTables<Column>;

interface Row {
  readonly id: string;
  readonly form: string;
  readonly edition: number;
  readonly page: string;
  readonly life: OwnRow<Column>["columns"]["status"];
  readonly answers: Record<string, unknown>;
  readonly came_by: string | null;
  readonly version: number;
  readonly regraft_stamp: number;
  readonly regraft_state: string | null;
}

/** Makes the table of an application that takes applications for something, in a schema of its own. */
export async function createTable(db: Database, schema: string): Promise<void> {
  await db.query(`CREATE SCHEMA "${schema}"`);
  await db.query(`
    CREATE TABLE "${schema}".applications (
      office text NOT NULL, id text COLLATE "C" NOT NULL, form text NOT NULL, edition integer NOT NULL,
      page text NOT NULL, life text NOT NULL, answers jsonb NOT NULL, came_by text, version integer NOT NULL,
      regraft_state text, regraft_stamp integer NOT NULL DEFAULT 0, PRIMARY KEY (office, id)
    )`);
}

function rowIn(row: Row): OwnRow<Column> {
  return {
    id: row.id,
    columns: {
      scenarioId: row.form,
      scenarioVersion: row.edition,
      stepId: row.page,
      status: row.life,
      variables: row.answers,
      channel: row.came_by,
    },
    version: row.version,
    stamp: row.regraft_stamp,
    state: row.regraft_state,
  };
}

/** How the application's table is reached. */
export function applicationTables(db: Database, schema: string): ApplicationTables {
  const table = `"${schema}".applications`;

  const saveMany = async (saves: readonly OwnSave<Column>[]): Promise<boolean[]> => {
    const rows = saves.map(({ key, write, expected }) => ({ ...key, ...write, expected }));
    const written = await db.query<{ office: string; id: string }>(
      `UPDATE ${table} a SET
        form = w.columns->>'scenarioId', edition = (w.columns->>'scenarioVersion')::integer,
        page = w.columns->>'stepId', life = w.columns->>'status', answers = (w.columns->'variables')::jsonb,
        came_by = w.columns->>'channel', version = w.version, regraft_state = w.state, regraft_stamp = w.stamp
      FROM json_to_recordset($1::json)
        AS w("tenantId" text, id text, columns json, version integer, state text, stamp integer, expected json)
      WHERE a.office = w."tenantId" AND a.id = w.id
        AND a.version = (w.expected->>'version')::integer AND a.regraft_stamp = (w.expected->>'stamp')::integer
      RETURNING a.office, a.id`,
      [JSON.stringify(rows)],
    );
    const done = new Set(written.rows.map(({ office, id }) => JSON.stringify([office, id])));
    return saves.map(({ key }) => done.has(JSON.stringify([key.tenantId, key.id])));
  };

  return {
    columns,

    load: async ({ tenantId, id }) => {
      const found = await db.query<Row>(`SELECT * FROM ${table} WHERE office = $1 AND id = $2`, [tenantId, id]);
      return found.rows.map(rowIn)[0];
    },

    save: async (key, write, expected) => {
      if (expected !== undefined) return (await saveMany([{ key, write, expected }]))[0] === true;
      const { scenarioId, scenarioVersion, stepId, status, variables, channel } = write.columns;
      const values = [
        key.tenantId,
        key.id,
        scenarioId,
        scenarioVersion,
        stepId,
        status,
        JSON.stringify(variables),
        channel,
      ];
      const made = await db.query(
        `INSERT INTO ${table} VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT DO NOTHING RETURNING id`,
        [...values, write.version, write.state, write.stamp],
      );
      return made.rows.length === 1;
    },

    saveMany,

    query: async ({ tenantId, scenarioId, versions, stepIds, sessionIds }, { after, limit }) => {
      const found = await db.query<Row>(
        `SELECT * FROM ${table} WHERE office = $1 AND ($2::text IS NULL OR id > $2)
          AND ($3::text IS NULL OR form = $3) AND ($4::integer[] IS NULL OR edition = ANY($4))
          AND ($5::text[] IS NULL OR page = ANY($5)) AND ($6::text[] IS NULL OR id = ANY($6))
        ORDER BY id LIMIT $7`,
        [tenantId, after ?? null, scenarioId ?? null, versions ?? null, stepIds ?? null, sessionIds ?? null, limit],
      );
      return found.rows.map(rowIn);
    },
  };
}

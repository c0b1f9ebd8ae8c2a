import { RegraftError } from "../errors.js";
import type { RunStatement } from "./postgres-client.js";
import { identifier, literal } from "./postgres-text.js";

/** The tables by their full, quoted names. */
export interface Tables {
  readonly sessions: string;
  readonly sessionKeys: string;
  readonly ledger: string;
  readonly ledgerKeys: string;
  readonly documents: string;
  readonly pointers: string;
  readonly leases: string;
}

const longestNameBytes = 63;

/**
 * The names of the tables in a schema.
 *
 * @throws RegraftError `INPUT.INVALID` if no schema can have the name
 */
export function tablesIn(schema: string): Tables {
  const bytes = new TextEncoder().encode(schema).length;
  if (bytes === 0 || bytes > longestNameBytes || /[\0\p{Cs}]/u.test(schema)) {
    throw new RegraftError("INPUT.INVALID", "no schema can have this name", {
      path: "/schema",
      expected: `1 to ${longestNameBytes} bytes of text`,
      received: JSON.stringify(schema),
    });
  }
  const table = (name: string) => `${identifier(schema)}.${name}`;
  return {
    sessions: table("sessions"),
    sessionKeys: table("session_keys"),
    ledger: table("ledger"),
    ledgerKeys: table("ledger_keys"),
    documents: table("documents"),
    pointers: table("pointers"),
    leases: table("leases"),
  };
}

const text = `text COLLATE "C"`;
const subject = `tenant_id ${text} NOT NULL, kind ${text} NOT NULL, id ${text} NOT NULL`;
const mark = `mark_plan_id ${text}, mark_target bigint, mark_step_id ${text}, mark_at ${text}`;

/**
 * What brings the tables from each version to the next one, the first from nothing. A version that was released is never
 * changed again.
 *
 * No index holds a column of the mark or one that an ordinary commit changes: with free room in the page (`fillfactor`)
 * such an update touches no index at all.
 */
function versionsOf(tables: Tables): readonly (readonly string[])[] {
  return [
    [
      `CREATE TABLE ${tables.sessions} (
        tenant_id ${text} NOT NULL, id ${text} NOT NULL, revision integer NOT NULL, scenario_id ${text} NOT NULL,
        scenario_version bigint NOT NULL, step_id ${text} NOT NULL, status ${text} NOT NULL, channel ${text},
        created_at_ms float8, ${mark}, document json NOT NULL, PRIMARY KEY (tenant_id, id)
      ) WITH (fillfactor = 70)`,
      `CREATE INDEX sessions_of_version ON ${tables.sessions} (tenant_id, scenario_id, scenario_version, id)`,
      `CREATE TABLE ${tables.sessionKeys} (
        tenant_id ${text} NOT NULL, id ${text} NOT NULL, key ${text} NOT NULL, revision integer NOT NULL,
        change_digest text NOT NULL, ${mark}, PRIMARY KEY (tenant_id, id, key)
      )`,
      `CREATE TABLE ${tables.ledger} (
        ${subject}, seq integer NOT NULL, type ${text} NOT NULL, at ${text} NOT NULL, data json NOT NULL,
        digest text NOT NULL, hash text NOT NULL, PRIMARY KEY (tenant_id, kind, id, seq)
      )`,
      `CREATE TABLE ${tables.ledgerKeys} (
        ${subject}, key ${text} NOT NULL, seq integer NOT NULL, records_digest text NOT NULL,
        PRIMARY KEY (tenant_id, kind, id, key)
      )`,
      `CREATE TABLE ${tables.documents} (
        ${subject}, digest ${text} NOT NULL, tags jsonb NOT NULL, body json NOT NULL,
        PRIMARY KEY (tenant_id, kind, id, digest)
      )`,
      `CREATE INDEX documents_by_tag ON ${tables.documents} USING gin (tags jsonb_path_ops)`,
      `CREATE TABLE ${tables.pointers} (${subject}, value ${text} NOT NULL, PRIMARY KEY (tenant_id, kind, id))`,
      `CREATE TABLE ${tables.leases} (
        ${subject}, token integer NOT NULL, owner ${text} NOT NULL, expires_at_ms float8 NOT NULL,
        PRIMARY KEY (tenant_id, kind, id)
      )`,
    ],
    // By the text of the document: what looks into it refuses one with an escaped NUL or an unpaired surrogate anywhere.
    // Generated, so that processes of the release before go on writing. The index holds few rows, and none of a session without an outbox.
    [
      `ALTER TABLE ${tables.sessions} ADD COLUMN has_outbox boolean
        GENERATED ALWAYS AS (document::text LIKE '%"outbox":[{%') STORED`,
      `CREATE INDEX sessions_with_outbox ON ${tables.sessions} (tenant_id, id) WHERE has_outbox`,
    ],
  ];
}

/**
 * Creates what is missing: in one statement, so all or nothing; under a lock of that transaction, so that several
 * processes may do it at once; and without a right to create anything where nothing is missing.
 */
function setupStatement(schema: string, versions: readonly (readonly string[])[]): string {
  const versionTable = `${identifier(schema)}.schema_version`;
  const steps = versions.map((statements, at) => {
    const all = [...statements, `INSERT INTO ${versionTable} (version) VALUES (${at + 1})`];
    return `IF present < ${at + 1} THEN\n${all.join(";\n")};\nEND IF;`;
  });
  const body = `
DECLARE present integer := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(${literal(`regraft setup ${schema}`)}, 0));
  IF to_regnamespace(${literal(identifier(schema))}) IS NULL THEN
    CREATE SCHEMA ${identifier(schema)};
  END IF;
  IF to_regclass(${literal(versionTable)}) IS NULL THEN
    CREATE TABLE ${versionTable} (version integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now());
  END IF;
  SELECT coalesce(max(version), 0) INTO present FROM ${versionTable};
  ${steps.join("\n")}
END`;
  return `DO ${literal(body)}`;
}

/**
 * Brings the tables of a schema to the newest version and returns the version they have then.
 *
 * @param known - how many versions the library knows: all of this release, or the first ones as an earlier release
 * @throws RegraftError `STORE.LAYOUT_UNKNOWN` if a later release has brought them further; nothing is changed
 */
export async function setUp(
  run: RunStatement,
  schema: string,
  known = Number.MAX_SAFE_INTEGER,
): Promise<{ readonly version: number }> {
  const versions = versionsOf(tablesIn(schema)).slice(0, known);
  await run(setupStatement(schema, versions));
  const [row] = await run(`SELECT max(version) AS version FROM ${identifier(schema)}.schema_version`);
  const version = Number(row?.version);
  if (version <= versions.length) return { version };
  throw new RegraftError("STORE.LAYOUT_UNKNOWN", "a later release of the library has brought the tables further", {
    expected: `tables of version ${versions.length} or earlier, or a release that knows theirs`,
    received: `tables of version ${version}`,
  });
}

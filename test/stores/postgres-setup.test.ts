import { fork } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isRegraftError } from "../../src/errors.js";
import { postgresStore } from "../../src/stores/postgres.js";
import { statementRunner } from "../../src/stores/postgres-client.js";
import { setUp } from "../../src/stores/postgres-schema.js";
import { storeContract } from "../../src/testing/store-contract.js";
import { aSession, create, ledgerRecord, s1 } from "../../src/testing/store-contract-fixtures.js";
import { fill } from "./postgres-behaviour.js";

const url = process.env.REGRAFT_TEST_POSTGRES;
const everybody = { tenantId: "" };
const mark = { planId: "p1", targetVersion: 2, markedAt: "2026-02-01T00:00:00.000Z" };

if (url === undefined) {
  describe("setting up the PostgreSQL store", () => {
    it.skipIf(process.env.REGRAFT_REQUIRE_SERVERS !== "1")("has a server to be tested on", () => {
      expect.fail("REGRAFT_TEST_POSTGRES is not set");
    });
  });
  console.log("test/stores/postgres-setup.test.ts: skipped, REGRAFT_TEST_POSTGRES names no server (postgres://...)");
} else {
  describe("setting up the PostgreSQL store", () => setupTests(url));
}

function setupTests(connectionString: string): void {
  const prefix = `r_${randomUUID().slice(0, 8)}`;
  const schemas: string[] = [];
  const newSchema = () => {
    schemas.push(`${prefix}_${schemas.length}`);
    return schemas.at(-1) ?? prefix;
  };
  const owner = new pg.Pool({ connectionString, max: 4 });
  /** A role without any right of its own beyond connecting. */
  const role = `${prefix}_app`;
  const asRole = new URL(connectionString);
  asRole.username = role;
  asRole.password = "test";
  const app = new pg.Pool({ connectionString: asRole.href, max: 4 });
  const grantAll = async (schema: string) => {
    await owner.query(`GRANT USAGE ON SCHEMA ${schema} TO ${role}`);
    await owner.query(`GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA ${schema} TO ${role}`);
  };
  const newest = async () => (await postgresStore({ client: owner, schema: newSchema() }).setup()).version;

  beforeAll(async () => {
    await owner.query(`CREATE ROLE ${role} LOGIN PASSWORD 'test' NOSUPERUSER NOCREATEDB NOCREATEROLE`);
  });
  afterAll(async () => {
    await app.end();
    for (const schema of schemas) await owner.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    await owner.query(`DROP OWNED BY ${role}`);
    await owner.query(`DROP ROLE ${role}`);
    await owner.end();
  });

  describe("by its owner, for a role that may create nothing", () => {
    storeContract(
      { describe, it, expect },
      {
        makeStore: async (clock) => {
          const schema = newSchema();
          await postgresStore({ client: owner, schema }).setup();
          await grantAll(schema);
          const open = () => postgresStore({ client: app, schema, clock });
          await open().setup();
          return { store: open(), reopen: open, another: open };
        },
      },
    );

    it("is refused to the role itself, with what it lacks", async () => {
      const schema = newSchema();
      await expect(app.query(`CREATE SCHEMA ${schema}`)).rejects.toThrow(/permission denied/);
      const error: unknown = await postgresStore({ client: app, schema })
        .setup()
        .catch((reason: unknown) => reason);
      expect(isRegraftError(error, "STORE.UNAVAILABLE") && error.details).toMatchObject({
        sqlState: "42501",
        expected: expect.stringContaining("setup()"),
      });
    });

    it.each([
      ["USAGE on the schema", (schema: string) => `REVOKE USAGE ON SCHEMA ${schema}`],
      ["INSERT on the ledger", (schema: string) => `REVOKE INSERT ON ${schema}.ledger`],
      ["UPDATE on the sessions", (schema: string) => `REVOKE UPDATE ON ${schema}.sessions`],
      ["SELECT on the keys", (schema: string) => `REVOKE SELECT ON ${schema}.session_keys`],
    ])("leaves nothing half-written where it lacks %s", async (_, revoke) => {
      const schema = newSchema();
      const own = postgresStore({ client: owner, schema });
      await own.setup();
      await grantAll(schema);
      await owner.query(`${revoke(schema)} FROM ${role}`);
      const session = await create(own);
      const change = { session: { ...session, stepId: "b" }, expectedRevision: 1, records: [ledgerRecord("moved")] };
      const error: unknown = await postgresStore({ client: app, schema })
        .commit(change, { idempotencyKey: "m1" })
        .catch((reason: unknown) => reason);
      expect(isRegraftError(error, "STORE.UNAVAILABLE") && error.message).toMatch(/lacks a right/);
      expect(isRegraftError(error) && String(error.cause)).toMatch(/permission denied/);
      expect(await own.get(s1)).toEqual(session);
    });
  });

  it("may be done by four processes at once", async () => {
    const schema = newSchema();
    const script = fileURLToPath(new URL("./postgres-setup-process.ts", import.meta.url));
    const children = Array.from({ length: 4 }, () =>
      fork(script, [connectionString, schema], {
        execArgv: ["--import", "tsx"],
        stdio: ["ignore", "ignore", "inherit", "ipc"],
      }),
    );
    await Promise.all(children.map((child) => once(child, "message")));
    const answers = children.map(async (child) => (await once(child, "message"))[0]);
    for (const child of children) child.send("go");
    const version = await newest();
    expect(await Promise.all(answers)).toEqual(children.map(() => ({ version })));
    const { rows } = await owner.query(`SELECT count(*)::integer AS applied FROM ${schema}.schema_version`);
    expect(rows).toEqual([{ applied: version }]);
  });

  describe("over tables of another release", () => {
    const run = statementRunner(owner);

    it("brings those of the first release up to date where they are, with all that is in them", async () => {
      const schema = newSchema();
      expect(await setUp(run, schema, 1)).toEqual({ version: 1 });
      await fill({ client: owner, schema }, 30);
      // Texts that PostgreSQL keeps as JSON and can look into no more.
      const hostile = `{"a":"\\u0000","b":"\\ud83d x","outbox":[{"id":"1"}]}`;
      await owner.query(`UPDATE ${schema}.sessions SET document = $1 WHERE id = 's000001'`, [hostile]);
      const store = postgresStore({ client: owner, schema });
      expect(await store.setup()).toEqual({ version: await newest() });
      expect(await store.count(everybody)).toEqual({ total: 30, byStep: { a: 30 } });
      expect(await store.mark(everybody, mark, { limit: 50 })).toEqual({ marked: 30, done: true });
      const session = await store.get({ tenantId: "", id: "s000007" });
      expect(session).toMatchObject({ ...aSession(), id: "s000007", pendingMigration: mark });
      const change = { session: session ?? aSession(), expectedRevision: 1, records: [ledgerRecord("moved")] };
      expect(await store.commit(change, { idempotencyKey: "m1" })).toMatchObject({
        ok: true,
        session: { revision: 2 },
      });
    });

    it("is refused where they are of a later one, and changes nothing", async () => {
      const schema = newSchema();
      const store = postgresStore({ client: owner, schema });
      const { version } = await store.setup();
      const session = await create(store);
      await owner.query(`INSERT INTO ${schema}.schema_version (version) VALUES (${version + 1})`);
      const error: unknown = await store.setup().catch((reason: unknown) => reason);
      expect(isRegraftError(error, "STORE.LAYOUT_UNKNOWN") && error.details).toEqual({
        expected: `tables of version ${version} or earlier, or a release that knows theirs`,
        received: `tables of version ${version + 1}`,
      });
      const { rows } = await owner.query(`SELECT max(version) AS version FROM ${schema}.schema_version`);
      expect(rows).toEqual([{ version: version + 1 }]);
      expect(await store.get(s1)).toEqual(session);
    });

    it("cannot be done by a role that does not own them, which leaves them as they were", async () => {
      const schema = newSchema();
      await setUp(run, schema, 1);
      await grantAll(schema);
      const error: unknown = await postgresStore({ client: app, schema })
        .setup()
        .catch((reason: unknown) => reason);
      expect(isRegraftError(error, "STORE.UNAVAILABLE") && error.message).toMatch(/lacks a right/);
      expect((await setUp(statementRunner(app), schema, 1)).version).toBe(1);
    });
  });
}

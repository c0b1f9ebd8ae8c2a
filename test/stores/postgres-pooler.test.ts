import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { postgresStore } from "../../src/stores/postgres.js";
import { storeContract } from "../../src/testing/store-contract.js";
import { type Pooler, statementPooler } from "./postgres-pooler.js";

const url = process.env.REGRAFT_TEST_POSTGRES;

if (url === undefined) {
  describe("the PostgreSQL store behind a pooler", () => {
    it.skipIf(process.env.REGRAFT_REQUIRE_SERVERS !== "1")("has a server to be tested on", () => {
      expect.fail("REGRAFT_TEST_POSTGRES is not set");
    });
  });
  console.log("test/stores/postgres-pooler.test.ts: skipped, REGRAFT_TEST_POSTGRES names no server (postgres://...)");
} else {
  describe("the PostgreSQL store behind a pooler that gives each statement another connection", () => poolerTests(url));
}

function poolerTests(connectionString: string): void {
  const prefix = `p_${randomUUID().slice(0, 8)}`;
  const schemas: string[] = [];
  let pooler: Pooler;
  let other: Pooler;

  beforeAll(async () => {
    [pooler, other] = await Promise.all([statementPooler(connectionString), statementPooler(connectionString)]);
  });
  afterAll(async () => {
    for (const schema of schemas) await pooler.client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`, []);
    await Promise.all([pooler.close(), other.close()]);
  });

  storeContract(
    { describe, it, expect },
    {
      makeStore: async (clock) => {
        const schema = `${prefix}_${schemas.length}`;
        schemas.push(schema);
        const open = ({ client }: Pooler) => postgresStore({ client, schema, clock });
        await open(pooler).setup();
        return { store: open(pooler), reopen: () => open(other), another: () => open(other) };
      },
    },
  );

  it("is one that notices whatever a statement leaves behind on its connection", async () => {
    const leaving: readonly (readonly [string, string])[] = [
      ["PREPARE kept AS SELECT 1", "a prepared statement"],
      ["DECLARE kept CURSOR WITH HOLD FOR SELECT 1", "a cursor"],
      ["SET work_mem = '8MB'", "a setting"],
      ["SELECT pg_advisory_lock(1)", "a lock"],
      ["LISTEN kept", "a channel"],
      ["CREATE TEMP TABLE kept (n integer)", "a temporary table"],
      ["BEGIN", "an open transaction"],
    ];
    for (const [statement, what] of leaving) {
      await expect(Promise.resolve(pooler.client.query(statement, [])), statement).rejects.toThrow(what);
    }
    const served = pooler.served();
    const pids = await Promise.all(
      Array.from(
        { length: 8 },
        async () => (await pooler.client.query("SELECT pg_backend_pid() AS pid", [])).rows[0]?.pid,
      ),
    );
    expect(new Set(pids).size).toBe(4);
    expect(pooler.served()).toBe(served + 8);
  });
}

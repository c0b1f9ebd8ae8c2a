import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { SessionCommitResult } from "../../src/ports/session-store.js";
import { type PostgresStore, postgresStore } from "../../src/stores/postgres.js";
import { create, plan, s1 } from "../../src/testing/store-contract-fixtures.js";

const url = process.env.REGRAFT_TEST_POSTGRES;

if (url === undefined) {
  describe("a commit that waits", () => {
    it.skipIf(process.env.REGRAFT_REQUIRE_SERVERS !== "1")("has a server to be tested on", () => {
      expect.fail("REGRAFT_TEST_POSTGRES is not set");
    });
  });
  console.log("test/stores/postgres-heads.test.ts: skipped, REGRAFT_TEST_POSTGRES names no server (postgres://...)");
} else {
  describe("a commit that waits", () => waitingTests(url));
}

function waitingTests(connectionString: string): void {
  const schema = `t_${randomUUID().slice(0, 8)}`;
  const provided = [{ pointer: plan("p1"), value: "deployed" }];
  let pool: pg.Pool;
  let store: PostgresStore;

  beforeAll(async () => {
    pool = new pg.Pool({ connectionString, max: 4 });
    store = postgresStore({ client: pool, schema });
    await store.setup();
    await create(store);
    await store.cas(plan("p1"), undefined, "deployed");
  });
  afterAll(async () => {
    await pool.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    await pool.end();
  });

  /** Commits while somebody else holds the row of the session, and does something before the row comes free. */
  async function waiting(meanwhile: (holder: pg.PoolClient) => Promise<unknown>): Promise<SessionCommitResult> {
    const session = await store.get(s1);
    if (session === undefined) throw new TypeError("there is no session");
    const holder = await pool.connect();
    try {
      await holder.query("BEGIN");
      await holder.query(`SELECT 1 FROM ${schema}.sessions WHERE id = 's1' FOR UPDATE`);
      let isOver = false;
      const commit = store.commit({ session, expectedRevision: session.revision }, { provided }).finally(() => {
        isOver = true;
      });
      const waits = `SELECT count(*)::integer AS n FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${schema}%'`;
      while (!isOver && Number((await pool.query(waits)).rows[0]?.n) === 0);
      expect(isOver).toBe(false);
      await meanwhile(holder);
      await holder.query("COMMIT");
      return await commit;
    } finally {
      holder.release();
    }
  }

  it("goes through after a mark, which changes nothing that was decided on", async () => {
    const result = await waiting((holder) => holder.query(`UPDATE ${schema}.sessions SET mark_plan_id = 'p1'`));
    expect(result).toMatchObject({ ok: true, session: { revision: 2 } });
  });

  it("is refused after another write of the session", async () => {
    const document = "jsonb_set(document::jsonb, '{revision}', to_jsonb(revision + 1))::json";
    const write = `UPDATE ${schema}.sessions SET revision = revision + 1, document = ${document}`;
    const result = await waiting((holder) => holder.query(write));
    expect(result).toEqual({ ok: false, conflict: { expected: 2, actual: 3 } });
  });

  it("keeps to the pointers as they were when it began; the next one finds them as they are", async () => {
    const result = await waiting(() => store.cas(plan("p1"), "deployed", "paused"));
    expect(result).toMatchObject({ ok: true, session: { revision: 4 } });
    const session = await store.get(s1);
    if (session === undefined) throw new TypeError("there is no session");
    const late = await store.commit({ session, expectedRevision: 4 }, { provided });
    expect(late).toEqual({ ok: false, conflict: { expected: 4, actual: 4 } });
    expect((await store.get(s1))?.revision).toBe(4);
  });
}

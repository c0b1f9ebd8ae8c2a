import { randomUUID } from "node:crypto";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chained, emptyHead } from "../../src/ledger/chain.js";
import { type PostgresClient, postgresStore } from "../../src/stores/postgres.js";
import { storeContract } from "../../src/testing/store-contract.js";
import { aSession, create, ledgerRecord } from "../../src/testing/store-contract-fixtures.js";
import { fill, postgresBehaviour } from "./postgres-behaviour.js";

const url = process.env.REGRAFT_TEST_POSTGRES;
const mark = { planId: "p1", targetVersion: 2, markedAt: "2026-02-01T00:00:00.000Z" };
const walkers = { tenantId: "", scenarioId: "flow", versions: [1] };

if (url === undefined) {
  describe("the PostgreSQL store on a server", () => {
    it.skipIf(process.env.REGRAFT_REQUIRE_SERVERS !== "1")("has one to be tested on", () => {
      expect.fail("REGRAFT_TEST_POSTGRES is not set");
    });
  });
  console.log("test/stores/postgres.test.ts: skipped, REGRAFT_TEST_POSTGRES names no server (postgres://...)");
} else {
  describe("the PostgreSQL store on a server", () => serverTests(url));
}

function serverTests(connectionString: string): void {
  const prefix = `t_${randomUUID().slice(0, 8)}`;
  const schemas: string[] = [];
  const pools: pg.Pool[] = [];
  const newPool = (max: number): pg.Pool => {
    const pool = new pg.Pool({ connectionString, max });
    pools.push(pool);
    return pool;
  };
  const newSchema = (): string => {
    schemas.push(`${prefix}_${schemas.length}`);
    return schemas.at(-1) ?? prefix;
  };
  let client: pg.Pool;
  let other: pg.Pool;

  beforeAll(() => {
    client = newPool(8);
    other = newPool(8);
  });
  afterAll(async () => {
    for (const schema of schemas) await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
    await Promise.all(pools.map((pool) => pool.end()));
  });

  const newPair = async () => {
    const schema = newSchema();
    const [one, two] = [postgresStore({ client, schema }), postgresStore({ client: other, schema })];
    await one.setup();
    return { one, two, schema };
  };

  storeContract(
    { describe, it, expect },
    {
      makeStore: async (clock) => {
        const schema = newSchema();
        const store = postgresStore({ client, schema, clock });
        const another = () => postgresStore({ client: other, schema, clock });
        await store.setup();
        return { store, reopen: another, another };
      },
    },
  );

  postgresBehaviour(() => ({ client, schema: newSchema() }));

  describe("several writers", () => {
    it("may set up the same schema at once", async () => {
      const schema = newSchema();
      const single = Array.from({ length: 8 }, () => postgresStore({ client: newPool(1), schema }));
      const versions = await Promise.all(single.map((store) => store.setup()));
      expect(versions).toEqual(single.map(() => ({ version: 2 })));
      const { rows } = await client.query(`SELECT version FROM ${schema}.schema_version`);
      expect(rows).toEqual([{ version: 1 }, { version: 2 }]);
    });

    it("of one session: one wins each revision, the others learn where it stands, and the stream has no gap", async () => {
      const { one, two } = await newPair();
      const session = await create(one);
      for (let revision = 1; revision <= 20; revision += 1) {
        const records = [ledgerRecord("a", { revision }), ledgerRecord("b", { revision })];
        const commits = [one, two, one, two].map((store, writer) =>
          store.commit({ session: { ...session, stepId: `w${writer}` }, expectedRevision: revision, records }),
        );
        const results = await Promise.all(commits);
        expect(results.filter(({ ok }) => ok)).toHaveLength(1);
        const conflict = { expected: revision, actual: revision + 1 };
        expect(results.filter(({ ok }) => !ok)).toEqual([1, 2, 3].map(() => ({ ok: false, conflict })));
      }
      const subject = { kind: "session", tenantId: "", id: "s1" };
      const { entries, head } = await two.read(subject, { limit: 100 });
      expect(head).toBe(40);
      expect(entries).toEqual(chained(subject, emptyHead(subject), entries));
    });

    it("who repeat one commit at once under its key get one outcome, and it is applied once", async () => {
      const { one, two } = await newPair();
      const session = await create(one);
      const change = { session: { ...session, stepId: "b" }, expectedRevision: 1, records: [ledgerRecord("moved")] };
      const results = await Promise.all(
        [one, two, one, two, one, two].map((store) => store.commit(change, { idempotencyKey: "m1" })),
      );
      expect(results.map((result) => result.ok && result.session.stepId)).toEqual(results.map(() => "b"));
      expect(results.filter((result) => result.ok && !result.repeated)).toHaveLength(1);
      expect((await one.read({ kind: "session", tenantId: "", id: "s1" }, { limit: 9 })).head).toBe(1);
    });

    it("who create the same session at once: one does", async () => {
      const { one, two } = await newPair();
      const commits = [one, two, one, two].map((store, n) =>
        store.commit({ session: { ...aSession(), stepId: `w${n}` }, expectedRevision: 0 }),
      );
      const results = await Promise.all(commits);
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(results.find(({ ok }) => !ok)).toEqual({ ok: false, conflict: { expected: 0, actual: 1 } });
    });

    it("of one stream: all are appended, without a gap", async () => {
      const { one, two } = await newPair();
      const stream = { kind: "plan", tenantId: "", id: "p" };
      const appends = Array.from({ length: 24 }, (_, n) =>
        (n % 2 ? one : two).append(stream, [ledgerRecord("one", { n }), ledgerRecord("two", { n })]),
      );
      await Promise.all(appends);
      const { entries, head } = await one.read(stream, { limit: 100 });
      expect(head).toBe(48);
      expect(entries).toEqual(chained(stream, emptyHead(stream), entries));
      expect(new Set(entries.map(({ data }) => data.n)).size).toBe(24);
    });

    it("get the same answers under the strictest isolation", async () => {
      const options = "-c default_transaction_isolation=serializable";
      const schema = newSchema();
      const stores = Array.from({ length: 4 }, () => {
        const pool = new pg.Pool({ connectionString, max: 2, options });
        pools.push(pool);
        return postgresStore({ client: pool, schema });
      });
      await Promise.all(stores.map((store) => store.setup()));
      const change = { session: aSession(), expectedRevision: 0, records: [ledgerRecord("made")] };
      const created = await Promise.all(stores.map((store) => store.commit(change)));
      expect(created.filter(({ ok }) => ok)).toHaveLength(1);
      expect(created.find(({ ok }) => !ok)).toEqual({ ok: false, conflict: { expected: 0, actual: 1 } });
      const stream = { kind: "plan", tenantId: "", id: "p" };
      await Promise.all(stores.map((store, n) => store.append(stream, [ledgerRecord("one", { n })])));
      const entries = await Promise.all(stores.map(async (store) => (await store.read(stream, { limit: 9 })).entries));
      for (const seen of entries) expect(seen).toEqual(chained(stream, emptyHead(stream), seen));
      expect(entries[0]).toHaveLength(4);
    });

    it("of one lease or one pointer: one has it", async () => {
      const { one, two } = await newPair();
      const name = { kind: "deploy", tenantId: "", id: "p" };
      for (let round = 1; round <= 10; round += 1) {
        const stores = [one, two, one, two];
        const leases = await Promise.all(
          stores.map((store, n) => store.lease(name, { owner: `w${n}`, ttlMs: 60_000 })),
        );
        expect(leases.filter(({ ok }) => ok)).toMatchObject([{ token: round }]);
        const before = round === 1 ? undefined : String(round - 1);
        const sets = await Promise.all(stores.map((store) => store.cas(name, before, String(round))));
        expect(sets.filter(({ ok }) => ok)).toHaveLength(1);
        expect(await one.release({ lease: name, token: round })).toBe(true);
      }
    });

    it("cannot write under a lease that somebody else takes while they write", async () => {
      const { one, schema } = await newPair();
      const name = { kind: "deploy", tenantId: "", id: "p" };
      await one.lease(name, { owner: "ana", ttlMs: -1 });
      const taker = await client.connect();
      try {
        await taker.query("BEGIN");
        await taker.query(`UPDATE ${schema}.leases SET token = 2`);
        const late = expect(one.cas(name, undefined, "late", { fence: { lease: name, token: 1 } })).rejects.toThrow(
          /STORE.LEASE_HELD/,
        );
        const waiting = `SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%${schema}%'`;
        while ((await client.query(waiting)).rows.length === 0) await new Promise(setImmediate);
        await taker.query("COMMIT");
        await late;
      } finally {
        taker.release();
      }
      expect(await one.pointer(name)).toBeUndefined();
    });
  });

  describe("a pooler that gives each statement another connection", () => {
    it("is enough for a lease, fenced writes and pages", async () => {
      const connections = Array.from({ length: 4 }, () => newPool(1));
      let turn = 0;
      const pooled: PostgresClient = {
        query: (text, params) => {
          turn += 1;
          return (connections[turn % connections.length] ?? client).query(text, params);
        },
      };
      const schema = newSchema();
      const store = postgresStore({ client: pooled, schema });
      await store.setup();
      await fill({ client, schema }, 10);
      const lease = { kind: "deploy", tenantId: "", id: "p" };
      const taken = await store.lease(lease, { owner: "ana", ttlMs: 60_000 });
      const fence = { lease, token: taken.ok ? taken.token : 0 };
      const first = await store.mark(walkers, mark, { limit: 6 });
      const rest = await store.mark(walkers, mark, { limit: 6, cursor: first.cursor ?? "" });
      expect([first.marked, rest]).toEqual([6, { marked: 4, done: true }]);
      expect(await store.cas(lease, undefined, "done", { fence })).toEqual({ ok: true });
      expect(await store.append(lease, [ledgerRecord("done")], { fence })).toMatchObject({ seq: 1 });
      expect(turn).toBeGreaterThan(connections.length);
    });
  });

  describe("many sessions", () => {
    it("are paged through once each while others come in and change", async () => {
      const { one, two, schema } = await newPair();
      await fill({ client, schema }, 3000);
      let running = true;
      const writer = (async () => {
        for (let n = 0; running; n += 1) {
          await create(two, { id: `s00${String(n).padStart(4, "0")}-new` });
          const session = await two.get({ tenantId: "", id: `s00${String(n).padStart(4, "0")}` });
          if (session) await two.commit({ session, expectedRevision: session.revision });
        }
      })();
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await one.scan({ tenantId: "" }, { limit: 100, ...(cursor === undefined ? {} : { cursor }) });
        found.push(...page.sessions.map(({ id }) => id));
        cursor = page.cursor;
      } while (cursor !== undefined);
      running = false;
      await writer;
      expect(new Set(found).size).toBe(found.length);
      expect(found.filter((id) => !id.endsWith("-new"))).toHaveLength(3000);
    });

    it("are marked page by page while their owners write, and no write and no mark is lost", async () => {
      const { one, two, schema } = await newPair();
      await fill({ client, schema }, 20_000);
      let running = true;
      let written = 0;
      const owner = async (from: number) => {
        for (let n = from; running && n < 20_000; n += 4) {
          const session = await two.get({ tenantId: "", id: `s${String((n * 7919) % 20_000).padStart(6, "0")}` });
          const result = session && (await two.commit({ session, expectedRevision: session.revision }));
          expect(result?.ok).toBe(true);
          written += 1;
        }
      };
      const owners = [0, 1, 2, 3].map(owner);
      let cursor: string | undefined;
      let marked = 0;
      let pages = 0;
      do {
        const page = await one.mark(walkers, mark, { limit: 1000, ...(cursor === undefined ? {} : { cursor }) });
        marked += page.marked;
        pages += 1;
        cursor = page.cursor;
      } while (cursor !== undefined);
      running = false;
      await Promise.all(owners);
      expect({ marked, pages }).toEqual({ marked: 20_000, pages: 20 });
      expect((await one.count({ ...walkers, marked: "p1" })).total).toBe(20_000);
      const { rows } = await client.query(`SELECT sum(revision - 1)::integer AS written FROM ${schema}.sessions`);
      expect(rows).toEqual([{ written }]);
    });
  });
}

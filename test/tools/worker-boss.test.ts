import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { PGlite } from "@electric-sql/pglite";
import pg from "pg";
import PgBoss from "pg-boss";
import { describe, expect, it } from "vitest";
import { createRegraft, type Regraft } from "../../src/index.js";
import { type PostgresStore, postgresStore } from "../../src/stores/postgres.js";
import { createWorker } from "../../src/tools/worker.js";
import { flow, roll } from "../engine/helpers.js";

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > N > B > E:email > C");

/** Sessions on A, all of which move in silence. */
async function fill(regraft: Regraft, count: number): Promise<string> {
  await regraft.publish(v1);
  const ids = Array.from({ length: count }, (_, i) => `s${i}`);
  while (ids.length > 0) {
    await Promise.all(ids.splice(0, 50).map((id) => regraft.startSession({ scenarioId: "flow", id })));
  }
  return (await roll(regraft, v1, v2)).id;
}

/** How many moves the ledgers have, by session. */
async function movesOf(store: PostgresStore, count: number): Promise<Map<number, number>> {
  const counts = new Map<number, number>();
  for (let i = 0; i < count; i += 1) {
    const { entries } = await store.read({ kind: "session", tenantId: "", id: `s${i}` }, { limit: 100 });
    const moves = entries.filter(({ type }) => type === "session.reconciled").length;
    counts.set(moves, (counts.get(moves) ?? 0) + 1);
  }
  return counts;
}

describe("a worker on pg-boss in an embedded database", () => {
  it("moves all sessions, each once", async () => {
    const client = await PGlite.create();
    const executeSql = async (text: string, values?: unknown[]) =>
      values !== undefined && values.length > 0
        ? client.query<object>(text, values)
        : ((await client.exec(text)).at(-1) ?? { rows: [] });
    const boss = new PgBoss({ db: { executeSql }, supervise: false, schedule: false });
    await boss.start();
    const store = postgresStore({ client });
    await store.setup();
    const regraft = createRegraft({ store });
    const planId = await fill(regraft, 20);
    const worker = () => createWorker({ regraft, queue: boss, pageSize: 5, concurrency: 2 });
    await Promise.all([worker().runOnce(), worker().runOnce()]);
    expect(await movesOf(store, 20)).toEqual(new Map([[1, 20]]));
    expect(await regraft.status(planId)).toMatchObject({ applied: 20, pending: 0 });
    await boss.stop({ graceful: false, wait: false });
    await client.close();
  });
});

const url = process.env.REGRAFT_TEST_POSTGRES;

describe("worker processes on a server", () => {
  if (url === undefined) {
    console.log("test/tools/worker-boss.test.ts: skipped, REGRAFT_TEST_POSTGRES names no server (postgres://...)");
    it.skipIf(process.env.REGRAFT_REQUIRE_SERVERS !== "1")("have one to be tested on", () => {
      expect.fail("REGRAFT_TEST_POSTGRES is not set");
    });
    return;
  }

  it("move 2,000 sessions together, each once", async () => {
    const schema = `w_${randomUUID().slice(0, 8)}`;
    const queueSchema = `${schema}_queue`;
    const client = new pg.Pool({ connectionString: url, max: 8 });
    try {
      const store = postgresStore({ client, schema });
      await store.setup();
      const planId = await fill(createRegraft({ store }), 2000);
      const script = fileURLToPath(new URL("./worker-process.ts", import.meta.url));
      const args = ["--import", "tsx", script, url, schema, queueSchema];
      const workers = [1, 2].map(() => spawn(process.execPath, args, { stdio: ["pipe", "pipe", "inherit"] }));
      const texts = workers.map(() => "");
      const ended = workers.map((child) => once(child, "close"));
      const ready = workers.map(
        (child, i) =>
          new Promise<void>((resolve, reject) => {
            child.once("close", reject);
            child.stdout.on("data", (chunk: Buffer) => {
              texts[i] += chunk.toString();
              if (texts[i]?.includes("ready")) resolve();
            });
          }),
      );
      await Promise.all(ready);
      for (const child of workers) child.stdin.write("go\n");
      await Promise.all(ended);
      const moved = texts.map((text) => (JSON.parse(text.trim().split("\n").at(-1) ?? "") as { moved: number }).moved);
      expect(moved.reduce((sum, one) => sum + one, 0)).toBe(2000);
      expect(Math.min(...moved)).toBeGreaterThan(0);
      expect(await movesOf(store, 2000)).toEqual(new Map([[1, 2000]]));
      expect((await createRegraft({ store }).status(planId)).pending).toBe(0);
    } finally {
      await client.query(`DROP SCHEMA IF EXISTS ${schema} CASCADE`);
      await client.query(`DROP SCHEMA IF EXISTS ${queueSchema} CASCADE`);
      await client.end();
    }
  });
});

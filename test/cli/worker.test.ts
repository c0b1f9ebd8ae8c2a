import { spawn } from "node:child_process";
import { randomUUID } from "node:crypto";
import { once } from "node:events";
import pg from "pg";
import { describe, expect, it } from "vitest";
import { untilStopped } from "../../src/cli/worker-command.js";
import { createRegraft } from "../../src/index.js";
import { postgresStore } from "../../src/stores/postgres.js";
import { flow, roll } from "../engine/helpers.js";

const url = process.env.REGRAFT_TEST_POSTGRES;
const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > N > B > C");
const count = 200;

/** Runs `regraft worker` in a process of its own. */
function worker(store: string, ...args: string[]) {
  const command = ["--import", "tsx", "src/cli/main.ts", "worker", "--store", store, "--json", ...args];
  const child = spawn(process.execPath, command, { stdio: ["ignore", "pipe", "pipe"] });
  const texts = { out: "", err: "" };
  child.stdout.on("data", (chunk: Buffer) => {
    texts.out += chunk.toString();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    texts.err += chunk.toString();
  });
  return { child, texts, closed: once(child, "close") };
}

describe("regraft worker", () => {
  it("ends with what keeps it from starting, and listens to no signal any more", async () => {
    let listeners = 0;
    const onStop = () => {
      listeners += 1;
      return () => {
        listeners -= 1;
      };
    };
    const failing = {
      start: async () => {
        throw new Error("no queue");
      },
      stop: async () => undefined,
      runOnce: async () => undefined,
    };
    await expect(untilStopped({ onStop }, failing, false)).rejects.toThrow("no queue");
    expect(listeners).toBe(0);
  });
});

describe("regraft worker on a server", () => {
  if (url === undefined) {
    console.log("test/cli/worker.test.ts: skipped, REGRAFT_TEST_POSTGRES names no server (postgres://...)");
    it.skipIf(process.env.REGRAFT_REQUIRE_SERVERS !== "1")("has one to be tested on", () => {
      expect.fail("REGRAFT_TEST_POSTGRES is not set");
    });
    return;
  }

  it("ends with 0 on SIGTERM after the page in hand, and another one moves the rest, each session once", {
    timeout: 120_000,
  }, async () => {
    const name = `regraft_${randomUUID().slice(0, 8)}`;
    const admin = new pg.Pool({ connectionString: url, max: 1 });
    await admin.query(`CREATE DATABASE ${name}`);
    const own = new URL(url);
    own.pathname = `/${name}`;
    const client = new pg.Pool({ connectionString: own.href, max: 4 });
    try {
      const store = postgresStore({ client });
      await store.setup();
      const regraft = createRegraft({ store });
      await regraft.publish(v1);
      for (let n = 0; n < count; n += 1) await regraft.startSession({ scenarioId: "flow", id: `s${n}` });
      const { id: planId } = await roll(regraft, v1, v2);

      const first = worker(own.href, "--page-size", "10", "--concurrency", "2", "--rate", "40");
      const paged = new Promise<void>((resolve, reject) => {
        first.child.stdout.on("data", () => first.texts.out.includes('"type":"page"') && resolve());
        first.closed.then(() => reject(new Error(first.texts.err)), reject);
      });
      await paged;
      first.child.kill("SIGTERM");
      expect(await first.closed, first.texts.err).toEqual([0, null]);
      const lines = first.texts.out.trim().split("\n");
      const told = lines.map((line) => JSON.parse(line) as { type: string; moved?: number });
      const moved = told.reduce((sum, event) => sum + (event.moved ?? 0), 0);
      const { applied, pending } = await regraft.status(planId);
      expect({ applied, pending }).toEqual({ applied: moved, pending: count - moved });
      expect(pending).toBeGreaterThan(0);

      const second = worker(own.href, "--once");
      expect(await second.closed, second.texts.err).toEqual([0, null]);
      expect(await regraft.status(planId)).toMatchObject({ applied: count, pending: 0 });
      for (let n = 0; n < count; n += 1) {
        const { entries } = await store.read({ kind: "session", tenantId: "", id: `s${n}` }, { limit: 100 });
        expect(entries.filter(({ type }) => type === "session.reconciled")).toHaveLength(1);
      }
    } finally {
      await client.end();
      await admin.query(`DROP DATABASE ${name} WITH (FORCE)`);
      await admin.end();
    }
  });
});

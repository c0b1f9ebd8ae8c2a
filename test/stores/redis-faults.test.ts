import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { createRegraft } from "../../src/engine/regraft.js";
import { isRegraftError } from "../../src/errors.js";
import { fromIoredis, fromNodeRedis, type RedisClient, redisStore } from "../../src/stores/redis.js";
import { manualClock } from "../../src/testing/clock.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { flow } from "../../src/testing/flow.js";
import { aSession, codeOf, create, ledgerRecord, s1, streamOf } from "../../src/testing/store-contract-fixtures.js";
import { walkTo } from "../../src/testing/walk-to.js";
import { type BreakingProxy, breakingProxy } from "./redis-proxy.js";

const url = process.env.REGRAFT_TEST_REDIS_SPARE;
const everybody = { tenantId: "" };
const mark = { planId: "p1", targetVersion: 2, markedAt: "2026-02-01T00:00:00.000Z" };
const subject = { kind: "plan", tenantId: "", id: "p" };

if (url === undefined) {
  describe("the Redis store on a server that fails", () => {
    it.skipIf(process.env.REGRAFT_REQUIRE_SERVERS !== "1")("has one to be tested on", () => {
      expect.fail("REGRAFT_TEST_REDIS_SPARE is not set");
    });
  });
  const why = "REGRAFT_TEST_REDIS_SPARE names no server that tests may set up badly (redis://...)";
  console.log(`test/stores/redis-faults.test.ts: skipped, ${why}`);
} else {
  describe("the Redis store on a server that fails", () => faultTests(url));
}

function newIoredis(address: string): Redis {
  return new Redis(address, { lazyConnect: true, autoResendUnfulfilledCommands: false, maxRetriesPerRequest: 0 });
}

function faultTests(address: string): void {
  const ownPrefix = `regraft-test-${randomUUID().slice(0, 8)}:`;
  let prefixes = 0;
  const newPrefix = () => {
    prefixes += 1;
    return `${ownPrefix}${prefixes}:`;
  };
  const client = newIoredis(address);
  const open = (prefix: string, more: { readonly sessionTtlMs?: number } = {}, through = client) =>
    redisStore({ client: fromIoredis(through), prefix, ...more });
  const keysUnder = (prefix: string) => client.keys(`${prefix}*`);
  const configured = async (settings: Readonly<Record<string, string>>, run: () => Promise<void>) => {
    const names = Object.keys(settings);
    const before = await Promise.all(names.map(async (name) => [name, (await client.config("GET", name)) as string[]]));
    try {
      for (const [name, value] of Object.entries(settings)) await client.config("SET", name, value);
      await run();
    } finally {
      for (const [name, found] of before) await client.config("SET", String(name), found?.[1] ?? "");
    }
  };

  beforeAll(() => client.connect());
  afterAll(async () => {
    for (const key of await keysUnder(ownPrefix)) await client.unlink(key);
    client.disconnect();
  });

  it("refuses every write whole while its memory is full, and goes on reading, dropping and writing afterwards", async () => {
    const store = open(newPrefix());
    const session = await create(store);
    const records = [ledgerRecord("one")];
    await store.append(subject, [...records, ...records]);
    const { digest } = await store.put({ ...subject, body: { n: 1 } });
    const taken = await store.lease(subject, { owner: "ana", ttlMs: 60_000 });
    const change = { session: { ...session, stepId: "b" }, expectedRevision: 1, records };
    await configured({ maxmemory: "1", "maxmemory-policy": "noeviction" }, async () => {
      const error: unknown = await store.commit(change, { idempotencyKey: "m1" }).catch((reason: unknown) => reason);
      expect(isRegraftError(error, "STORE.UNAVAILABLE") && String(error.cause)).toContain("OOM");
      const refused = [
        () => store.mark(everybody, mark, { limit: 9 }),
        () => store.append(subject, records),
        () => store.put({ ...subject, body: { n: 2 } }),
        () => store.cas(subject, undefined, digest),
        () => store.lease({ ...subject, id: "other" }, { owner: "ana", ttlMs: 1 }),
      ];
      for (const call of refused) expect(await codeOf(call()), String(call)).toBe("STORE.UNAVAILABLE");
      expect(await store.get(s1)).toEqual(session);
      expect(await store.count({ ...everybody, marked: true })).toMatchObject({ total: 0 });
      expect((await store.read(streamOf("s1"), { limit: 9 })).head).toBe(0);
      expect((await store.read(subject, { limit: 9 })).head).toBe(2);
      expect(await store.erase(subject, { through: 1, part: "entries" })).toEqual({ erased: 1 });
      expect(await store.drop(subject, digest)).toBe(true);
    });
    expect(await store.commit(change, { idempotencyKey: "m1" })).toMatchObject({ ok: true, repeated: false });
    expect(await store.release({ lease: subject, token: taken.ok ? taken.token : 0 })).toBe(true);
  });

  it("sends its scripts again after they were flushed", async () => {
    const store = open(newPrefix());
    await create(store);
    await client.script("FLUSH");
    expect(await store.commit({ session: aSession({ stepId: "b" }), expectedRevision: 1 })).toMatchObject({ ok: true });
    expect(await store.count(everybody)).toEqual({ total: 1, byStep: { b: 1 } });
  });

  it("keeps nothing of what is larger than the server takes, and works on", async () => {
    const prefix = newPrefix();
    await configured({ "proto-max-bulk-len": String(1024 * 1024) }, async () => {
      const own = newIoredis(address);
      own.on("error", () => {});
      const store = open(prefix, {}, own);
      const session = await create(store);
      const large = { ...session, variables: { text: "x".repeat(2 * 1024 * 1024) } };
      expect(await codeOf(store.commit({ session: large, expectedRevision: 1 }))).toBe("STORE.UNAVAILABLE");
      expect(await open(prefix).get(s1)).toEqual(session);
      own.disconnect();
    });
    expect(await open(prefix).commit({ session: aSession(), expectedRevision: 1 })).toMatchObject({ ok: true });
  });

  describe("and whose connection is cut while a script runs", () => {
    let proxy: BreakingProxy;
    beforeAll(async () => {
      proxy = await breakingProxy(address);
    });
    afterAll(() => proxy.close());

    async function afterTheCut(connected: RedisClient, prefix: string): Promise<void> {
      const through = redisStore({ client: connected, prefix });
      const session = await create(through);
      const change = { session: { ...session, stepId: "b" }, expectedRevision: 1, records: [ledgerRecord("moved")] };
      // The driver has sent this script before, so that it goes by its digest.
      await through.commit({ session: aSession({ id: "s2" }), expectedRevision: 0, records: change.records });
      proxy.cutNextAnswer();
      expect(await codeOf(through.commit(change, { idempotencyKey: "m1" }))).toBe("STORE.UNAVAILABLE");
      const store = open(prefix);
      expect(await store.get(s1)).toMatchObject({ stepId: "b", revision: 2 });
      expect(await store.commit(change, { idempotencyKey: "m1" })).toMatchObject({ ok: true, repeated: true });
      const { entries } = await store.read(streamOf("s1"), { limit: 9 });
      expect(entries.map(({ type }) => type)).toEqual(["moved"]);
    }

    it("has a whole commit or none, which its key finds again, through ioredis", async () => {
      const own = newIoredis(proxy.url);
      own.on("error", () => {});
      await own.connect();
      await afterTheCut(fromIoredis(own), newPrefix());
      own.disconnect();
    });

    it("has a whole commit or none, which its key finds again, through node-redis", async () => {
      const own = createClient({ url: proxy.url });
      own.on("error", () => {});
      await own.connect();
      await afterTheCut(fromNodeRedis(own), newPrefix());
      own.destroy();
    });
  });

  it("fences off the holder of a lease that it has lost, although it gives the lease out anew", async () => {
    const prefix = newPrefix();
    const store = open(prefix);
    const first = await store.lease(subject, { owner: "ana", ttlMs: 60_000 });
    for (const key of await keysUnder(prefix)) await client.unlink(key);
    const fence = { lease: subject, token: first.ok ? first.token : 0 };
    expect(await codeOf(store.cas(subject, undefined, "1", { fence }))).toBe("STORE.LEASE_HELD");
    const second = await open(prefix).lease(subject, { owner: "ben", ttlMs: 60_000 });
    expect(second.ok && first.ok && second.token > first.token).toBe(true);
    expect(await codeOf(store.cas(subject, undefined, "1", { fence }))).toBe("STORE.LEASE_HELD");
    expect(await store.renew(fence, { ttlMs: 60_000 })).toBe(false);
  });

  it("ends leases by its own clock, however far apart those of its hosts are", async () => {
    const prefix = newPrefix();
    const name = (id: string) => ({ ...subject, id });
    const hosts = [-86_400_000, 0, 86_400_000];
    const real = Date.now();
    const now = vi.spyOn(Date, "now");
    try {
      for (const [n, skew] of hosts.entries()) {
        now.mockReturnValue(real + skew);
        expect(await open(prefix).lease(name("long"), { owner: `h${n}`, ttlMs: 60_000 })).toMatchObject({
          ok: n === 0,
        });
        expect(await open(prefix).lease(name("over"), { owner: `h${n}`, ttlMs: 0 })).toMatchObject({ ok: true });
      }
    } finally {
      now.mockRestore();
    }
  });

  describe("and sessions with a time to live", () => {
    const sessionTtlMs = 3_600_000;
    const expire = async (prefix: string) => {
      for (const key of await keysUnder(prefix)) if ((await client.pttl(key)) >= 0) await client.pexpire(key, 0);
    };

    it("that end in the middle of a decision are gone: nothing is decided, and nothing comes back", async () => {
      const prefix = newPrefix();
      const v1 = flow(1, "hello name(name) pay*", "hello>name ; name>pay");
      const store = open(prefix, { sessionTtlMs });
      let isOver = false;
      const failing = faultyStore(store, {
        onCall: async ({ method }) => {
          if (isOver && method === "commit") await expire(prefix);
        },
      });
      const regraft = createRegraft({ store: failing, clock: manualClock() });
      await regraft.publish(v1);
      await regraft.importSession(walkTo(v1, "pay", { seed: 1 }));
      isOver = true;
      expect(await codeOf(regraft.update("s1", { variables: { n: 1 } }))).toBe("SESSION.NOT_FOUND");
      expect(await store.get(s1)).toBeUndefined();
      expect(await store.count(everybody)).toEqual({ total: 0, byStep: {} });
    });

    it("live on for good once they are written by a store without one", async () => {
      const prefix = newPrefix();
      const session = await create(open(prefix, { sessionTtlMs }));
      await open(prefix, { sessionTtlMs }).commit({ session, expectedRevision: 1 }, { idempotencyKey: "m1" });
      await open(prefix).commit({ session, expectedRevision: 2 });
      for (const key of await keysUnder(prefix)) expect(await client.pttl(key), key).toBe(-1);
    });
  });
}

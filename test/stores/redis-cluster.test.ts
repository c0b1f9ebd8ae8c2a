import { randomUUID } from "node:crypto";
import { Cluster, type Redis } from "ioredis";
import { createCluster } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { chained, emptyHead } from "../../src/ledger/chain.js";
import type { RecordStore } from "../../src/ports/record-store.js";
import type { SessionStore } from "../../src/ports/session-store.js";
import { fromIoredis, fromNodeRedisCluster, type RedisClient, redisStore } from "../../src/stores/redis.js";
import { partOf } from "../../src/stores/redis-keys.js";
import { storeContract } from "../../src/testing/store-contract.js";
import { aSession, codeOf, create, ledgerRecord, streamOf } from "../../src/testing/store-contract-fixtures.js";

const url = process.env.REGRAFT_TEST_REDIS_CLUSTER;
const everybody = { tenantId: "" };
const inFlow = { tenantId: "", scenarioId: "flow", versions: [1] };

if (url === undefined) {
  describe("the Redis store on a cluster", () => {
    it.skipIf(process.env.REGRAFT_REQUIRE_SERVERS !== "1")("has one to be tested on", () => {
      expect.fail("REGRAFT_TEST_REDIS_CLUSTER is not set");
    });
  });
  console.log("test/stores/redis-cluster.test.ts: skipped, REGRAFT_TEST_REDIS_CLUSTER names no node (redis://...)");
} else {
  describe("the Redis store on a cluster", () => clusterTests(url));
}

function newIoredis(address: string): Cluster {
  const { hostname, port } = new URL(address);
  return new Cluster([{ host: hostname, port: Number(port) }], {
    lazyConnect: true,
    retryDelayOnFailover: 0,
    redisOptions: { autoResendUnfulfilledCommands: false },
  });
}

async function keysOn(node: Redis, prefix: string): Promise<string[]> {
  const found: string[] = [];
  let cursor = "0";
  do {
    const [next, keys] = await node.scan(cursor, "MATCH", `${prefix}*`, "COUNT", 1000);
    found.push(...keys);
    cursor = next;
  } while (cursor !== "0");
  return found;
}

function clusterTests(address: string): void {
  const ownPrefix = `regraft-test-${randomUUID().slice(0, 8)}:`;
  let prefixes = 0;
  const newPrefix = () => {
    prefixes += 1;
    return `${ownPrefix}${prefixes}:`;
  };
  const [one, two] = [newIoredis(address), newIoredis(address)];
  const node = createCluster({ rootNodes: [{ url: address }] });

  beforeAll(async () => {
    await Promise.all([one.connect(), two.connect(), node.connect()]);
  });
  afterAll(async () => {
    for (const each of one.nodes("master")) {
      for (const key of await keysOn(each, ownPrefix)) await each.unlink(key);
    }
    one.disconnect();
    two.disconnect();
    node.destroy();
  });

  it("has several nodes, and the keys of one tenant lie on more than one of them", async () => {
    const prefix = newPrefix();
    const store = redisStore({ client: fromIoredis(one), prefix });
    for (let n = 0; n < 40; n += 1) await create(store, { id: `s${n}` });
    const nodes = one.nodes("master");
    expect(nodes.length).toBeGreaterThan(1);
    const filled = await Promise.all(nodes.map(async (each) => (await keysOn(each, prefix)).length > 0));
    expect(filled.filter((isFilled) => isFilled).length).toBeGreaterThan(1);
    expect(await store.count(everybody)).toEqual({ total: 40, byStep: { a: 40 } });
  });

  const drivers: readonly (readonly [string, () => RedisClient])[] = [
    ["ioredis", () => fromIoredis(one)],
    ["node-redis", () => fromNodeRedisCluster(node)],
  ];
  describe.each(drivers)("through %s", (_, connect) => {
    storeContract(
      { describe, it, expect },
      {
        makeStore: (clock) => {
          const prefix = newPrefix();
          const open = (client: RedisClient) => redisStore({ client, prefix, clock, durable: true });
          return {
            store: open(connect()),
            reopen: () => open(connect()),
            another: () => open(fromIoredis(two)),
          };
        },
      },
    );
  });

  describe("a slot that moves to another node", () => {
    const idsOfOnePart = () => {
      const ids = Array.from({ length: 200 }, (_, n) => `s${n}`);
      const [first = ""] = ids;
      const [, second = ""] = ids.filter((id) => partOf(id) === partOf(first));
      return [first, second] as const;
    };

    /** Two sessions of one slot, at two steps, and everything that a commit of the first one may touch. */
    async function fill(store: SessionStore & RecordStore, [first, second]: readonly [string, string]) {
      const records = [ledgerRecord("one"), ledgerRecord("two")];
      const change = { session: aSession({ id: first }), expectedRevision: 0, records };
      await store.commit(change, { idempotencyKey: "m1" });
      await store.commit({ session: aSession({ id: second, stepId: "b" }), expectedRevision: 0, records });
      await store.erase(streamOf(second), { through: 1, part: "entries" });
    }

    /** The slot of a part follows from the part alone, so other tests have left keys there: a slot is given away only empty. */
    async function emptied(slot: string): Promise<void> {
      for (const redis of one.nodes("master")) {
        const keys = await redis.cluster("GETKEYSINSLOT", slot, 10_000);
        const ours = keys.filter((key) => key.startsWith(ownPrefix));
        for (const key of ours) await redis.unlink(key);
        expect(keys.length, "keys of others").toBe(ours.length);
      }
    }

    it("lets a commit through whole or not at all, at every stage of the move", async () => {
      const ids = idsOfOnePart();
      const [id] = ids;
      const prefix = newPrefix();
      const base = `${prefix}{s::${partOf(id)}}`;
      const slot = String(await one.cluster("KEYSLOT", base));
      await emptied(slot);
      const store = redisStore({ client: fromNodeRedisCluster(node), prefix });
      await fill(store, ids);
      const nodes = await Promise.all(
        one.nodes("master").map(async (redis) => ({ redis, keys: await keysOn(redis, base) })),
      );
      const source = nodes.find(({ keys }) => keys.length > 0)?.redis;
      const target = nodes.find(({ keys }) => keys.length === 0)?.redis;
      if (source === undefined || target === undefined) throw new Error("the cluster has one node only");
      const [from, to] = await Promise.all(
        [source, target].map(async (each) => String(await each.call("CLUSTER", ["MYID"]))),
      );
      await target.call("CLUSTER", ["SETSLOT", slot, "IMPORTING", from ?? ""]);
      await source.call("CLUSTER", ["SETSLOT", slot, "MIGRATING", to ?? ""]);

      // First the set that the session would leave, which no argument of its commit names.
      const leaves = `${base}i:flow:1:a`;
      const keys = [leaves, ...(await keysOn(source, base)).filter((key) => key !== leaves).sort()];
      const records = [ledgerRecord("moved")];
      const change = { session: aSession({ id, stepId: "b" }), expectedRevision: 1, records };
      const commit = () => store.commit(change, { idempotencyKey: "m2" });
      const { host = "", port = 0 } = target.options;
      const move = (key: string) => source.call("MIGRATE", [host, String(port), key, "0", "5000"]);
      for (const key of keys.slice(0, -1)) {
        await move(key);
        expect(await codeOf(commit()), `${key} has moved`).toBe("STORE.UNAVAILABLE");
      }
      await move(keys.at(-1) ?? "");
      for (const each of [target, ...one.nodes("master")])
        await each.call("CLUSTER", ["SETSLOT", slot, "NODE", to ?? ""]);

      expect(await store.get({ tenantId: "", id })).toEqual(aSession({ id }));
      expect(await store.count(inFlow)).toEqual({ total: 2, byStep: { a: 1, b: 1 } });
      expect((await store.read(streamOf(id), { limit: 9 })).head).toBe(2);
      expect(await commit()).toMatchObject({ ok: true, repeated: false, session: { revision: 2, stepId: "b" } });
      expect(await store.count(inFlow)).toEqual({ total: 2, byStep: { b: 2 } });
      const { entries } = await store.read(streamOf(id), { limit: 9 });
      expect(entries.map(({ type }) => type)).toEqual(["one", "two", "moved"]);
      expect(entries).toEqual(chained(streamOf(id), emptyHead(streamOf(id)), entries));
    });
  });
}

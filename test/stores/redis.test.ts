import { randomUUID } from "node:crypto";
import { Redis } from "ioredis";
import { createClient } from "redis";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createRegraft } from "../../src/engine/regraft.js";
import { isRegraftError } from "../../src/errors.js";
import { chained, emptyHead } from "../../src/ledger/chain.js";
import type { RecordStore } from "../../src/ports/record-store.js";
import type { SessionStore } from "../../src/ports/session-store.js";
import { fromIoredis, fromNodeRedis, type RedisClient, redisStore } from "../../src/stores/redis.js";
import { manualClock } from "../../src/testing/clock.js";
import { flow } from "../../src/testing/flow.js";
import { storeContract } from "../../src/testing/store-contract.js";
import {
  aSession,
  changeUntilDone,
  create,
  ledgerRecord,
  streamOf,
} from "../../src/testing/store-contract-fixtures.js";
import { walkTo } from "../../src/testing/walk-to.js";

type Store = SessionStore & RecordStore;

const url = process.env.REGRAFT_TEST_REDIS;
const everybody = { tenantId: "" };
const mark = { planId: "p1", targetVersion: 2, markedAt: "2026-02-01T00:00:00.000Z" };

if (url === undefined) {
  describe("the Redis store on a server", () => {
    it.skipIf(process.env.REGRAFT_REQUIRE_SERVERS !== "1")("has one to be tested on", () => {
      expect.fail("REGRAFT_TEST_REDIS is not set");
    });
  });
  console.log("test/stores/redis.test.ts: skipped, REGRAFT_TEST_REDIS names no server (redis://...)");
} else {
  describe("the Redis store on a server", () => serverTests(url));
}

function serverTests(address: string): void {
  const ownPrefix = `regraft-test-${randomUUID().slice(0, 8)}:`;
  let prefixes = 0;
  const newPrefix = () => {
    prefixes += 1;
    return `${ownPrefix}${prefixes}:`;
  };
  const one = new Redis(address, { lazyConnect: true, autoResendUnfulfilledCommands: false });
  const two = new Redis(address, { lazyConnect: true, autoResendUnfulfilledCommands: false });
  const node = createClient({ url: address });

  const keysUnder = async (prefix: string): Promise<string[]> => {
    const found: string[] = [];
    let cursor = "0";
    do {
      const [next, keys] = await one.scan(cursor, "MATCH", `${prefix}*`, "COUNT", 1000);
      found.push(...keys);
      cursor = next;
    } while (cursor !== "0");
    return found.sort();
  };

  beforeAll(async () => {
    await Promise.all([one.connect(), two.connect(), node.connect()]);
  });
  afterAll(async () => {
    for (const key of await keysUnder(ownPrefix)) await one.unlink(key);
    one.disconnect();
    two.disconnect();
    node.destroy();
  });

  const drivers: readonly (readonly [string, () => RedisClient])[] = [
    ["ioredis", () => fromIoredis(one)],
    ["node-redis", () => fromNodeRedis(node)],
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

  const newPair = (options: { readonly sessionTtlMs?: number } = {}): [Store, Store, string] => {
    const prefix = newPrefix();
    const open = (client: RedisClient) => redisStore({ client, prefix, ...options });
    return [open(fromIoredis(one)), open(fromNodeRedis(node)), prefix];
  };

  describe("two clients", () => {
    it("of one session: one wins each revision, and the stream has neither gap nor broken link", async () => {
      const [first, second] = newPair();
      await create(first, { variables: { n: 0 } });
      const add = (store: Store) =>
        changeUntilDone(store, "s1", (read) => ({ ...read, variables: { n: Number(read.variables.n) + 1 } }), [
          ledgerRecord("added"),
          ledgerRecord("told"),
        ]);
      await Promise.all(Array.from({ length: 40 }, (_, n) => add(n % 2 ? first : second)));
      expect(await first.get({ tenantId: "", id: "s1" })).toMatchObject({ revision: 41, variables: { n: 40 } });
      const { entries, head } = await second.read(streamOf("s1"), { limit: 100 });
      expect(head).toBe(80);
      expect(entries).toEqual(chained(streamOf("s1"), emptyHead(streamOf("s1")), entries));
    });

    it("mark two thousand sessions while their owners write: nobody is left out and no write is lost", async () => {
      const [marker, owner] = newPair();
      const ids = Array.from({ length: 2000 }, (_, n) => `s${n}`);
      await Promise.all(ids.map((id) => owner.commit({ session: aSession({ id }), expectedRevision: 0 })));
      const writing = Promise.all(
        ids.map((id) => owner.commit({ session: aSession({ id, stepId: "b" }), expectedRevision: 1 })),
      );
      let marked = 0;
      let cursor: string | undefined;
      do {
        const page = await marker.mark(everybody, mark, { limit: 150, ...(cursor === undefined ? {} : { cursor }) });
        marked += page.marked;
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect((await writing).filter(({ ok }) => ok)).toHaveLength(2000);
      expect(marked).toBe(2000);
      const query = { tenantId: "", scenarioId: "flow", versions: [1], stepIds: ["b"], marked: "p1" };
      expect(await owner.count(query)).toEqual({ total: 2000, byStep: { b: 2000 } });
      expect(await owner.unmark(query)).toEqual({ unmarked: 2000 });
    });
  });

  describe("a session with a time to live", () => {
    const expire = async (prefix: string) => {
      for (const key of await keysUnder(prefix)) if ((await one.pttl(key)) >= 0) await one.pexpire(key, 0);
    };

    it("goes with its mark and its keys, out of scans and counts; its stream stays", async () => {
      const [store, other, prefix] = newPair({ sessionTtlMs: 3_600_000 });
      const records = [ledgerRecord("started")];
      const change = { session: aSession(), expectedRevision: 0, records };
      await store.commit(change, { idempotencyKey: "m1" });
      await store.mark(everybody, mark, { limit: 9 });
      await expire(prefix);
      expect(await other.get({ tenantId: "", id: "s1" })).toBeUndefined();
      expect(await other.scan({ ...everybody, scenarioId: "flow", versions: [1] }, { limit: 9 })).toEqual({
        sessions: [],
      });
      expect(await other.count(everybody)).toEqual({ total: 0, byStep: {} });
      const left = (await keysUnder(prefix)).map((key) => key.slice(key.indexOf("}") + 1));
      expect(left).toEqual(["l:session:s1", "streams"]);
      const again = await other.commit({ ...change, session: aSession({ stepId: "b" }) }, { idempotencyKey: "m1" });
      expect(again).toMatchObject({ ok: true, repeated: false, session: { revision: 1, stepId: "b" } });
      expect(again.ok && again.session.pendingMigration).toBeUndefined();
      const { entries } = await other.read(streamOf("s1"), { limit: 9 });
      expect(entries).toEqual(chained(streamOf("s1"), emptyHead(streamOf("s1")), [...records, ...records]));
    });

    it("that comes again at another place is not found at the one before", async () => {
      const [store, , prefix] = newPair({ sessionTtlMs: 3_600_000 });
      await create(store);
      await expire(prefix);
      await create(store, { stepId: "b" });
      const at = (stepId: string) => ({ tenantId: "", scenarioId: "flow", versions: [1], stepIds: [stepId] });
      expect([await store.count(at("a")), await store.count(at("b"))]).toMatchObject([{ total: 0 }, { total: 1 }]);
      const indexed = (await keysUnder(prefix)).filter((key) => key.includes("i:flow:1:"));
      expect(indexed.map((key) => key.slice(key.indexOf("}") + 1))).toEqual(["i:flow:1:b"]);
    });

    it("lives on with each commit, and for good where no time is set", async () => {
      const [store, , prefix] = newPair({ sessionTtlMs: 3_600_000 });
      const session = await create(store);
      const [key = ""] = (await keysUnder(prefix)).filter((each) => each.endsWith("d:s1"));
      await one.pexpire(key, 60_000);
      await store.commit({ session, expectedRevision: 1 });
      expect(await one.pttl(key)).toBeGreaterThan(3_000_000);
      const [lasting, , other] = newPair();
      await create(lasting);
      for (const each of await keysUnder(other)) expect(await one.pttl(each)).toBe(-1);
    });
  });

  it("names keys of one slot of a cluster to each script, whatever the ids hold", async () => {
    const prefix = newPrefix();
    const named: (readonly string[])[] = [];
    const listening: RedisClient = {
      command: (args) => {
        if (args[0] === "EVALSHA") named.push(args.slice(3, 3 + Number(args[2])));
        return fromIoredis(one).command(args, "");
      },
    };
    const store = redisStore({ client: listening, prefix });
    for (const id of ["a", "{b}", "}{", "c}d", ""]) {
      for (const tenantId of ["", "{t}", "}"]) {
        const change = { session: aSession({ tenantId, id }), expectedRevision: 0, records: [ledgerRecord("x")] };
        await store.commit(change, { idempotencyKey: "{k}" });
        await store.count({ tenantId, scenarioId: "flow", versions: [1, 2] });
        await store.cas({ kind: "{", tenantId, id }, undefined, "}");
        await store.append({ kind: "}", tenantId, id }, [ledgerRecord("x")]);
      }
    }
    // What stands in the first pair of braces is what a cluster hashes.
    const tags = named.map((keys) => new Set(keys.map((key) => /^[^{}]*\{([^{}]+)\}[^{}]*$/.exec(key)?.[1])));
    expect(tags.filter((each) => each.size !== 1 || each.has(undefined))).toEqual([]);
    const written = (await keysUnder(prefix)).map((key) => /^[^{}]*\{([^{}]+)\}[^{}]*$/.exec(key)?.[1]);
    expect(new Set(written).has(undefined)).toBe(false);
    expect(new Set(written).size).toBeGreaterThan(6);
  });

  it("takes no more than one round trip for a decision, and two where somebody else wrote to the stream", async () => {
    const prefix = newPrefix();
    const sent: string[] = [];
    const counted: RedisClient = {
      command: (args) => {
        sent.push(args[0] ?? "");
        return fromIoredis(one).command(args, "");
      },
    };
    const store = redisStore({ client: counted, prefix });
    const records = [ledgerRecord("moved")];
    await store.commit({ session: aSession(), expectedRevision: 0, records }, { idempotencyKey: "m1" });
    sent.length = 0;
    await store.commit({ session: aSession(), expectedRevision: 1, records }, { idempotencyKey: "m2" });
    expect(sent).toEqual(["EVALSHA"]);
    await redisStore({ client: fromIoredis(two), prefix }).append(streamOf("s1"), records);
    sent.length = 0;
    await store.commit({ session: aSession(), expectedRevision: 2, records }, { idempotencyKey: "m3" });
    expect(sent).toEqual(["EVALSHA", "EVALSHA"]);
  });

  it("carries a whole migration, from the proposal to the session that has moved", async () => {
    const [store, other] = newPair();
    const v1 = flow(1, "hello name(name) pay*", "hello>name ; name>pay");
    const v2 = flow(2, "hello name(name) mail(mail) pay*", "hello>name ; name>mail ; mail>pay");
    const regraft = createRegraft({ store, clock: manualClock() });
    await regraft.publish(v1);
    await regraft.importSession(walkTo(v1, "pay", { seed: 1 }));
    const plan = await regraft.propose({ from: v1, to: v2 });
    await regraft.deploy(await regraft.approve(plan, { by: "ana" }));
    const elsewhere = createRegraft({ store: other, clock: manualClock() });
    expect(await elsewhere.reconcile("s1", { messageId: "m1" })).toMatchObject({ action: "collect", fields: ["mail"] });
    const moved = await elsewhere.provide("s1", { mail: "ana@example.org" }, { messageId: "m2" });
    expect(moved).toMatchObject({ action: "teleport", stepId: "pay", version: 2 });
    expect(await regraft.session("s1")).toMatchObject({ scenarioVersion: 2, stepId: "pay" });
    const { entries } = await store.read(streamOf("s1"), { limit: 99 });
    expect(entries.length).toBeGreaterThan(1);
    expect(entries).toEqual(chained(streamOf("s1"), emptyHead(streamOf("s1")), entries));
  });

  it("sends a script again to a server that has forgotten it", async () => {
    const forgetful: RedisClient = {
      command: (args) =>
        args[0] === "EVALSHA"
          ? Promise.reject(new Error("NOSCRIPT No matching script. Please use EVAL."))
          : fromIoredis(one).command(args, ""),
    };
    const store = redisStore({ client: forgetful, prefix: newPrefix() });
    await create(store);
    expect(await store.count(everybody)).toEqual({ total: 1, byStep: { a: 1 } });
  });

  it("says that a server is unavailable, without its address", async () => {
    const lost = new Redis("redis://user:secret@127.0.0.1:1", {
      lazyConnect: true,
      autoResendUnfulfilledCommands: false,
      maxRetriesPerRequest: 0,
      retryStrategy: () => null,
    });
    lost.on("error", () => {});
    const store = redisStore({ client: fromIoredis(lost), prefix: newPrefix() });
    const error: unknown = await store.get({ tenantId: "", id: "s1" }).catch((reason: unknown) => reason);
    expect(isRegraftError(error, "STORE.UNAVAILABLE")).toBe(true);
    expect(JSON.stringify([error, String(error instanceof Error && error.cause)])).not.toMatch(/secret/);
    await expect(store.commit({ session: aSession(), expectedRevision: 0 })).rejects.toThrow(/STORE.UNAVAILABLE/);
    lost.disconnect();
  });
}

describe("a Redis store", () => {
  const client: RedisClient = { command: () => Promise.reject(new Error("redis://user:secret@host failed")) };

  it("refuses a client that sends commands again by itself", () => {
    const options = { autoResendUnfulfilledCommands: true };
    const call = () => Promise.reject(new Error("never called"));
    for (const resending of [
      { call, options },
      { call, options: {} },
      { call, options: { redisOptions: options } },
    ]) {
      expect(() => fromIoredis(resending)).toThrow(/CONFIG.INVALID/);
    }
    const patient = { autoResendUnfulfilledCommands: false };
    const cluster = (retryDelayOnFailover: number) => ({
      call,
      options: { redisOptions: patient, retryDelayOnFailover },
    });
    expect(() => fromIoredis(cluster(100))).toThrow(/CONFIG.INVALID/);
    expect(fromIoredis(cluster(0)).command).toBeTypeOf("function");
    expect(fromIoredis({ call, options: { redisOptions: patient } }).command).toBeTypeOf("function");
    expect(fromIoredis({ call, options: patient }).command).toBeTypeOf("function");
  });

  it("refuses a prefix with a brace, and a time to live that is none", () => {
    for (const options of [{ prefix: "a{b" }, { prefix: "}" }, { sessionTtlMs: 0 }, { sessionTtlMs: 1.5 }]) {
      expect(() => redisStore({ client, ...options })).toThrow(/INPUT.INVALID/);
    }
  });

  it("declares durable only where it is told to", () => {
    expect(redisStore({ client }).capabilities).toEqual({
      atomicCommit: true,
      durable: false,
      setBasedMark: true,
      indexedOutbox: true,
      leases: true,
    });
    expect(redisStore({ client, durable: true }).capabilities.durable).toBe(true);
  });

  it("keeps addresses out of its errors", async () => {
    const error: unknown = await redisStore({ client })
      .pointer({ kind: "k", tenantId: "", id: "i" })
      .catch((e: unknown) => e);
    expect(isRegraftError(error, "STORE.UNAVAILABLE")).toBe(true);
    expect(String(error instanceof Error && error.cause)).toContain("<url> failed");
  });
});

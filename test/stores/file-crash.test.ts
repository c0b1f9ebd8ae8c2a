import { describe, expect, it } from "vitest";
import type { OutboxItem } from "../../src/contracts/types.js";
import type { Mark } from "../../src/ports/session-store.js";
import type { FileStore } from "../../src/stores/file.js";
import { aSession, create, ledgerRecord } from "../../src/testing/store-contract-fixtures.js";
import { type Crash, crashingStore, moments, nextStore } from "./file-crash.js";
import { freshDirectories } from "./file-directories.js";

const freshDirectory = freshDirectories();
const key = { tenantId: "", id: "s1" };
const stream = { kind: "session", ...key };
const pointer = { kind: "live", tenantId: "", id: "flow" };
const plan = { kind: "plan", tenantId: "", id: "p1" };
const mark: Mark = { planId: "p1", targetVersion: 2, markedAt: "2026-02-01T00:00:00.000Z" };
const all = { tenantId: "", scenarioId: "flow" };

interface Case {
  /** What is there before, written by an earlier process. */
  readonly before: (store: FileStore) => Promise<unknown>;
  /** What the process does that ends in the middle. */
  readonly act: (store: FileStore) => Promise<unknown>;
  /** What the next process sees, whatever the moment, and that repeating the act brings what it should. */
  readonly check: (store: FileStore) => Promise<void>;
}

async function typesOf(store: FileStore, subject = stream): Promise<readonly string[]> {
  const { entries, head } = await store.read(subject, { limit: 99 });
  expect(entries.map(({ seq }) => seq)).toEqual(Array.from({ length: head }, (_, n) => n + 1));
  return entries.map(({ type }) => type);
}

const started = { session: aSession({ variables: { a: 1 } }), expectedRevision: 0, records: [ledgerRecord("started")] };
const moved = {
  session: aSession({ stepId: "b", variables: { a: 2 } }),
  expectedRevision: 1,
  clearMark: true,
  records: [ledgerRecord("moved"), ledgerRecord("told")],
};
const commitMoved = (store: FileStore) => store.commit(moved, { idempotencyKey: "m2" });
const outbox: OutboxItem[] = [{ id: "1", kind: "ledger", records: [ledgerRecord("told")] }];
const records = [ledgerRecord("one"), ledgerRecord("two")];

const cases: Readonly<Record<string, Case>> = {
  "the first write of a directory": {
    before: async () => undefined,
    act: (store) => store.commit(started, { idempotencyKey: "m1" }),
    check: async (store) => {
      const session = await store.get(key);
      expect(await typesOf(store)).toEqual(session === undefined ? [] : ["started"]);
      const again = await store.commit(started, { idempotencyKey: "m1" });
      expect(again).toMatchObject({ ok: true, repeated: session !== undefined, session: { revision: 1 } });
      expect(await typesOf(store)).toEqual(["started"]);
    },
  },
  "a commit": {
    before: async (store) => {
      await store.commit(started, { idempotencyKey: "m1" });
      await store.mark(all, mark, { limit: 9 });
    },
    act: commitMoved,
    check: async (store) => {
      const session = await store.get(key);
      const isDone = session?.revision === 2;
      expect(session).toMatchObject(isDone ? { stepId: "b", variables: { a: 2 } } : { stepId: "a", revision: 1 });
      expect(session?.pendingMigration?.planId).toBe(isDone ? undefined : "p1");
      expect(await typesOf(store)).toEqual(isDone ? ["started", "moved", "told"] : ["started"]);
      expect(await commitMoved(store)).toMatchObject({ ok: true, repeated: isDone, session: { revision: 2 } });
      const first = await store.commit(started, { idempotencyKey: "m1" });
      expect(first).toMatchObject({ ok: true, repeated: true, session: { revision: 1, variables: { a: 1 } } });
      await store.commit({ ...moved, expectedRevision: 2, records: [ledgerRecord("on")] });
      expect(await typesOf(store)).toEqual(["started", "moved", "told", "on"]);
    },
  },
  "a compare-and-set": {
    before: (store) => store.cas(pointer, undefined, "1"),
    act: (store) => store.cas(pointer, "1", "2"),
    check: async (store) => {
      const value = await store.pointer(pointer);
      expect(["1", "2"]).toContain(value);
      expect(await store.cas(pointer, value, "3")).toEqual({ ok: true });
      expect(await store.pointer(pointer)).toBe("3");
    },
  },
  "an append": {
    before: (store) => store.append(plan, [ledgerRecord("zero")]),
    act: (store) => store.append(plan, records, { idempotencyKey: "k" }),
    check: async (store) => {
      const isDone = (await typesOf(store, plan)).length === 3;
      expect(await typesOf(store, plan)).toEqual(isDone ? ["zero", "one", "two"] : ["zero"]);
      const again = await store.append(plan, records, { idempotencyKey: "k" });
      expect(again).toEqual({ ok: true, seq: 3, repeated: isDone });
      await store.append(plan, [ledgerRecord("three")]);
      expect(await typesOf(store, plan)).toEqual(["zero", "one", "two", "three"]);
    },
  },
  "a document": {
    before: async () => undefined,
    act: async (store) => {
      const { digest } = await store.put({ ...plan, body: { n: 1 } });
      await store.cas(plan, undefined, digest);
    },
    check: async (store) => {
      const named = await store.pointer(plan);
      expect((await store.load(plan))?.body).toEqual(named === undefined ? undefined : { n: 1 });
      const { digest } = await store.put({ ...plan, body: { n: 1 } });
      await store.cas(plan, named, digest);
      expect((await store.find({ kind: "plan", tenantId: "" }, { limit: 9 })).records).toMatchObject([{ digest }]);
    },
  },
  "the end of a document": {
    before: (store) => store.put({ ...plan, body: { n: 1 } }),
    act: async (store) => store.drop(plan, (await store.put({ ...plan, body: { n: 1 } })).digest),
    check: async (store) => {
      const { digest } = await store.put({ ...plan, body: { n: 1 } });
      expect(await store.drop(plan, digest)).toBe(true);
      expect(await store.load(plan, digest)).toBeUndefined();
    },
  },
  "an outbox": {
    before: (store) => create(store, { id: "s1" }),
    act: async (store) => {
      const session = await store.get(key);
      if (session === undefined) return;
      await store.commit({ session: { ...session, outbox }, expectedRevision: 1 });
      const pending = await store.get(key);
      if (pending !== undefined) await store.settle?.(pending);
    },
    check: async (store) => {
      const session = await store.get(key);
      const isPending = session?.outbox !== undefined;
      const { sessions } = await store.scan({ ...all, outbox: true }, { limit: 9 });
      expect(sessions.map(({ outbox: items }) => items)).toEqual(isPending ? [outbox] : []);
      await store.commit({ session: { ...session!, outbox }, expectedRevision: session!.revision });
      expect((await store.count({ ...all, outbox: true })).total).toBe(1);
    },
  },
  marking: {
    before: async (store) => {
      for (const id of ["s1", "s2", "s3"]) await create(store, { id });
    },
    act: (store) => store.mark(all, mark, { limit: 9 }),
    check: async (store) => {
      const { total } = await store.count({ ...all, marked: "p1" });
      expect(await store.mark(all, mark, { limit: 9 })).toEqual({ marked: 3 - total, done: true });
      expect(await store.get(key)).toMatchObject({ revision: 1, pendingMigration: { ...mark, stepId: "a" } });
    },
  },
  "a lease": {
    before: async (store) => {
      const first = await store.lease(plan, { owner: "ana", ttlMs: 1e9 });
      if (first.ok) await store.release({ lease: plan, token: first.token });
    },
    act: (store) => store.lease(plan, { owner: "ben", ttlMs: 1e9 }),
    check: async (store) => {
      const next = await store.lease(plan, { owner: "eve", ttlMs: 1e9 });
      if (next.ok) expect(next.token).toBe(2);
      else expect(next.heldBy.owner).toBe("ben");
      const stale = store.cas(plan, undefined, "x", { fence: { lease: plan, token: 1 } });
      await expect(stale).rejects.toMatchObject({ code: "STORE.LEASE_HELD" });
      expect(await store.cas(plan, undefined, "x", { fence: { lease: plan, token: 2 } })).toEqual({ ok: true });
    },
  },
};

/** Ends the process at one step; false once there is no such step any more. */
async function endAt({ before, act, check }: Case, crash: Crash): Promise<boolean> {
  const directory = freshDirectory();
  const earlier = nextStore(directory);
  await before(earlier);
  const { store, hasCrashed } = crashingStore(directory, crash);
  await act(store).catch((error: unknown) => {
    if (!hasCrashed()) throw error;
  });
  await check(nextStore(directory));
  const recovery = await nextStore(directory).recover();
  expect(recovery.damaged).toEqual([]);
  const nothing = { locksReleased: 0, temporariesRemoved: 0, streamsRepaired: 0, entriesRolledForward: 0, damaged: [] };
  expect(await nextStore(directory).recover()).toEqual(nothing);
  return hasCrashed();
}

describe("a process that ends at any step of", () => {
  for (const [title, example] of Object.entries(cases)) {
    it(`${title} leaves it whole or not done, and the next one goes on`, async () => {
      for (const moment of moments) {
        let at = 1;
        while (await endAt(example, { at, moment })) at += 1;
        expect(at).toBeGreaterThan(3);
      }
    });
  }
});

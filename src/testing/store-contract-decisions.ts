import { chained, emptyHead } from "../ledger/chain.js";
import type { LedgerRecord } from "../ports/ledger.js";
import type { RecordStore } from "../ports/record-store.js";
import type { SessionStore } from "../ports/session-store.js";
import type { ContractGroup } from "./store-contract-case.js";
import {
  aSession,
  changeUntilDone,
  codeOf,
  create,
  hostileIds,
  ledgerRecord,
  megabyte,
  numbered,
  s1,
  streamOf,
} from "./store-contract-fixtures.js";

/** What a store of both keeps: a session and the records of its commit are one write. */
export const decisionCases: ContractGroup<SessionStore & RecordStore> = {
  title: "a commit with records",
  cases: [
    {
      id: "records-written",
      title: "writes them to the session's own stream, or none of them on a conflict",
      needs: ["atomicCommit"],
      run: async ({ store, expect }) => {
        const session = await create(store, { tenantId: "t" });
        const records = [ledgerRecord("session.moved", { to: "b" }), ledgerRecord("session.told")];
        expect(await store.commit({ session, expectedRevision: 1, records })).toMatchObject({ ok: true });
        expect(await store.commit({ session, expectedRevision: 1, records })).toMatchObject({ ok: false });
        const stream = streamOf("s1", "t");
        const { entries, head } = await store.read(stream, { limit: 10 });
        expect(head).toBe(2);
        expect(entries).toEqual(chained(stream, emptyHead(stream), records));
        expect((await store.read(streamOf("s1"), { limit: 10 })).head).toBe(0);
      },
    },
    {
      id: "records-created",
      title: "writes them with the session that it creates",
      needs: ["atomicCommit"],
      run: async ({ store, expect }) => {
        const records = [ledgerRecord("session.started")];
        await store.commit({ session: aSession(), expectedRevision: 0, records });
        await store.commit({ session: aSession(), expectedRevision: 0, records });
        expect((await store.read(streamOf("s1"), { limit: 10 })).head).toBe(1);
      },
    },
    {
      id: "records-chained",
      title: "chains them to what stands in the stream, also where others append to it",
      needs: ["atomicCommit"],
      run: async ({ store, expect }) => {
        const session = await create(store);
        const records = ["one", "two", "three", "four"].map((type, n) => ledgerRecord(type, { text: "é\n😀", n }));
        const [one, two, three, four] = records.map((record) => [record]);
        await store.commit({ session, expectedRevision: 1, records: one ?? [] });
        await store.append(streamOf("s1"), two ?? []);
        await store.commit({ session, expectedRevision: 2, records: three ?? [] });
        await store.append(streamOf("s1"), four ?? [], { expectedSeq: 3 });
        const { entries } = await store.read(streamOf("s1"), { limit: 9 });
        expect(entries).toEqual(chained(streamOf("s1"), emptyHead(streamOf("s1")), records));
      },
    },
    {
      id: "records-once",
      title: "writes them once under one key",
      needs: ["atomicCommit"],
      run: async ({ store, another, expect }) => {
        const session = await create(store);
        const change = { session: { ...session, stepId: "b" }, expectedRevision: 1, records: [ledgerRecord("moved")] };
        const stores = [store, await another()];
        await Promise.all(
          [...stores, ...stores].map((each) => each.commit(structuredClone(change), { idempotencyKey: "m1" })),
        );
        expect(await store.commit(change, { idempotencyKey: "m1" })).toMatchObject({ ok: true, repeated: true });
        expect((await store.read(streamOf("s1"), { limit: 9 })).head).toBe(1);
        const others = { ...change, records: [ledgerRecord("other")] };
        expect(await codeOf(store.commit(others, { idempotencyKey: "m1" }))).toBe("STORE.IDEMPOTENCY_CONFLICT");
      },
    },
    {
      id: "records-torn",
      title: "writes neither where one of them cannot be written",
      needs: ["atomicCommit"],
      run: async ({ store, expect }) => {
        const session = await create(store);
        const records = [ledgerRecord("good"), ledgerRecord("bad", { n: 1n })];
        const call = store.commit({ session: { ...session, stepId: "b" }, expectedRevision: 1, records });
        expect((await codeOf(call)) === "no error").toBe(false);
        expect(await store.get(s1)).toEqual(session);
        expect(await store.read(streamOf("s1"), { limit: 9 })).toEqual({ entries: [], head: 0 });
      },
    },
    {
      id: "records-seen",
      title: "shows nobody a session without its records, or records without their session",
      needs: ["atomicCommit"],
      run: async ({ store, another, expect }) => {
        await create(store);
        const reader = await another();
        let isWriting = true;
        const write = async () => {
          for (let n = 1; n <= 20; n += 1) {
            const records = [ledgerRecord("one"), ledgerRecord("two")];
            await store.commit({ session: aSession({ variables: { n } }), expectedRevision: n, records });
          }
        };
        const writing = write().finally(() => {
          isWriting = false;
        });
        const look = async () => {
          const before = await reader.read(streamOf("s1"), { limit: 1 });
          const session = await reader.get(s1);
          const after = await reader.read(streamOf("s1"), { limit: 1 });
          const commits = (session?.revision ?? 0) - 1;
          expect([before.head % 2, before.head <= 2 * commits, 2 * commits <= after.head]).toEqual([0, true, true]);
        };
        const looking = (async () => {
          for (let looks = 0; isWriting && looks < 1000; looks += 1) await look();
        })();
        await Promise.all([writing, looking]);
        expect((await store.read(streamOf("s1"), { limit: 1 })).head).toBe(40);
      },
    },
    {
      id: "records-racing",
      title: "leaves no gap and no broken link in the stream, however many write to it",
      needs: ["atomicCommit"],
      run: async ({ store, another, expect }) => {
        await create(store);
        const stores = [store, await another()];
        const writes = numbered(4).flatMap((name) =>
          stores.flatMap((each, n) => [
            changeUntilDone(each, "s1", (read) => read, [ledgerRecord(`commit ${name} ${n}`), ledgerRecord("told")]),
            each.append(streamOf("s1"), [ledgerRecord(`append ${name} ${n}`)]),
          ]),
        );
        await Promise.all(writes);
        const stream = streamOf("s1");
        const { entries, head } = await store.read(stream, { limit: 99 });
        expect(head).toBe(24);
        const records = entries.map(({ type, at, data }): LedgerRecord => ({ type, at, data }));
        expect(entries).toEqual(chained(stream, emptyHead(stream), records));
        expect(new Set(records.map(({ type }) => type)).size).toBe(17);
        expect((await store.get(s1))?.revision).toBe(9);
      },
    },
    {
      id: "records-ids",
      title: "keeps the streams of sessions apart, whatever they are called",
      needs: ["atomicCommit"],
      run: async ({ store, expect }) => {
        const keys = hostileIds.flatMap((x) => [
          { tenantId: "", id: x },
          { tenantId: x, id: "a" },
        ]);
        for (const [n, key] of keys.entries()) {
          await store.commit({ session: aSession(key), expectedRevision: 0, records: [ledgerRecord("one", { n })] });
        }
        for (const [n, { tenantId, id }] of keys.entries()) {
          const { entries } = await store.read(streamOf(id, tenantId), { limit: 9 });
          expect(entries.map(({ subject, data }) => [subject, data])).toEqual([[streamOf(id, tenantId), { n }]]);
        }
      },
    },
    {
      id: "records-large",
      title: "writes a record of a megabyte",
      needs: ["atomicCommit"],
      run: async ({ store, expect }) => {
        const session = await create(store);
        const text = megabyte();
        const variables = { text };
        const records = [ledgerRecord("one", { text }), ledgerRecord("two")];
        await store.commit({ session: { ...session, variables }, expectedRevision: 1, records });
        const { entries, head } = await store.read(streamOf("s1"), { limit: 1 });
        expect([head, entries[0]?.data.text === text]).toEqual([2, true]);
        expect((await store.get(s1))?.variables.text === text).toBe(true);
      },
    },
  ],
};

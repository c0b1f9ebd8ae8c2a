import { chained, emptyHead } from "../ledger/chain.js";
import type { RecordStore } from "../ports/record-store.js";
import type { SessionStore } from "../ports/session-store.js";
import type { ContractGroup } from "./store-contract-case.js";
import {
  aSession,
  codeOf,
  create,
  createAll,
  everybody,
  hostileIds,
  ledgerRecord,
  mark,
  numbered,
  plan,
  s1,
  scanAll,
  streamOf,
} from "./store-contract-fixtures.js";

/** What a durable session store still knows after a restart. */
export const sessionRestartCases: ContractGroup<SessionStore> = {
  title: "sessions after a restart",
  cases: [
    {
      id: "restart-sessions",
      title: "are there as they were committed, with their marks",
      needs: ["durable"],
      run: async ({ store, reopen, expect }) => {
        await createAll(store, hostileIds);
        await store.mark({ ...everybody, sessionIds: ["a", "b"] }, mark, { limit: 9 });
        const session = await store.get({ tenantId: "", id: "a" });
        if (session) await store.commit({ session: { ...session, stepId: "z" }, expectedRevision: 1 });
        const before = await scanAll(store, everybody, 50);
        const later = await reopen();
        expect(await scanAll(later, everybody, 4)).toEqual(before);
        expect(await later.count({ ...everybody, scenarioId: "flow", stepIds: ["z"] })).toMatchObject({ total: 1 });
        expect((await later.count({ ...everybody, marked: "p1" })).total).toBe(2);
      },
    },
    {
      id: "restart-keys",
      title: "keep their revisions and their keys",
      needs: ["durable"],
      run: async ({ store, reopen, expect }) => {
        const change = { session: { ...(await create(store)), stepId: "b" }, expectedRevision: 1 };
        const first = await store.commit(change, { idempotencyKey: "m1" });
        const later = await reopen();
        expect(await later.commit(change, { idempotencyKey: "m1" })).toEqual({ ...first, repeated: true });
        const other = { ...change, session: { ...change.session, stepId: "c" } };
        expect(await codeOf(later.commit(other, { idempotencyKey: "m1" }))).toBe("STORE.IDEMPOTENCY_CONFLICT");
        expect(await later.commit(change)).toEqual({ ok: false, conflict: { expected: 1, actual: 2 } });
      },
    },
    {
      id: "restart-cursors",
      title: "are scanned and marked on from a cursor that was given out before",
      needs: ["durable"],
      run: async ({ store, reopen, expect }) => {
        await createAll(store, numbered(10));
        const whole = await scanAll(store, everybody, 50);
        const { sessions, cursor } = await store.scan(everybody, { limit: 4 });
        const marked = await store.mark(everybody, mark, { limit: 4 });
        const later = await reopen();
        const rest = await later.scan(everybody, { limit: 9, ...(cursor === undefined ? {} : { cursor }) });
        expect([...sessions, ...rest.sessions].map(({ id }) => id)).toEqual(whole.map(({ id }) => id));
        const from = marked.cursor === undefined ? {} : { cursor: marked.cursor };
        expect(await later.mark(everybody, mark, { limit: 9, ...from })).toEqual({ marked: 6, done: true });
      },
    },
  ],
};

/** What a durable record store still knows after a restart. */
export const recordRestartCases: ContractGroup<RecordStore> = {
  title: "records after a restart",
  cases: [
    {
      id: "restart-records",
      title: "are there: documents, pointers, streams and keys",
      needs: ["durable"],
      run: async ({ store, reopen, expect }) => {
        const { digest } = await store.put({ ...plan("p"), body: { n: 1 }, tags: { status: "pending" } });
        await store.cas(plan("p"), undefined, digest);
        const options = { idempotencyKey: "k" };
        await store.append(plan("p"), [ledgerRecord("one"), ledgerRecord("two")], options);
        const later = await reopen();
        const record = { ...plan("p"), tags: { status: "pending" }, body: { n: 1 }, digest };
        expect(await later.load(plan("p"))).toEqual(record);
        const query = { kind: "plan", tenantId: "", tags: { status: "pending" } };
        expect(await later.find(query, { limit: 9 })).toEqual({ records: [record], total: 1 });
        const again = await later.append(plan("p"), [ledgerRecord("one"), ledgerRecord("two")], options);
        expect(again).toEqual({ ok: true, seq: 2, repeated: true });
        await later.append(plan("p"), [ledgerRecord("three")], { expectedSeq: 2 });
        const { entries } = await later.read(plan("p"), { limit: 9 });
        const records = ["one", "two", "three"].map((type) => ledgerRecord(type));
        expect(entries).toEqual(chained(plan("p"), emptyHead(plan("p")), records));
        expect(await later.cas(plan("p"), undefined, digest)).toEqual({ ok: false, conflict: { actual: digest } });
      },
    },
    {
      id: "restart-dropped",
      title: "do not come back once they were dropped",
      needs: ["durable"],
      run: async ({ store, reopen, expect }) => {
        const { digest } = await store.put({ ...plan("p"), body: { n: 1 } });
        await store.cas(plan("p"), undefined, digest);
        await store.cas(plan("p"), digest, undefined);
        await store.drop(plan("p"), digest);
        const later = await reopen();
        expect(await later.pointer(plan("p"))).toBe(undefined);
        expect(await later.load(plan("p"), digest)).toBe(undefined);
      },
    },
    {
      id: "restart-leases",
      title: "are still fenced by the leases that were taken before",
      needs: ["durable", "leases"],
      run: async ({ store, reopen, clock, expect }) => {
        const name = { kind: "deploy", tenantId: "", id: "p1" };
        const old = await store.lease(name, { owner: "ana", ttlMs: 1000 });
        const later = await reopen();
        expect(await later.lease(name, { owner: "ben", ttlMs: 1000 })).toMatchObject({ ok: false });
        clock.advance(1000);
        const next = await later.lease(name, { owner: "ben", ttlMs: 1000 });
        const token = old.ok ? old.token : 0;
        expect(next.ok && next.token > token).toBe(true);
        const options = { fence: { lease: name, token } };
        expect(await codeOf(later.cas(name, undefined, "1", options))).toBe("STORE.LEASE_HELD");
      },
    },
  ],
};

/** What a durable store of both still knows after a restart. */
export const decisionRestartCases: ContractGroup<SessionStore & RecordStore> = {
  title: "decisions after a restart",
  cases: [
    {
      id: "restart-whole",
      title: "are there whole or not at all where the restart came in between",
      needs: ["durable", "atomicCommit"],
      run: async ({ store, reopen, expect }) => {
        await create(store);
        const records = [ledgerRecord("one"), ledgerRecord("two")];
        const change = (n: number) => ({ session: aSession({ variables: { n } }), expectedRevision: n, records });
        for (let n = 1; n <= 3; n += 1) await store.commit(change(n));
        const writing = store.commit(change(4), { idempotencyKey: "m4" }).then(
          () => true,
          () => false,
        );
        const later = await reopen();
        const isWritten = await writing;
        const { head } = await later.read(streamOf("s1"), { limit: 9 });
        const session = await later.get(s1);
        expect(head).toBe(2 * ((session?.revision ?? 0) - 1));
        expect((session?.revision ?? 0) >= (isWritten ? 5 : 4)).toBe(true);
        const settled = await later.commit(change(4), { idempotencyKey: "m4" });
        expect(settled).toMatchObject({ ok: true, repeated: session?.revision === 5, session: { revision: 5 } });
        const { entries } = await later.read(streamOf("s1"), { limit: 9 });
        const all = [...records, ...records, ...records, ...records];
        expect(entries).toEqual(chained(streamOf("s1"), emptyHead(streamOf("s1")), all));
      },
    },
  ],
};

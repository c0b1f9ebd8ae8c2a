import type { OutboxItem } from "../contracts/types.js";
import type { SessionStore } from "../ports/session-store.js";
import type { ContractGroup } from "./store-contract-case.js";
import { create, createAll, everybody, idsOf, mark, s1, scanAll } from "./store-contract-fixtures.js";

const at = "2026-01-01T00:00:00.000Z";
const outbox: OutboxItem[] = [{ id: "1", kind: "ledger", records: [{ type: "session.started", at, data: { n: 1 } }] }];
const pending = { ...everybody, outbox: true } as const;

async function pendingIn(store: SessionStore, limit = 2): Promise<string[]> {
  return idsOf(await scanAll(store, pending, limit)).sort();
}

/** What session stores keep about outboxes, so that what was left undelivered is found without reading every session. */
export const outboxCases: ContractGroup<SessionStore> = {
  title: "an outbox",
  cases: [
    {
      id: "outbox-found",
      title: "finds its session, among any others and however the pages are cut",
      needs: ["indexedOutbox"],
      run: async ({ store, expect }) => {
        await createAll(store, ["a", "b", "c", "d"]);
        for (const id of ["o1", "o2", "o3", "o4", "o5"]) await create(store, { id, outbox });
        await create(store, { id: "o6", tenantId: "other", outbox });
        await create(store, { id: "o7", outbox: [] });
        for (const limit of [1, 2, 5, 9]) expect(await pendingIn(store, limit)).toEqual(["o1", "o2", "o3", "o4", "o5"]);
        expect(idsOf(await scanAll(store, { ...pending, sessionIds: ["a", "o2"] }, 9))).toEqual(["o2"]);
        expect(idsOf(await scanAll(store, { ...pending, stepIds: ["nowhere"] }, 9))).toEqual([]);
        expect((await store.count(pending)).total).toBe(5);
      },
    },
    {
      id: "outbox-commits",
      title: "comes and goes with the commits of its session",
      needs: ["indexedOutbox"],
      run: async ({ store, expect }) => {
        const session = await create(store, { id: "s1" });
        await store.commit({ session: { ...session, outbox }, expectedRevision: 1 });
        expect(await pendingIn(store)).toEqual(["s1"]);
        expect((await store.get(s1))?.outbox).toEqual(outbox);
        await store.commit({ session, expectedRevision: 1 });
        expect(await pendingIn(store)).toEqual(["s1"]);
        await store.commit({ session, expectedRevision: 2 });
        expect(await pendingIn(store)).toEqual([]);
      },
    },
    {
      id: "outbox-settled",
      title: "is taken off once, and nothing else of its session changes",
      needs: ["indexedOutbox"],
      run: async ({ store, expect }) => {
        const before = await create(store, { id: "s1", outbox, variables: { n: 1 } });
        await store.mark(everybody, mark, { limit: 9 });
        const read = (await store.get(s1)) ?? before;
        expect(await store.settle?.(read)).toBe(true);
        expect(await store.settle?.(read)).toBe(false);
        const { outbox: _, ...rest } = read;
        expect(await store.get(s1)).toEqual(rest);
        expect(await pendingIn(store)).toEqual([]);
        const result = await store.commit({ session: { ...before, outbox }, expectedRevision: 1 });
        expect(result.ok).toBe(true);
        expect(await pendingIn(store)).toEqual(["s1"]);
      },
    },
    {
      id: "outbox-gone-on",
      title: "stays where its session has gone on since it was read, and where there is none",
      needs: ["indexedOutbox"],
      run: async ({ store, expect }) => {
        const read = await create(store, { id: "s1", outbox });
        const next = outbox.map((item) => ({ ...item, id: "2" }));
        await store.commit({ session: { ...read, outbox: next }, expectedRevision: 1 });
        expect(await store.settle?.(read)).toBe(false);
        expect((await store.get(s1))?.outbox).toEqual(next);
        expect(await store.settle?.({ ...read, id: "nobody" })).toBe(false);
        const plain = await create(store, { id: "s2" });
        expect(await store.settle?.(plain)).toBe(false);
      },
    },
    {
      id: "outbox-keys",
      title: "taken off leaves what was returned under idempotency keys",
      needs: ["indexedOutbox"],
      run: async ({ store, expect }) => {
        const session = await create(store, { id: "s1" });
        const change = { session: { ...session, outbox }, expectedRevision: 1 };
        const first = await store.commit(change, { idempotencyKey: "m1" });
        const read = await store.get(s1);
        if (read !== undefined) await store.settle?.(read);
        expect(await store.commit(change, { idempotencyKey: "m1" })).toEqual({ ...first, repeated: true });
        expect(await pendingIn(store)).toEqual([]);
      },
    },
  ],
};

import type { RecordStore } from "../ports/record-store.js";
import type { SessionRead, SessionStore } from "../ports/session-store.js";
import type { Subject } from "../ports/subject.js";
import type { ContractGroup } from "./store-contract-case.js";
import { create, hostileIds, ledgerRecord, mark, plan, s1, streamOf } from "./store-contract-fixtures.js";

type Store = SessionStore & RecordStore;

const [first, second] = [`sha256:${"1".repeat(64)}`, `sha256:${"2".repeat(64)}`];

/** Reads a session with pointers, at one moment where the store can. */
async function together(store: Store, id: string, pointers: readonly Subject[]): Promise<SessionRead> {
  const key = { tenantId: "", id };
  if (store.getWith !== undefined) return store.getWith(key, pointers);
  const session = await store.get(key);
  const values = pointers.map(async (pointer) => {
    const value = await store.pointer(pointer);
    return value === undefined ? { pointer } : { pointer, value };
  });
  return { ...(session === undefined ? {} : { session }), pointers: await Promise.all(values) };
}

/** What a store of both keeps about a session and the pointers that its decision rests on. */
export const headCases: ContractGroup<Store> = {
  title: "a session and pointers",
  cases: [
    {
      id: "heads-read",
      title:
        "are read as they are: the session with its mark, each pointer by its tenant, kind and id, in the order asked for",
      run: async ({ store, expect }) => {
        await create(store);
        await store.mark({ tenantId: "" }, mark, { limit: 10 });
        await store.cas(plan("p1"), undefined, first);
        await store.cas(plan("p1", "t"), undefined, second);
        const asked = [plan("p2"), plan("p1", "t"), { ...plan("p1"), kind: "other" }, plan("p1"), plan("p1")];
        expect(await together(store, "s1", asked)).toEqual({
          session: await store.get(s1),
          pointers: [
            { pointer: asked[0] },
            { pointer: asked[1], value: second },
            { pointer: asked[2] },
            { pointer: asked[3], value: first },
            { pointer: asked[4], value: first },
          ],
        });
        expect(await together(store, "s1", [])).toEqual({ session: await store.get(s1), pointers: [] });
        expect(await together(store, "s2", [plan("p1")])).toEqual({
          pointers: [{ pointer: plan("p1"), value: first }],
        });
      },
    },
    {
      id: "heads-names",
      title: "are told apart by any names and values",
      run: async ({ store, expect }) => {
        await create(store);
        for (const id of hostileIds) await store.cas(plan(id), undefined, `of ${id}`);
        const { pointers } = await together(
          store,
          "s1",
          hostileIds.map((id) => plan(id)),
        );
        expect(pointers).toEqual(hostileIds.map((id) => ({ pointer: plan(id), value: `of ${id}` })));
      },
    },
    {
      id: "heads-provided",
      title:
        "are one condition where the store reads them together: a commit writes nothing once a pointer has another value",
      run: async ({ store, expect }) => {
        if (store.getWith === undefined) return;
        const session = await create(store);
        await store.cas(plan("p1"), undefined, first);
        const stands = [{ pointer: plan("p1"), value: first }, { pointer: plan("p2") }];
        const change = { session, expectedRevision: 1, records: [ledgerRecord("session.moved")] };
        const changed = [
          [{ pointer: plan("p1"), value: second }],
          [{ pointer: plan("p1") }],
          [...stands, { pointer: plan("p2"), value: first }],
          [...stands, { pointer: plan("p1", "t"), value: first }],
        ];
        for (const provided of changed) {
          const refused = await store.commit(change, { provided, idempotencyKey: "k" });
          expect(refused).toEqual({ ok: false, conflict: { expected: 1, actual: 1 } });
        }
        expect((await store.get(s1))?.revision).toBe(1);
        expect((await store.read(streamOf("s1"), { limit: 10 })).head).toBe(0);
        const written = await store.commit(change, { provided: stands, idempotencyKey: "k" });
        expect(written).toMatchObject({ ok: true, repeated: false, session: { revision: 2 } });
        await store.cas(plan("p1"), first, second);
        const again = await store.commit(change, { provided: stands, idempotencyKey: "k" });
        expect(again).toMatchObject({ ok: true, repeated: true });
        const late = await store.commit({ session, expectedRevision: 2 }, { provided: stands });
        expect(late).toMatchObject({ ok: false });
      },
    },
    {
      id: "heads-created",
      title: "are a condition also of a session that is created",
      run: async ({ store, expect }) => {
        if (store.getWith === undefined) return;
        const { revision: _, ...given } = await create(store);
        const change = { session: { ...given, id: "s2", revision: 1 }, expectedRevision: 0 };
        const provided = [{ pointer: plan("p1"), value: first }];
        expect(await store.commit(change, { provided })).toMatchObject({ ok: false });
        await store.cas(plan("p1"), undefined, first);
        expect(await store.commit(change, { provided })).toMatchObject({ ok: true });
      },
    },
  ],
};

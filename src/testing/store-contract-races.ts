import type { SessionStore } from "../ports/session-store.js";
import type { ContractGroup } from "./store-contract-case.js";
import {
  aSession,
  changeUntilDone,
  create,
  createAll,
  everybody,
  mark,
  numbered,
  s1,
} from "./store-contract-fixtures.js";

const other = { ...mark, planId: "p2" };

/** What every session store keeps when several writers come at once. */
export const raceCases: ContractGroup<SessionStore> = {
  title: "writers of sessions at once",
  cases: [
    {
      id: "race-two",
      title: "of two commits at one revision one wins and the other gets a conflict",
      run: async ({ store, another, expect }) => {
        const session = await create(store);
        const stores = [store, await another()];
        const results = await Promise.all(
          stores.map((each, n) => each.commit({ session: { ...session, stepId: `b${n}` }, expectedRevision: 1 })),
        );
        expect(results.filter(({ ok }) => ok).length).toBe(1);
        expect(results.find(({ ok }) => !ok)).toEqual({ ok: false, conflict: { expected: 1, actual: 2 } });
        const winner = results.find((result) => result.ok);
        expect(await store.get(s1)).toEqual(winner?.ok ? winner.session : undefined);
      },
    },
    {
      id: "race-create",
      title: "of many who create one session one does",
      run: async ({ store, another, expect }) => {
        const stores = [store, await another()];
        const results = await Promise.all(
          numbered(10).flatMap((stepId) =>
            stores.map((each) =>
              each.commit({ session: { ...aSession(), stepId, variables: { stepId } }, expectedRevision: 0 }),
            ),
          ),
        );
        expect(results.filter(({ ok }) => ok).length).toBe(1);
        const read = await store.get(s1);
        expect(read?.variables).toEqual({ stepId: read?.stepId });
        expect((await store.count(everybody)).total).toBe(1);
      },
    },
    {
      id: "race-many",
      title: "lose no update, however many there are",
      run: async ({ store, another, expect }) => {
        await create(store, { variables: { n: 0 } });
        const stores = [store, await another()];
        const add = (each: SessionStore) =>
          changeUntilDone(each, "s1", (read) => ({ ...read, variables: { n: Number(read.variables.n) + 1 } }));
        await Promise.all(numbered(6).flatMap(() => stores.map((each) => add(each))));
        expect(await store.get(s1)).toMatchObject({ revision: 13, variables: { n: 12 } });
      },
    },
    {
      id: "race-apart",
      title: "do not stop each other on different sessions",
      run: async ({ store, another, expect }) => {
        const stores = [store, await another()];
        const ids = numbered(20);
        const results = await Promise.all(
          ids.map((id, n) => (stores[n % 2] ?? store).commit({ session: { ...aSession(), id }, expectedRevision: 0 })),
        );
        expect(results.filter(({ ok }) => ok).length).toBe(20);
        expect((await store.count(everybody)).total).toBe(20);
      },
    },
    {
      id: "race-key",
      title: "with one key and one change apply it once, and all hear the same",
      run: async ({ store, another, expect }) => {
        const change = { session: { ...(await create(store)), stepId: "b" }, expectedRevision: 1 };
        const stores = [store, await another()];
        const results = await Promise.all(
          numbered(4).flatMap(() => stores.map((each) => each.commit(change, { idempotencyKey: "m1" }))),
        );
        const saved = await store.get(s1);
        expect(results.map((result) => result.ok && result.session)).toEqual(results.map(() => saved));
        expect(results.filter((result) => result.ok && !result.repeated).length).toBe(1);
        expect(saved?.revision).toBe(2);
      },
    },
    {
      id: "race-mark",
      title: "let a mark and a commit both take effect",
      run: async ({ store, another, expect }) => {
        const ids = numbered(12);
        await createAll(store, ids);
        const owner = await another();
        const commit = (id: string) =>
          owner.commit({ session: { ...aSession(), id, stepId: "b" }, expectedRevision: 1 });
        const [page, ...results] = await Promise.all([
          store.mark(everybody, mark, { limit: 50 }),
          ...ids.map((id) => commit(id)),
        ]);
        expect(page).toEqual({ marked: 12, done: true });
        expect(results.filter((result) => typeof result === "object" && "ok" in result && result.ok).length).toBe(12);
        const { sessions } = await store.scan({ ...everybody, marked: "p1" }, { limit: 50 });
        expect(sessions.map(({ stepId, revision }) => [stepId, revision])).toEqual(ids.map(() => ["b", 2]));
      },
    },
    {
      id: "race-clear",
      title: "leave the newer of two marks, or none, where a commit clears the older one",
      run: async ({ store, another, expect }) => {
        const ids = numbered(12);
        await createAll(store, ids);
        await store.mark(everybody, mark, { limit: 50 });
        const owner = await another();
        const clear = (id: string) =>
          owner.commit({ session: { ...aSession(), id, stepId: "b" }, expectedRevision: 1, clearMark: true });
        await Promise.all([store.mark(everybody, other, { limit: 50 }), ...ids.map((id) => clear(id))]);
        const { sessions } = await store.scan(everybody, { limit: 50 });
        expect(sessions.map(({ stepId, revision }) => [stepId, revision])).toEqual(ids.map(() => ["b", 2]));
        expect((await store.count({ ...everybody, marked: "p1" })).total).toBe(0);
        // A mark that came after the commit says where the session stood then.
        for (const { pendingMigration } of sessions) {
          expect(pendingMigration).toEqual(pendingMigration && { ...other, stepId: "b" });
        }
      },
    },
    {
      id: "race-marks",
      title: "who mark the same sessions count each of them once",
      run: async ({ store, another, expect }) => {
        await createAll(store, numbered(15));
        const stores = [store, await another()];
        const pages = await Promise.all(
          [...stores, ...stores].map((each) => each.mark(everybody, mark, { limit: 50 })),
        );
        expect(pages.reduce((sum, { marked }) => sum + marked, 0)).toBe(15);
        expect((await store.count({ ...everybody, marked: "p1" })).total).toBe(15);
      },
    },
  ],
};

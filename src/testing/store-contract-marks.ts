import type { SessionStore } from "../ports/session-store.js";
import type { ContractGroup } from "./store-contract-case.js";
import { create, createAll, everybody, hostileIds, mark, numbered, s1 } from "./store-contract-fixtures.js";

const all = { tenantId: "", scenarioId: "flow", versions: [1] };

/** What every session store keeps about marks. */
export const markCases: ContractGroup<SessionStore> = {
  title: "marking",
  cases: [
    {
      id: "mark-only",
      title: "touches nothing but the mark, and says where the session stood",
      run: async ({ store, expect }) => {
        const before = await create(store, { stepId: "b" });
        expect(await store.mark(all, mark, { limit: 10 })).toEqual({ marked: 1, done: true });
        const marked = { ...before, pendingMigration: { ...mark, stepId: "b" } };
        expect(await store.get(s1)).toEqual(marked);
        expect(await store.scan({ ...all, marked: true }, { limit: 2 })).toEqual({ sessions: [marked] });
      },
    },
    {
      id: "mark-beside-commits",
      title: "never makes a commit fail, and is not lost by one",
      run: async ({ store, expect }) => {
        const read = await create(store);
        await store.mark(all, mark, { limit: 10 });
        const result = await store.commit({ session: { ...read, stepId: "b" }, expectedRevision: 1 });
        const pendingMigration = { ...mark, stepId: "a" };
        expect(result).toMatchObject({ ok: true, session: { stepId: "b", revision: 2, pendingMigration } });
        expect((await store.get(s1))?.pendingMigration).toEqual(pendingMigration);
      },
    },
    {
      id: "mark-pages",
      title: "goes page by page, resumes from the cursor and counts each session once",
      run: async ({ store, expect }) => {
        await createAll(store, ["a", "b", "c", "d", "e"]);
        const first = await store.mark(all, mark, { limit: 2 });
        expect(first).toMatchObject({ marked: 2, done: false });
        const late = { ...mark, markedAt: "2026-02-02T00:00:00.000Z" };
        expect(await store.mark(all, late, { limit: 2 })).toMatchObject({ marked: 0, done: false });
        const cursor = first.cursor === undefined ? {} : { cursor: first.cursor };
        expect(await store.mark(all, late, { limit: 9, ...cursor })).toEqual({ marked: 3, done: true });
        expect(await store.count({ ...all, marked: "p1" })).toMatchObject({ total: 5 });
        const { sessions } = await store.scan({ ...all, marked: "p1" }, { limit: 9 });
        const times = sessions.map(({ pendingMigration }) => pendingMigration?.markedAt);
        expect(times.filter((at) => at === mark.markedAt).length).toBe(2);
      },
    },
    {
      id: "mark-shrinking",
      title: "reaches every session also where marking takes it out of the query",
      run: async ({ store, expect }) => {
        await createAll(store, hostileIds);
        const unmarked = { ...all, marked: false };
        let total = 0;
        let cursor: string | undefined;
        do {
          const page = await store.mark(unmarked, mark, { limit: 3, ...(cursor === undefined ? {} : { cursor }) });
          total += page.marked;
          cursor = page.cursor;
          expect(page.done).toBe(cursor === undefined);
        } while (cursor !== undefined);
        expect(total).toBe(hostileIds.length);
        expect((await store.count(unmarked)).total).toBe(0);
      },
    },
    {
      id: "mark-meanwhile",
      title: "leaves out nobody who was there before, whoever comes in meanwhile",
      run: async ({ store, expect }) => {
        const ids = numbered(20);
        await createAll(store, ids);
        let cursor: string | undefined;
        for (let round = 0; ; round += 1) {
          const page = await store.mark(all, mark, { limit: 6, ...(cursor === undefined ? {} : { cursor }) });
          cursor = page.cursor;
          if (cursor === undefined) break;
          await createAll(store, [`a${round}`, `s1${round}-new`, `z${round}`]);
        }
        const missed = await store.scan({ ...all, sessionIds: ids, marked: false }, { limit: 50 });
        expect(missed.sessions).toEqual([]);
      },
    },
    {
      id: "mark-replaces",
      title: "by another plan, or for another version, takes the place of the earlier mark",
      run: async ({ store, expect }) => {
        await create(store);
        await store.mark(all, mark, { limit: 10 });
        expect(await store.mark(all, { ...mark, targetVersion: 3 }, { limit: 10 })).toEqual({ marked: 1, done: true });
        expect((await store.get(s1))?.pendingMigration?.targetVersion).toBe(3);
        expect(await store.mark(all, { ...mark, planId: "p2" }, { limit: 10 })).toEqual({ marked: 1, done: true });
        expect((await store.get(s1))?.pendingMigration?.planId).toBe("p2");
        expect((await store.count({ tenantId: "", marked: "p1" })).total).toBe(0);
      },
    },
    {
      id: "mark-scope",
      title: "leaves sessions alone that the query does not ask for",
      run: async ({ store, expect }) => {
        await create(store, { id: "closed", status: "closed" });
        await create(store, { id: "moved", scenarioVersion: 2 });
        await create(store, { id: "foreign", tenantId: "t" });
        const page = await store.mark({ ...all, statuses: ["active"] }, mark, { limit: 10 });
        expect(page).toEqual({ marked: 0, done: true });
        expect((await store.get({ tenantId: "t", id: "foreign" }))?.pendingMigration).toBe(undefined);
        expect((await store.count({ tenantId: "", marked: true })).total).toBe(0);
      },
    },
    {
      id: "mark-cleared",
      title: "is undone by the commit that says so, and by no other",
      run: async ({ store, expect }) => {
        const read = await create(store);
        await store.mark(all, mark, { limit: 10 });
        await store.commit({ session: read, expectedRevision: 8, clearMark: true });
        expect((await store.get(s1))?.pendingMigration?.planId).toBe("p1");
        const cleared = await store.commit({ session: read, expectedRevision: 1, clearMark: true });
        expect(cleared).toEqual({ ok: true, session: { ...read, revision: 2 }, repeated: false });
        expect((await store.get(s1))?.pendingMigration).toBe(undefined);
        expect((await store.count({ tenantId: "", marked: false })).total).toBe(1);
      },
    },
    {
      id: "mark-taken-off",
      title: "is not brought back by a session that was read before it was taken off",
      run: async ({ store, expect }) => {
        await create(store);
        await create(store, { id: "foreign", tenantId: "t" });
        await store.mark(all, mark, { limit: 10 });
        await store.mark({ tenantId: "t" }, mark, { limit: 10 });
        const read = await store.get(s1);
        expect(await store.unmark({ tenantId: "", marked: "p2" })).toEqual({ unmarked: 0 });
        expect(await store.unmark({ tenantId: "", marked: "p1" })).toEqual({ unmarked: 1 });
        expect(await store.unmark({ tenantId: "", marked: "p1" })).toEqual({ unmarked: 0 });
        if (read !== undefined) await store.commit({ session: read, expectedRevision: 1 });
        expect(await store.get(s1)).toMatchObject({ revision: 2 });
        expect((await store.get(s1))?.pendingMigration).toBe(undefined);
        expect((await store.count({ tenantId: "t", marked: true })).total).toBe(1);
      },
    },
    {
      id: "mark-created",
      title: "comes with a session that is created with one",
      run: async ({ store, expect }) => {
        const pendingMigration = { ...mark, stepId: "elsewhere" };
        const created = await create(store, { pendingMigration });
        expect(created.pendingMigration).toEqual(pendingMigration);
        expect((await store.get(s1))?.pendingMigration).toEqual(pendingMigration);
        expect(await store.count({ ...all, marked: "p1" })).toEqual({ total: 1, byStep: { a: 1 } });
      },
    },
    {
      id: "mark-texts",
      title: "carries the names of plans unchanged",
      run: async ({ store, expect }) => {
        await create(store);
        for (const planId of hostileIds) {
          expect(await store.mark(everybody, { ...mark, planId }, { limit: 9 })).toEqual({ marked: 1, done: true });
          expect((await store.get(s1))?.pendingMigration).toEqual({ ...mark, planId, stepId: "a" });
          expect((await store.count({ tenantId: "", marked: planId })).total).toBe(1);
        }
      },
    },
  ],
};

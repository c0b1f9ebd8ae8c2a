import { describe, expect, it } from "vitest";
import type { Mark, SessionStore } from "../../src/ports/session-store.js";
import { create, createAll } from "./fixtures.js";

const mark: Mark = { planId: "p1", targetVersion: 2, markedAt: "2026-02-01T00:00:00.000Z" };
const all = { tenantId: "", scenarioId: "flow", versions: [1] };
const s1 = { tenantId: "", id: "s1" };

/** What every session store keeps about marks. */
export function markContract(makeStore: () => Promise<SessionStore>): void {
  describe("marking", () => {
    it("touches nothing but the mark, and says where the session stood", async () => {
      const store = await makeStore();
      const before = await create(store, { stepId: "b" });
      expect(await store.mark(all, mark, { limit: 10 })).toEqual({ marked: 1, done: true });
      expect(await store.get(s1)).toEqual({ ...before, pendingMigration: { ...mark, stepId: "b" } });
    });

    it("never makes a commit fail, and is not lost by one", async () => {
      const store = await makeStore();
      const read = await create(store);
      await store.mark(all, mark, { limit: 10 });
      const result = await store.commit({ session: { ...read, stepId: "b" }, expectedRevision: 1 });
      const pendingMigration = { ...mark, stepId: "a" };
      expect(result).toMatchObject({ ok: true, session: { stepId: "b", revision: 2, pendingMigration } });
      expect((await store.get(s1))?.pendingMigration).toEqual(pendingMigration);
    });

    it("goes page by page, resumes from the cursor and counts each session once", async () => {
      const store = await makeStore();
      await createAll(store, ["a", "b", "c", "d", "e"]);
      const first = await store.mark(all, mark, { limit: 2 });
      expect(first).toMatchObject({ marked: 2, done: false });
      const late = { ...mark, markedAt: "2026-02-02T00:00:00.000Z" };
      expect(await store.mark(all, late, { limit: 2 })).toMatchObject({ marked: 0, done: false });
      const rest = await store.mark(all, late, {
        limit: 9,
        ...(first.cursor === undefined ? {} : { cursor: first.cursor }),
      });
      expect(rest).toEqual({ marked: 3, done: true });
      expect(await store.count({ ...all, marked: "p1" })).toMatchObject({ total: 5 });
      const kept = await store.get({ tenantId: "", id: "a" });
      expect(kept?.pendingMigration?.markedAt).toBe(mark.markedAt);
    });

    it("by another plan takes the place of the earlier mark", async () => {
      const store = await makeStore();
      await create(store);
      await store.mark(all, mark, { limit: 10 });
      expect(await store.mark(all, { ...mark, planId: "p2" }, { limit: 10 })).toEqual({ marked: 1, done: true });
      expect((await store.get(s1))?.pendingMigration?.planId).toBe("p2");
    });

    it("leaves sessions alone that the query does not ask for", async () => {
      const store = await makeStore();
      await create(store, { id: "closed", status: "closed" });
      await create(store, { id: "moved", scenarioVersion: 2 });
      await create(store, { id: "foreign", tenantId: "t" });
      expect(await store.mark({ ...all, statuses: ["active"] }, mark, { limit: 10 })).toEqual({
        marked: 0,
        done: true,
      });
      expect((await store.get({ tenantId: "t", id: "foreign" }))?.pendingMigration).toBeUndefined();
    });
  });

  describe("a mark", () => {
    it("is taken off by a commit that clears it, in the same write", async () => {
      const store = await makeStore();
      await create(store);
      await store.mark(all, mark, { limit: 10 });
      const read = await store.get(s1);
      const result = await store.commit({
        session: { ...read!, scenarioVersion: 2 },
        expectedRevision: 1,
        clearMark: true,
      });
      expect(result.ok && result.session.pendingMigration).toBeUndefined();
      expect((await store.get(s1))?.pendingMigration).toBeUndefined();
    });

    it("stays when the commit that would clear it conflicts", async () => {
      const store = await makeStore();
      const read = await create(store);
      await store.mark(all, mark, { limit: 10 });
      await store.commit({ session: read, expectedRevision: 8, clearMark: true });
      expect((await store.get(s1))?.pendingMigration?.planId).toBe("p1");
    });

    it("is not brought back by a session that was read before it was taken off", async () => {
      const store = await makeStore();
      await create(store);
      await store.mark(all, mark, { limit: 10 });
      const read = await store.get(s1);
      expect(await store.unmark({ tenantId: "", marked: "p1" })).toEqual({ unmarked: 1 });
      expect(await store.unmark({ tenantId: "", marked: "p1" })).toEqual({ unmarked: 0 });
      await store.commit({ session: read!, expectedRevision: 1 });
      expect((await store.get(s1))?.pendingMigration).toBeUndefined();
    });

    it("comes with a session that is created with one", async () => {
      const store = await makeStore();
      const pendingMigration = { ...mark, stepId: "a" };
      const created = await create(store, { pendingMigration });
      expect(created.pendingMigration).toEqual(pendingMigration);
      expect(await store.count({ ...all, marked: "p1" })).toEqual({ total: 1, byStep: { a: 1 } });
    });
  });
}

import { describe, expect, it } from "vitest";
import type { Session } from "../../src/contracts/types.js";
import { isRegraftError } from "../../src/errors.js";
import type { RecordStore } from "../../src/ports/record-store.js";
import type { Mark, SessionQuery, SessionStore } from "../../src/ports/session-store.js";
import { aSession, create, createAll, hostileIds, ledgerRecord } from "./fixtures.js";

type Store = SessionStore & RecordStore;

const mark: Mark = { planId: "p1", targetVersion: 2, markedAt: "2026-02-01T00:00:00.000Z" };
const everybody: SessionQuery = { tenantId: "" };

async function scanAll(store: SessionStore, query: SessionQuery, limit: number): Promise<readonly Session[]> {
  const found: Session[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.scan(query, { limit, ...(cursor === undefined ? {} : { cursor }) });
    found.push(...page.sessions);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return found;
}

const idsOf = (sessions: readonly Session[]) => sessions.map(({ id }) => id).sort();

/** What every session store keeps. */
export function sessionContract(makeStore: () => Promise<Store>): void {
  describe("a commit", () => {
    it("creates a session at revision 1 and finds it by tenant and id only", async () => {
      const store = await makeStore();
      const created = await create(store, { tenantId: "t1", variables: { age: 3 } });
      expect(created.revision).toBe(1);
      expect(await store.get({ tenantId: "t1", id: "s1" })).toEqual(created);
      expect(await store.get({ tenantId: "t2", id: "s1" })).toBeUndefined();
      expect(await store.get({ tenantId: "", id: "s1" })).toBeUndefined();
    });

    it("of two at one revision, lets one win and returns the other as a conflict", async () => {
      const store = await makeStore();
      const session = await create(store);
      const results = await Promise.all(
        ["b", "c"].map((stepId) => store.commit({ session: { ...session, stepId }, expectedRevision: 1 })),
      );
      expect(results.filter(({ ok }) => ok)).toHaveLength(1);
      expect(results.find(({ ok }) => !ok)).toEqual({ ok: false, conflict: { expected: 1, actual: 2 } });
      const winner = results.find((result) => result.ok);
      expect(await store.get(session)).toEqual(winner?.ok ? winner.session : undefined);
    });

    it("refuses to create what exists and to change what does not", async () => {
      const store = await makeStore();
      await create(store);
      const again = await store.commit({ session: aSession({ stepId: "b" }), expectedRevision: 0 });
      expect(again).toEqual({ ok: false, conflict: { expected: 0, actual: 1 } });
      const unknown = await store.commit({ session: aSession({ id: "s2" }), expectedRevision: 4 });
      expect(unknown).toEqual({ ok: false, conflict: { expected: 4, actual: 0 } });
      expect(await store.get({ tenantId: "", id: "s2" })).toBeUndefined();
    });

    it("numbers revisions by the store's count, whatever the session says", async () => {
      const store = await makeStore();
      await create(store);
      const result = await store.commit({ session: aSession({ revision: 77 }), expectedRevision: 1 });
      expect(result).toMatchObject({ ok: true, session: { revision: 2 } });
    });

    it("writes its ledger records with it, or none on a conflict", async () => {
      const store = await makeStore();
      const session = await create(store, { tenantId: "t" });
      const stream = { kind: "session", tenantId: "t", id: "s1" };
      const records = [ledgerRecord("session.moved"), ledgerRecord("session.told")];
      await store.commit({ session, expectedRevision: 1, records });
      await store.commit({ session, expectedRevision: 1, records });
      const { entries, head } = await store.read(stream, { limit: 10 });
      expect(head).toBe(2);
      expect(entries.map(({ seq, type }) => [seq, type])).toEqual([
        [1, "session.moved"],
        [2, "session.told"],
      ]);
    });
  });

  describe("an idempotency key", () => {
    it("returns the first outcome for the same change and applies nothing twice", async () => {
      const store = await makeStore();
      const session = await create(store);
      const change = { session: { ...session, stepId: "b" }, expectedRevision: 1, records: [ledgerRecord("moved")] };
      const first = await store.commit(change, { idempotencyKey: "m1" });
      await store.commit({ session: { ...session, stepId: "c" }, expectedRevision: 2 });
      const second = await store.commit(structuredClone(change), { idempotencyKey: "m1" });
      expect(first).toMatchObject({ ok: true, repeated: false, session: { stepId: "b", revision: 2 } });
      expect(second).toEqual({ ...first, repeated: true });
      expect((await store.get(session))?.stepId).toBe("c");
      expect((await store.read({ kind: "session", tenantId: "", id: "s1" }, { limit: 9 })).head).toBe(1);
    });

    it("refuses another change under the same key", async () => {
      const store = await makeStore();
      const session = await create(store);
      await store.commit({ session, expectedRevision: 1 }, { idempotencyKey: "m1" });
      const other = store.commit(
        { session: { ...session, stepId: "b" }, expectedRevision: 1 },
        { idempotencyKey: "m1" },
      );
      await expect(other).rejects.toSatisfy((error) => isRegraftError(error, "STORE.IDEMPOTENCY_CONFLICT"));
    });

    it("stays free after a conflict and belongs to its session", async () => {
      const store = await makeStore();
      const session = await create(store);
      const other = await create(store, { id: "s2" });
      await store.commit({ session, expectedRevision: 9 }, { idempotencyKey: "m1" });
      const mine = await store.commit({ session, expectedRevision: 1 }, { idempotencyKey: "m1" });
      const theirs = await store.commit({ session: other, expectedRevision: 1 }, { idempotencyKey: "m1" });
      expect([mine, theirs]).toMatchObject([
        { ok: true, repeated: false },
        { ok: true, repeated: false },
      ]);
    });
  });

  describe("a scan", () => {
    it("finds each session once, page by page, in the same order every time", async () => {
      const store = await makeStore();
      await createAll(store, hostileIds);
      for (const limit of [1, 2, 5, hostileIds.length, 100]) {
        expect(idsOf(await scanAll(store, everybody, limit))).toEqual([...hostileIds].sort());
      }
      expect(await scanAll(store, everybody, 3)).toEqual(await scanAll(store, everybody, 7));
    });

    it("neither repeats nor loses a session when others come in or change between pages", async () => {
      const store = await makeStore();
      const ids = Array.from({ length: 40 }, (_, n) => `s${String(n).padStart(2, "0")}`);
      await createAll(store, ids);
      const found: string[] = [];
      let cursor: string | undefined;
      for (let round = 0; ; round += 1) {
        const page = await store.scan(everybody, { limit: 7, ...(cursor === undefined ? {} : { cursor }) });
        found.push(...page.sessions.map(({ id }) => id));
        cursor = page.cursor;
        if (cursor === undefined) break;
        await createAll(store, [`r${round}`, `s${round}-new`, `z${round}`]);
        const touched = await store.get({ tenantId: "", id: `s0${round}` });
        if (touched) await store.commit({ session: { ...touched, stepId: "b" }, expectedRevision: touched.revision });
      }
      expect(new Set(found).size).toBe(found.length);
      expect(found.filter((id) => ids.includes(id))).toHaveLength(40);
    });

    it("keeps tenants apart", async () => {
      const store = await makeStore();
      for (const tenantId of ["", ...hostileIds]) await create(store, { tenantId, id: "a/b" });
      for (const tenantId of ["", ...hostileIds]) {
        const { sessions, cursor } = await store.scan({ tenantId }, { limit: 5 });
        expect(sessions.map((session) => session.tenantId)).toEqual([tenantId]);
        expect(cursor).toBeUndefined();
      }
    });

    it("takes every part of the query into account", async () => {
      const store = await makeStore();
      await create(store, { id: "1" });
      await create(store, { id: "2", scenarioId: "other" });
      await create(store, { id: "3", scenarioVersion: 2, stepId: "b" });
      await create(store, { id: "4", status: "closed", channel: "web" });
      await create(store, { id: "5", createdAt: "2026-01-02T00:00:00Z", channel: "voice" });
      await store.mark({ tenantId: "", sessionIds: ["5"] }, mark, { limit: 9 });
      const day2 = Date.parse("2026-01-02T00:00:00Z");
      const found: [Partial<SessionQuery>, string[]][] = [
        [{ scenarioId: "flow" }, ["1", "3", "4", "5"]],
        [{ versions: [2] }, ["3"]],
        [{ scenarioId: "flow", versions: [1, 2], stepIds: ["b", "nowhere"] }, ["3"]],
        [{ statuses: ["active"] }, ["1", "2", "3", "5"]],
        [{ marked: true }, ["5"]],
        [{ marked: false }, ["1", "2", "3", "4"]],
        [{ marked: "p1" }, ["5"]],
        [{ marked: "p2" }, []],
        [{ channels: ["web", "voice"] }, ["4", "5"]],
        [{ notChannels: ["web"] }, ["1", "2", "3", "5"]],
        [{ sessionIds: ["3", "1", "1", "9"] }, ["1", "3"]],
        [{ sessionIds: ["1", "3"], notSessionIds: ["3"] }, ["1"]],
        [{ stepIds: ["a"], notStepIds: ["a"] }, []],
        [{ notStepIds: ["a"] }, ["3"]],
        [{ createdFromMs: day2 }, ["5"]],
        [{ createdToMs: day2 - 1 }, ["1", "2", "3", "4"]],
        [{ sessionIds: [] }, []],
        [{ stepIds: [] }, []],
        [{ notSessionIds: [] }, ["1", "2", "3", "4", "5"]],
      ];
      for (const [part, ids] of found) {
        const query = { ...everybody, ...part };
        expect(idsOf(await scanAll(store, query, 2)), JSON.stringify(part)).toEqual(ids);
        expect((await store.count(query)).total, JSON.stringify(part)).toBe(ids.length);
      }
    });

    it("counts by step, whatever the steps are called", async () => {
      const store = await makeStore();
      for (const [n, stepId] of [...hostileIds, ...hostileIds].entries()) await create(store, { id: `s${n}`, stepId });
      const { total, byStep } = await store.count({ tenantId: "", scenarioId: "flow", versions: [1] });
      expect(total).toBe(2 * hostileIds.length);
      expect(Object.entries(byStep).sort()).toEqual(hostileIds.map((id): [string, number] => [id, 2]).sort());
    });

    it("refuses a page length that is no positive integer", async () => {
      const store = await makeStore();
      for (const limit of [0, -1, 1.5, Number.NaN]) {
        await expect(store.scan(everybody, { limit })).rejects.toSatisfy((error) =>
          isRegraftError(error, "INPUT.INVALID"),
        );
      }
    });
  });
}

import type { SessionQuery, SessionStore } from "../ports/session-store.js";
import type { ContractGroup } from "./store-contract-case.js";
import {
  codeOf,
  create,
  createAll,
  everybody,
  hostileIds,
  idsOf,
  mark,
  numbered,
  scanAll,
} from "./store-contract-fixtures.js";

const day2 = Date.parse("2026-01-02T00:00:00Z");

/** Five sessions that differ in one thing each. */
async function createFive(store: SessionStore): Promise<void> {
  await create(store, { id: "1" });
  await create(store, { id: "2", scenarioId: "other" });
  await create(store, { id: "3", scenarioVersion: 2, stepId: "b" });
  await create(store, { id: "4", status: "closed", channel: "web" });
  await create(store, { id: "5", createdAt: "2026-01-02T00:00:00Z", channel: "voice" });
  await store.mark({ tenantId: "", sessionIds: ["5"] }, mark, { limit: 9 });
}

/** Parts of a query, and which of the five match. */
const queries: readonly (readonly [Partial<SessionQuery>, readonly string[]])[] = [
  [{}, ["1", "2", "3", "4", "5"]],
  [{ scenarioId: "flow" }, ["1", "3", "4", "5"]],
  [{ scenarioId: "nowhere" }, []],
  [{ versions: [2] }, ["3"]],
  [{ versions: [] }, []],
  [{ scenarioId: "flow", versions: [1, 2], stepIds: ["b", "nowhere"] }, ["3"]],
  [{ statuses: ["active"] }, ["1", "2", "3", "5"]],
  [{ statuses: [] }, []],
  [{ marked: true }, ["5"]],
  [{ marked: false }, ["1", "2", "3", "4"]],
  [{ marked: "p1" }, ["5"]],
  [{ marked: "p2" }, []],
  [{ channels: ["web", "voice"] }, ["4", "5"]],
  [{ channels: [] }, []],
  [{ notChannels: ["web"] }, ["1", "2", "3", "5"]],
  [{ sessionIds: ["3", "1", "1", "9"] }, ["1", "3"]],
  [{ sessionIds: ["1", "3"], notSessionIds: ["3"] }, ["1"]],
  [{ stepIds: ["a"], notStepIds: ["a"] }, []],
  [{ notStepIds: ["a"] }, ["3"]],
  [{ createdFromMs: day2 }, ["5"]],
  [{ createdToMs: day2 - 1 }, ["1", "2", "3", "4"]],
  [{ createdFromMs: day2, createdToMs: day2 }, ["5"]],
  [{ createdFromMs: day2 + 1 }, []],
  [{ sessionIds: [] }, []],
  [{ stepIds: [] }, []],
  [{ notSessionIds: [], notChannels: [], notStepIds: [] }, ["1", "2", "3", "4", "5"]],
];

/** What every session store keeps about finding sessions. */
export const scanCases: ContractGroup<SessionStore> = {
  title: "a scan",
  cases: [
    {
      id: "scan-pages",
      title: "finds each session once, page by page, in the same order every time",
      run: async ({ store, expect }) => {
        await createAll(store, hostileIds);
        const whole = await scanAll(store, everybody, 100);
        expect(idsOf(whole)).toEqual([...hostileIds].sort());
        for (const limit of [1, 2, 5, hostileIds.length - 1, hostileIds.length]) {
          expect(await scanAll(store, everybody, limit)).toEqual(whole);
        }
        const exact = await store.scan(everybody, { limit: hostileIds.length });
        expect(exact.cursor).toBe(undefined);
        expect((await store.scan(everybody, { limit: 1 })).sessions).toEqual(whole.slice(0, 1));
      },
    },
    {
      id: "scan-meanwhile",
      title: "neither repeats nor loses a session when others come in or change between pages",
      run: async ({ store, expect }) => {
        const ids = numbered(40);
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
        expect(found.filter((id) => ids.includes(id)).length).toBe(40);
      },
    },
    {
      id: "scan-racing",
      title: "neither repeats nor loses a session while others are being written",
      run: async ({ store, another, expect }) => {
        const ids = numbered(30);
        await createAll(store, ids);
        const other = await another();
        const writing = Promise.all([
          ...numbered(10, "q").map((id) => create(other, { id })),
          ...numbered(10, "s05").map((id) => create(other, { id })),
          ...ids.map(async (id) => {
            const session = await other.get({ tenantId: "", id });
            if (session) await other.commit({ session: { ...session, stepId: "b" }, expectedRevision: 1 });
          }),
        ]);
        const found = idsOf(await scanAll(store, everybody, 4));
        await writing;
        expect(new Set(found).size).toBe(found.length);
        expect(found.filter((id) => ids.includes(id))).toEqual(ids);
        expect((await scanAll(store, everybody, 7)).length).toBe(50);
        expect(await store.count({ tenantId: "", stepIds: ["b"] })).toEqual({ total: 30, byStep: { b: 30 } });
      },
    },
    {
      id: "scan-tenants",
      title: "keeps tenants apart",
      run: async ({ store, expect }) => {
        const tenants = ["", ...hostileIds];
        for (const tenantId of tenants) await create(store, { tenantId, id: "a/b" });
        for (const tenantId of tenants) {
          const { sessions, cursor } = await store.scan({ tenantId }, { limit: 5 });
          expect(sessions.map((session) => session.tenantId)).toEqual([tenantId]);
          expect(cursor).toBe(undefined);
          expect(await store.count({ tenantId, scenarioId: "flow" })).toEqual({ total: 1, byStep: { a: 1 } });
        }
        expect(await store.scan({ tenantId: "nobody" }, { limit: 5 })).toEqual({ sessions: [] });
      },
    },
    {
      id: "scan-queries",
      title: "takes every part of the query into account, as does a count",
      run: async ({ store, expect }) => {
        await createFive(store);
        for (const [part, ids] of queries) {
          const query = { ...everybody, ...part };
          const found = { part, ids: idsOf(await scanAll(store, query, 2)), total: (await store.count(query)).total };
          expect(found).toEqual({ part, ids, total: ids.length });
        }
      },
    },
    {
      id: "scan-moved",
      title: "finds a session where it stands now, and nowhere else",
      run: async ({ store, expect }) => {
        const session = await create(store);
        const at = (scenarioId: string, version: number, stepId: string) =>
          store.count({ tenantId: "", scenarioId, versions: [version], stepIds: [stepId] });
        await store.commit({ session: { ...session, stepId: "b" }, expectedRevision: 1 });
        await store.commit({ session: { ...session, stepId: "c", scenarioVersion: 2 }, expectedRevision: 2 });
        await store.commit({ session: { ...session, stepId: "c", scenarioId: "other" }, expectedRevision: 3 });
        expect((await at("flow", 1, "a")).total).toBe(0);
        expect((await at("flow", 1, "b")).total).toBe(0);
        expect((await at("flow", 2, "c")).total).toBe(0);
        expect(await at("other", 1, "c")).toEqual({ total: 1, byStep: { c: 1 } });
      },
    },
    {
      id: "scan-counts",
      title: "has a count by step beside it, whatever the steps are called",
      run: async ({ store, expect }) => {
        const steps = [...hostileIds, ...hostileIds];
        for (const [n, stepId] of steps.entries()) await create(store, { id: `s${n}`, stepId });
        const { total, byStep } = await store.count({ tenantId: "", scenarioId: "flow", versions: [1] });
        expect(total).toBe(steps.length);
        expect(Object.entries(byStep).sort()).toEqual(hostileIds.map((id): [string, number] => [id, 2]).sort());
      },
    },
    {
      id: "scan-limit",
      title: "refuses a page length that is no positive integer, as does marking",
      run: async ({ store, expect }) => {
        for (const limit of [0, -1, 1.5, Number.NaN]) {
          expect(await codeOf(store.scan(everybody, { limit }))).toBe("INPUT.INVALID");
          expect(await codeOf(store.mark(everybody, mark, { limit }))).toBe("INPUT.INVALID");
        }
      },
    },
  ],
};

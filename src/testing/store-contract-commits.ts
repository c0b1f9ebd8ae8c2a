import type { SessionStore } from "../ports/session-store.js";
import type { ContractGroup } from "./store-contract-case.js";
import {
  alikeSubjects,
  aSession,
  codeOf,
  create,
  hostileIds,
  megabyte,
  s1,
  scanAll,
  unusualTexts,
} from "./store-contract-fixtures.js";

/** What every session store keeps about one commit. */
export const commitCases: ContractGroup<SessionStore> = {
  title: "a commit",
  cases: [
    {
      id: "commit-creates",
      title: "creates a session at revision 1, found by its tenant and id only",
      run: async ({ store, expect }) => {
        const created = await create(store, { tenantId: "t1", variables: { age: 3 } });
        expect(created.revision).toBe(1);
        expect(await store.get({ tenantId: "t1", id: "s1" })).toEqual(created);
        expect(await store.get({ tenantId: "t2", id: "s1" })).toBe(undefined);
        expect(await store.get({ tenantId: "", id: "s1" })).toBe(undefined);
        expect(await store.get({ tenantId: "t1", id: "s" })).toBe(undefined);
      },
    },
    {
      id: "commit-replaces",
      title: "puts the next session in the place of the one before, whole",
      run: async ({ store, expect }) => {
        const created = await create(store, { channel: "web", customerId: "c", variables: { a: 1, b: 2 } });
        const visit = { stepId: "a", contentHash: created.scenarioChecksum, scenarioVersion: 1, isCheckpoint: false };
        const next = aSession({
          stepId: "b",
          variables: { b: 3 },
          stepHistory: [{ ...visit, enteredAt: created.createdAt, reason: "entry" }],
        });
        const result = await store.commit({ session: next, expectedRevision: 1 });
        expect(result).toEqual({ ok: true, session: { ...next, revision: 2 }, repeated: false });
        expect(await store.get(s1)).toEqual({ ...next, revision: 2 });
      },
    },
    {
      id: "commit-refuses",
      title: "refuses to create what exists and to change what does not, and then writes nothing",
      run: async ({ store, expect }) => {
        const created = await create(store);
        const again = await store.commit({ session: aSession({ stepId: "b" }), expectedRevision: 0 });
        expect(again).toEqual({ ok: false, conflict: { expected: 0, actual: 1 } });
        const stale = await store.commit({ session: aSession({ stepId: "b" }), expectedRevision: 7 });
        expect(stale).toEqual({ ok: false, conflict: { expected: 7, actual: 1 } });
        const unknown = await store.commit({ session: aSession({ id: "s2" }), expectedRevision: 4 });
        expect(unknown).toEqual({ ok: false, conflict: { expected: 4, actual: 0 } });
        expect(await store.get({ tenantId: "", id: "s2" })).toBe(undefined);
        expect(await store.get(s1)).toEqual(created);
      },
    },
    {
      id: "commit-numbers",
      title: "numbers revisions by the store's count, whatever the session says",
      run: async ({ store, expect }) => {
        await create(store, { revision: 12 });
        const result = await store.commit({ session: aSession({ revision: 77 }), expectedRevision: 1 });
        expect(result).toMatchObject({ ok: true, session: { revision: 2 } });
        expect((await store.get(s1))?.revision).toBe(2);
      },
    },
    {
      id: "commit-copies",
      title: "keeps what was given, whatever the caller does with it afterwards",
      run: async ({ store, expect }) => {
        const list = [{ n: 1 }];
        const given = aSession({ variables: { list } });
        await store.commit({ session: given, expectedRevision: 0 });
        list.push({ n: 2 });
        const read = await store.get(s1);
        expect(read?.variables).toEqual({ list: [{ n: 1 }] });
        try {
          Object.assign(read?.variables ?? {}, { list: "changed" });
        } catch {
          // A frozen value refuses; a copy takes the change to itself.
        }
        expect((await store.get(s1))?.variables).toEqual({ list: [{ n: 1 }] });
      },
    },
    {
      id: "commit-texts",
      title: "carries every text unchanged, wherever it stands",
      run: async ({ store, expect }) => {
        for (const [n, text] of unusualTexts.entries()) {
          const variables = { [`key ${text}`]: text, nested: [{ text }, [text]], cut: `${text}\ud83d`, none: null };
          const session = aSession({
            id: `s${n}`,
            stepId: `step ${text}`,
            scenarioId: `flow ${text}`,
            channel: text,
            variables,
          });
          const result = await store.commit({ session, expectedRevision: 0 });
          expect(result).toEqual({ ok: true, session, repeated: false });
          expect(await store.get(session)).toEqual(session);
          const query = { tenantId: "", scenarioId: session.scenarioId, stepIds: [session.stepId], channels: [text] };
          expect((await store.scan(query, { limit: 9 })).sessions).toEqual([session]);
        }
      },
    },
    {
      id: "commit-values",
      title: "carries numbers, nesting and members of any name unchanged",
      run: async ({ store, expect }) => {
        const names: unknown = JSON.parse('{"__proto__":{"a":1},"constructor":2,"toString":null,"":[],"0":{}}');
        let nested: unknown = "deep";
        for (let depth = 0; depth < 100; depth += 1) nested = [nested];
        const numbers = [0, -1, 0.1, 1e21, 5e-324, 1.7976931348623157e308, Number.MAX_SAFE_INTEGER, 123456789.12345679];
        const variables = { names, nested, numbers, flags: [true, false, null], empty: [{}, [], ""] };
        await create(store, { variables });
        const read = (await store.get(s1))?.variables;
        expect(JSON.stringify(sorted(read))).toBe(JSON.stringify(sorted(variables)));
      },
    },
    {
      id: "commit-large",
      title: "carries a session of some megabytes unchanged",
      run: async ({ store, expect }) => {
        const text = megabyte();
        const created = await create(store, {
          variables: { text, list: Array.from({ length: 5_000 }, (_, n) => ({ n })) },
        });
        const read = await store.get(s1);
        expect(read?.variables.text === text).toBe(true);
        expect(read?.variables.list).toEqual(created.variables.list);
        const next = { ...created, variables: { text: `${text}!` } };
        expect(await store.commit({ session: next, expectedRevision: 1 })).toMatchObject({ ok: true });
        const [found] = await scanAll(store, { tenantId: "" }, 5);
        expect(found?.variables.text === `${text}!`).toBe(true);
      },
    },
    {
      id: "commit-all-or-nothing",
      title: "that cannot be written whole writes nothing",
      run: async ({ store, expect }) => {
        const created = await create(store);
        const broken = { ...created, stepId: "b", variables: { first: 1, second: 1n } };
        expect((await codeOf(store.commit({ session: broken, expectedRevision: 1 }))) === "no error").toBe(false);
        const fresh = { ...broken, id: "s2" };
        expect((await codeOf(store.commit({ session: fresh, expectedRevision: 0 }))) === "no error").toBe(false);
        expect(await store.get(s1)).toEqual(created);
        expect(await store.count({ tenantId: "" })).toEqual({ total: 1, byStep: { a: 1 } });
      },
    },
    {
      id: "commit-ids",
      title: "tells sessions apart by tenant and id, whatever characters they hold",
      run: async ({ store, expect }) => {
        const alike = alikeSubjects.filter(({ kind }) => kind === "k").map(({ tenantId, id }) => ({ tenantId, id }));
        const hostile = hostileIds.flatMap((x) => [
          { tenantId: x, id: "a" },
          { tenantId: "a", id: `${x}.` },
          { tenantId: "", id: x },
        ]);
        const keys = [...alike, ...hostile];
        for (const [n, key] of keys.entries()) await create(store, { ...key, variables: { n } });
        for (const [n, key] of keys.entries()) {
          expect(await store.get(key)).toMatchObject({ ...key, variables: { n } });
        }
      },
    },
  ],
};

/** The value with the members of its objects in order, so that two texts can be compared. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.entries(value)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, part]) => [name, sorted(part)]);
}

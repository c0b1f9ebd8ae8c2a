import type { SessionStore } from "../ports/session-store.js";
import type { ContractGroup } from "./store-contract-case.js";
import { aSession, codeOf, create, everybody, hostileIds, mark, s1 } from "./store-contract-fixtures.js";

/** What every session store keeps about the keys of commits. */
export const keyCases: ContractGroup<SessionStore> = {
  title: "an idempotency key",
  cases: [
    {
      id: "key-repeats",
      title: "returns the first outcome for the same change and applies nothing twice",
      run: async ({ store, expect }) => {
        const session = await create(store);
        const change = { session: { ...session, stepId: "b", variables: { a: 1, b: 2 } }, expectedRevision: 1 };
        const first = await store.commit(change, { idempotencyKey: "m1" });
        await store.commit({ session: { ...session, stepId: "c" }, expectedRevision: 2 });
        const second = await store.commit(
          { session: { ...change.session, variables: { b: 2, a: 1 } }, expectedRevision: 1 },
          { idempotencyKey: "m1" },
        );
        expect(first).toMatchObject({ ok: true, repeated: false, session: { stepId: "b", revision: 2 } });
        expect(second).toEqual({ ...first, repeated: true });
        expect(await store.get(s1)).toMatchObject({ stepId: "c", revision: 3 });
      },
    },
    {
      id: "key-creates",
      title: "holds for the commit that creates the session, too",
      run: async ({ store, expect }) => {
        const session = await create(store, { id: "other" });
        const change = { session: { ...session, id: "s1" }, expectedRevision: 0 };
        const first = await store.commit(change, { idempotencyKey: "m1" });
        expect(await store.commit(change, { idempotencyKey: "m1" })).toEqual({ ...first, repeated: true });
        expect((await store.get(s1))?.revision).toBe(1);
      },
    },
    {
      id: "key-refuses",
      title: "refuses another change",
      run: async ({ store, expect }) => {
        const session = await create(store);
        const options = { idempotencyKey: "m1" };
        await store.commit({ session, expectedRevision: 1 }, options);
        const other = { session: { ...session, stepId: "b" }, expectedRevision: 1 };
        expect(await codeOf(store.commit(other, options))).toBe("STORE.IDEMPOTENCY_CONFLICT");
        expect(await codeOf(store.commit({ session, expectedRevision: 2 }, options))).toBe(
          "STORE.IDEMPOTENCY_CONFLICT",
        );
        const clearing = { session, expectedRevision: 1, clearMark: true };
        expect(await codeOf(store.commit(clearing, options))).toBe("STORE.IDEMPOTENCY_CONFLICT");
        expect(await store.get(s1)).toEqual({ ...session, revision: 2 });
      },
    },
    {
      id: "key-free",
      title: "stays free after a conflict and belongs to its session",
      run: async ({ store, expect }) => {
        const session = await create(store);
        const other = await create(store, { id: "s2" });
        const foreign = await create(store, { tenantId: "t" });
        const options = { idempotencyKey: "m1" };
        await store.commit({ session, expectedRevision: 9 }, options);
        for (const one of [session, other, foreign]) {
          const result = await store.commit({ session: one, expectedRevision: 1 }, options);
          expect(result).toMatchObject({ ok: true, repeated: false });
        }
      },
    },
    {
      id: "key-mark",
      title: "returns the mark that the session had then, whatever became of it",
      run: async ({ store, expect }) => {
        const session = await create(store);
        await store.mark(everybody, mark, { limit: 9 });
        const change = { session: { ...session, stepId: "b" }, expectedRevision: 1 };
        const first = await store.commit(change, { idempotencyKey: "m1" });
        await store.unmark(everybody);
        expect(first).toMatchObject({ session: { pendingMigration: { ...mark, stepId: "a" } } });
        expect(await store.commit(change, { idempotencyKey: "m1" })).toEqual({ ...first, repeated: true });
        expect((await store.get(s1))?.pendingMigration).toBe(undefined);
      },
    },
    {
      id: "key-remembers",
      title: "is remembered for the last thirty-two of a session",
      run: async ({ store, expect }) => {
        const session = await create(store);
        const change = (n: number) => ({ session: { ...session, variables: { n } }, expectedRevision: n });
        for (let n = 1; n <= 40; n += 1) await store.commit(change(n), { idempotencyKey: `m${n}` });
        for (let n = 9; n <= 40; n += 1) {
          const result = await store.commit(change(n), { idempotencyKey: `m${n}` });
          expect(result).toMatchObject({ ok: true, repeated: true, session: { revision: n + 1, variables: { n } } });
        }
        expect((await store.get(s1))?.revision).toBe(41);
      },
    },
    {
      id: "key-forgotten",
      title: "is a new one once a commit has forgotten those before it, but that commit's own key stays known",
      run: async ({ store, expect }) => {
        const session = await create(store, { variables: { name: "Ana" } });
        const change = { session: { ...session, stepId: "b" }, expectedRevision: 1 };
        await store.commit(change, { idempotencyKey: "m1" });
        const forgetting = { session: aSession(), expectedRevision: 2, forget: true };
        const forgotten = await store.commit(forgetting, { idempotencyKey: "m2" });
        const conflict = { expected: 1, actual: 3 };
        expect(await store.commit(change, { idempotencyKey: "m1" })).toEqual({ ok: false, conflict });
        expect(await store.commit(forgetting, { idempotencyKey: "m2" })).toEqual({ ...forgotten, repeated: true });
        const other = { session: aSession({ stepId: "c" }), expectedRevision: 3 };
        expect(await store.commit(other, { idempotencyKey: "m1" })).toMatchObject({ ok: true, repeated: false });
      },
    },
    {
      id: "key-texts",
      title: "is told apart from others, whatever characters it holds",
      run: async ({ store, expect }) => {
        const session = await create(store);
        const keys = [...hostileIds, ""];
        for (const [n, idempotencyKey] of keys.entries()) {
          const result = await store.commit({ session, expectedRevision: n + 1 }, { idempotencyKey });
          expect(result).toMatchObject({ ok: true, repeated: false, session: { revision: n + 2 } });
        }
        for (const [n, idempotencyKey] of keys.entries()) {
          const result = await store.commit({ session, expectedRevision: n + 1 }, { idempotencyKey });
          expect(result).toMatchObject({ ok: true, repeated: true, session: { revision: n + 2 } });
        }
      },
    },
  ],
};

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Session } from "../../src/contracts/types.js";
import { isRegraftError } from "../../src/errors.js";
import type { SessionCommit, SessionQuery } from "../../src/ports/session-store.js";
import { memoryStore } from "../../src/stores/memory.js";
import { storeContract } from "../../src/testing/store-contract.js";
import { aSession, create } from "../../src/testing/store-contract-fixtures.js";

describe("the memory store", () => {
  storeContract(
    { describe, it, expect },
    { makeStore: (clock) => ({ store: memoryStore({ clock }) }), capabilities: { durable: false } },
  );

  describe("memory", () => {
    it("keeps its own copy of what the caller can still change", async () => {
      const store = memoryStore();
      const variables = { name: "Ana", list: [{ n: 1 }] };
      const session = aSession({ variables });
      await store.commit({ session, expectedRevision: 0 });
      variables.name = "Ben";
      variables.list.push({ n: 2 });
      session.stepId = "z";
      expect(await store.get(session)).toMatchObject({ stepId: "a", variables: { name: "Ana", list: [{ n: 1 }] } });
    });

    it("gives out frozen values and shares what is frozen already", async () => {
      const store = memoryStore();
      await create(store, { variables: { list: [{ n: 1 }] } });
      const first = await store.get({ tenantId: "", id: "s1" });
      const again = await store.get({ tenantId: "", id: "s1" });
      expect(again).toBe(first);
      expect(Object.isFrozen((first?.variables.list as unknown[])[0])).toBe(true);
      const next = await store.commit({ session: { ...first!, stepId: "b" }, expectedRevision: 1 });
      expect(next.ok && next.session.variables).toBe(first?.variables);
    });

    it("refuses what a store that writes JSON would change, and writes nothing of that commit", async () => {
      const store = memoryStore();
      for (const value of [new Date(0), () => 1, Number.NaN, new Map(), 1n]) {
        const session = aSession({ variables: { deep: [value] } });
        const isInvalid = (error: unknown) =>
          isRegraftError(error, "INPUT.INVALID") && error.details.path === "/session/variables/deep/0";
        await expect(store.commit({ session, expectedRevision: 0 })).rejects.toSatisfy(isInvalid);
      }
      expect(await store.count({ tenantId: "" })).toEqual({ total: 0, byStep: {} });
    });

    it("finds the same sessions in the same order through its index and without it", async () => {
      const step = fc.constantFrom("a", "b", "c");
      const parts = fc.record({ id: fc.string(), stepId: step, scenarioVersion: fc.integer({ min: 1, max: 3 }) });
      const sessions = fc.uniqueArray(parts, { selector: ({ id }) => id, maxLength: 60 });
      await fc.assert(
        fc.asyncProperty(
          sessions,
          fc.subarray(["a", "b", "c"]),
          fc.integer({ min: 1, max: 70 }),
          async (all, stepIds, limit) => {
            const store = memoryStore();
            for (const one of all) await create(store, one);
            const query: SessionQuery = { tenantId: "", scenarioId: "flow", versions: [1, 2], stepIds };
            const found: Session[] = [];
            let cursor: string | undefined;
            do {
              const page = await store.scan(query, { limit, ...(cursor === undefined ? {} : { cursor }) });
              found.push(...page.sessions);
              cursor = page.cursor;
            } while (cursor !== undefined);
            const expected = all
              .filter((one) => one.scenarioVersion < 3 && stepIds.includes(one.stepId))
              .map(({ id }) => id);
            expect(found.map(({ id }) => id)).toEqual(expected.sort((a, b) => (a < b ? -1 : 1)));
          },
        ),
      );
    });

    it("remembers the latest thirty-two keys of a session", async () => {
      const store = memoryStore();
      const changes: SessionCommit[] = [];
      let session = await create(store);
      for (let n = 0; n < 40; n += 1) {
        const change = { session, expectedRevision: session.revision };
        const result = await store.commit(change, { idempotencyKey: `m${n}` });
        if (result.ok) session = result.session;
        changes.push(change);
      }
      const repeat = (n: number) => store.commit(changes[n]!, { idempotencyKey: `m${n}` });
      expect(await repeat(8)).toMatchObject({ ok: true, repeated: true, session: { revision: 10 } });
      expect(await repeat(7)).toEqual({ ok: false, conflict: { expected: 8, actual: 41 } });
    });
  });
});

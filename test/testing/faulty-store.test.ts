import { describe, expect, it } from "vitest";
import { isRegraftError } from "../../src/errors.js";
import { memoryStore } from "../../src/stores/memory.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { aSession, create } from "../../src/testing/store-contract-fixtures.js";

const key = { tenantId: "", id: "s1" };

describe("a faulty store", () => {
  it("fails before a call takes effect", async () => {
    const inner = memoryStore();
    const store = faultyStore(inner, { failOn: ({ method }) => (method === "commit" ? "before" : undefined) });
    const isDown = (error: unknown) => isRegraftError(error, "STORE.UNAVAILABLE");
    await expect(store.commit({ session: aSession(), expectedRevision: 0 })).rejects.toSatisfy(isDown);
    expect(await store.get(key)).toBeUndefined();
  });

  it("fails after a call has taken effect, at the call that is named", async () => {
    const inner = memoryStore();
    const store = faultyStore(inner, {
      failOn: ({ method, n }) => (method === "commit" && n === 2 ? "after" : undefined),
    });
    const session = await create(store);
    await expect(store.commit({ session: { ...session, stepId: "b" }, expectedRevision: 1 })).rejects.toThrow(/after/);
    expect((await store.get(key))?.stepId).toBe("b");
  });

  it("lets a test slip in what another process does meanwhile", async () => {
    const inner = memoryStore();
    const store = faultyStore(inner, {
      onCall: async ({ method, n }) => {
        if (method === "commit" && n === 2) await inner.commit({ session: aSession(), expectedRevision: 1 });
      },
    });
    const session = await create(store);
    const result = await store.commit({ session, expectedRevision: 1 });
    expect(result).toEqual({ ok: false, conflict: { expected: 1, actual: 2 } });
  });

  it("passes through what is no method", () => {
    const inner = memoryStore();
    const store = faultyStore(inner, {});
    expect(store.capabilities).toBe(inner.capabilities);
    expect("commit" in store).toBe(true);
    expect("then" in store).toBe(false);
  });
});

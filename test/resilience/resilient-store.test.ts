import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { createRegraft, type RecordStore, RegraftError, type SessionStore } from "../../src/index.js";
import { resilientStore } from "../../src/resilience/resilient-store.js";
import { memoryStore } from "../../src/stores/memory.js";
import { faultyStore } from "../../src/testing/faulty-store.js";
import { flow, roll, walk } from "../engine/helpers.js";

type Store = SessionStore & RecordStore;

const v1 = flow(1, "A > B > C");
const v2 = flow(2, "A > N > B > C");
const subject = { kind: "note", tenantId: "", id: "n" };
const record = { type: "noted", at: "2026-03-01T09:00:00.000Z", data: {} };

beforeEach(() => void vi.useFakeTimers({ now: Date.parse("2026-03-01T09:00:00Z") }));
afterEach(() => void vi.useRealTimers());

/** Lets all timers run until a call is settled; what it came to, and the milliseconds it took. */
async function settled<T>(call: Promise<T>): Promise<{ value?: T; code?: unknown; error?: unknown; ms: number }> {
  const from = Date.now();
  const end = call.then(
    (value) => ({ value, ms: Date.now() - from }),
    (error: unknown) => ({ error, code: (error as { code?: unknown }).code, ms: Date.now() - from }),
  );
  await vi.runAllTimersAsync();
  return end;
}

/** A store that fails the first calls of a method, or never answers them. */
function failing(method: string, times: number, how: "before" | "after" | "hangs") {
  const calls: string[] = [];
  const inner = memoryStore();
  const store = faultyStore(inner, {
    onCall: ({ method: name }) => {
      calls.push(name);
      if (name === method && calls.filter((one) => one === method).length <= times && how === "hangs")
        return new Promise<void>(() => undefined);
      return undefined;
    },
    failOn: ({ method: name, n }) => (name === method && n <= times && how !== "hangs" ? how : undefined),
  });
  const options = { timeoutMs: 100, retry: { random: () => 1 } };
  return { calls, inner, store: resilientStore<Store>(store, options) };
}

const key = { idempotencyKey: "k" };
const calls: readonly (readonly [method: string, call: (store: Store) => Promise<unknown>, repeated: boolean])[] = [
  ["get", (store) => store.get({ tenantId: "", id: "s1" }), true],
  ["scan", (store) => store.scan({ tenantId: "" }, { limit: 1 }), true],
  ["count", (store) => store.count({ tenantId: "" }), true],
  ["load", (store) => store.load(subject), true],
  ["find", (store) => store.find({ kind: "note", tenantId: "" }, { limit: 1 }), true],
  ["read", (store) => store.read(subject, { limit: 1 }), true],
  ["streams", (store) => store.streams("", { limit: 1 }), true],
  ["pointer", (store) => store.pointer(subject), true],
  ["put", (store) => store.put({ ...subject, body: "x" }), true],
  ["drop", (store) => store.drop(subject, `sha256:${"0".repeat(64)}`), true],
  ["append", (store) => store.append(subject, [record], key), true],
  ["append", (store) => store.append(subject, [record]), false],
  ["cas", (store) => store.cas(subject, undefined, "x"), false],
  ["lease", (store) => store.lease(subject, { owner: "a", ttlMs: 1000 }), false],
  [
    "mark",
    (store) => store.mark({ tenantId: "" }, { planId: "p", targetVersion: 2, markedAt: record.at }, { limit: 1 }),
    false,
  ],
  ["unmark", (store) => store.unmark({ tenantId: "" }), false],
  ["erase", (store) => store.erase(subject, { through: 1, part: "data" }), false],
];

describe("a resilient store", () => {
  it.each(calls)("tries %s again only where that changes nothing", async (method, call, repeated) => {
    for (const how of ["before", "after", "hangs"] as const) {
      const { store, calls: made } = failing(method, 2, how);
      const { code, ms } = await settled(call(store));
      expect([how, made.length]).toEqual([how, repeated ? 3 : 1]);
      if (repeated) expect([how, code, ms]).toEqual([how, undefined, how === "hangs" ? 350 : 150]);
      else expect([how, code]).toEqual([how, "STORE.UNAVAILABLE"]);
    }
  });

  it("commits under a key once, whatever became of the answers, and without a key tries once", async () => {
    const session = async () => {
      const made = createRegraft({ store: memoryStore() });
      await made.publish(v1);
      return made.startSession({ scenarioId: "flow", id: "s1" });
    };
    const started = await session();
    const { store, calls: made, inner } = failing("commit", 2, "after");
    const change = { session: started, expectedRevision: 0, records: [record] };
    expect((await settled(store.commit(change, key))).value).toMatchObject({ ok: true, repeated: true });
    expect(made.length).toBe(3);
    expect((await inner.read({ kind: "session", tenantId: "", id: "s1" }, { limit: 9 })).head).toBe(1);
    const other = failing("commit", 1, "after");
    expect((await settled(other.store.commit(change))).code).toBe("STORE.UNAVAILABLE");
    expect(other.calls.length).toBe(1);
  });

  it("says of a write that is not answered in time that nobody knows what became of it", async () => {
    const { store } = failing("cas", 1, "hangs");
    const { error, ms } = await settled(store.cas(subject, undefined, "x"));
    expect(error).toMatchObject({ code: "STORE.UNAVAILABLE", details: { method: "cas", outcome: "unknown" } });
    expect(ms).toBe(100);
    const reading = failing("get", 9, "hangs");
    expect((await settled(reading.store.get({ tenantId: "", id: "s1" }))).code).toBe("TRANSIENT.TIMEOUT");
  });

  it("leaves a store alone that keeps failing, at once and for all its methods, and asks again after a while", async () => {
    const { store, calls: made } = failing("get", 5, "before");
    for (let n = 0; n < 2; n += 1) await settled(store.get({ tenantId: "", id: "s1" }));
    expect(made.length).toBe(5);
    const refused = await settled(store.pointer(subject));
    expect([refused.code, refused.ms]).toEqual(["TRANSIENT.BREAKER_OPEN", 0]);
    expect(made.length).toBe(5);
    vi.advanceTimersByTime(30_000);
    expect((await settled(store.get({ tenantId: "", id: "s1" }))).code).toBeUndefined();
    expect(made.length).toBe(6);
  });

  it("takes a refusal for an answer: no second try, no step towards leaving the store alone", async () => {
    let count = 0;
    const refusing = {
      get: async () => {
        count += 1;
        throw new RegraftError("INPUT.INVALID", "no");
      },
    };
    const store = resilientStore(refusing);
    for (let n = 0; n < 9; n += 1) expect((await settled(store.get())).code).toBe("INPUT.INVALID");
    expect(count).toBe(9);
  });

  it("passes on what is no call of a port as it is, and stays one store for both", async () => {
    const inner = { ...memoryStore(), setup: () => 7, name: "mine" };
    const store = resilientStore(inner);
    expect([store.setup(), store.name, "commit" in store, "nothing" in store]).toEqual([7, "mine", true, false]);
    expect(store.capabilities).toBe(inner.capabilities);
    expect(store.get).toBe(store.get);
    const regraft = createRegraft({ store });
    await regraft.publish(v1);
    await walk(regraft, "s1", ["B", "C"]);
    await roll(regraft, v1, v2);
    expect((await regraft.reconcile("s1")).action).toBe("teleport");
  });
});

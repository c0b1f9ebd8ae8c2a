import { describe, expect, it } from "vitest";
import { isRegraftError } from "../../src/errors.js";
import { chained, emptyHead } from "../../src/ledger/chain.js";
import type { RecordStore } from "../../src/ports/record-store.js";
import type { Subject } from "../../src/ports/subject.js";
import type { ManualClock } from "../../src/testing/clock.js";
import { hostileIds, ledgerRecord } from "./fixtures.js";

const plan = (id: string, tenantId = ""): Subject => ({ kind: "plan", tenantId, id });

async function publish(
  store: RecordStore,
  subject: Subject,
  body: unknown,
  tags?: Record<string, string>,
): Promise<string> {
  const { digest } = await store.put({ ...subject, body, ...(tags === undefined ? {} : { tags }) });
  const before = await store.pointer(subject);
  expect(await store.cas(subject, before, digest)).toEqual({ ok: true });
  return digest;
}

/** What every record store keeps. */
export function recordContract(makeStore: (clock?: ManualClock) => Promise<RecordStore>): void {
  describe("a document", () => {
    it("is kept under the digest of its body, however its members are ordered", async () => {
      const store = await makeStore();
      const one = await store.put({ ...plan("p"), body: { a: 1, b: [2] } });
      const two = await store.put({ ...plan("p"), body: { b: [2], a: 1 } });
      const three = await store.put({ ...plan("p"), body: { b: [2], a: 3 } });
      expect(one).toEqual(two);
      expect(one.digest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect((await store.load(plan("p"), one.digest))?.body).toEqual({ a: 1, b: [2] });
      expect((await store.load(plan("p"), three.digest))?.body).toEqual({ a: 3, b: [2] });
      expect(await store.load(plan("q"), one.digest)).toBeUndefined();
      expect(await store.load(plan("p", "t"), one.digest)).toBeUndefined();
    });

    it("is invisible until a pointer names it", async () => {
      const store = await makeStore();
      const { digest } = await store.put({ ...plan("p"), body: { n: 1 } });
      expect(await store.load(plan("p"))).toBeUndefined();
      expect(await store.find({ kind: "plan", tenantId: "" }, { limit: 9 })).toEqual({ records: [], total: 0 });
      await store.cas(plan("p"), undefined, digest);
      expect((await store.load(plan("p")))?.body).toEqual({ n: 1 });
      expect((await store.find({ kind: "plan", tenantId: "" }, { limit: 9 })).total).toBe(1);
      await store.cas(plan("p"), digest, undefined);
      expect((await store.find({ kind: "plan", tenantId: "" }, { limit: 9 })).total).toBe(0);
      expect((await store.load(plan("p"), digest))?.body).toEqual({ n: 1 });
    });

    it("is gone for good once it is dropped, but never while its pointer names it", async () => {
      const store = await makeStore();
      const old = await publish(store, plan("p"), { n: 1 });
      const now = await publish(store, plan("p"), { n: 2 });
      expect(await store.drop(plan("p"), now)).toBe(false);
      expect((await store.load(plan("p")))?.body).toEqual({ n: 2 });
      expect(await store.drop(plan("p", "t"), old)).toBe(true);
      expect((await store.load(plan("p"), old))?.body).toEqual({ n: 1 });
      expect(await store.drop(plan("p"), old)).toBe(true);
      expect(await store.drop(plan("p"), old)).toBe(true);
      expect(await store.load(plan("p"), old)).toBeUndefined();
      await store.cas(plan("p"), now, undefined);
      expect(await store.drop(plan("p"), now)).toBe(true);
      expect(await store.load(plan("p"), now)).toBeUndefined();
    });

    it("is found by its tags as the pointer names it now, page by page with the total", async () => {
      const store = await makeStore();
      for (const [n, id] of hostileIds.entries()) await publish(store, plan(id), { n }, { status: "pending" });
      await publish(store, plan("a"), { n: "next" }, { status: "deployed" });
      await publish(store, plan("a", "t"), { n: "foreign" }, { status: "pending" });
      const found: string[] = [];
      let cursor: string | undefined;
      do {
        const page = await store.find(
          { kind: "plan", tenantId: "", tags: { status: ["pending", "approved"] } },
          { limit: 4, ...(cursor === undefined ? {} : { cursor }) },
        );
        expect(page.total).toBe(hostileIds.length - 1);
        found.push(...page.records.map(({ id }) => id));
        cursor = page.cursor;
      } while (cursor !== undefined);
      expect([...found].sort()).toEqual(hostileIds.filter((id) => id !== "a").sort());
      const deployed = await store.find({ kind: "plan", tenantId: "", tags: { status: "deployed" } }, { limit: 4 });
      expect(deployed.records.map(({ id, body }) => [id, body])).toEqual([["a", { n: "next" }]]);
      expect((await store.find({ kind: "plan", tenantId: "", ids: ["b", "a/b"] }, { limit: 4 })).total).toBe(2);
      expect((await store.find({ kind: "plan", tenantId: "", tags: { toString: "x" } }, { limit: 4 })).total).toBe(0);
    });
  });

  describe("a pointer", () => {
    it("is set by one of two who saw the same value", async () => {
      const store = await makeStore();
      const live = { kind: "live", tenantId: "", id: "flow" };
      const results = await Promise.all([store.cas(live, undefined, "1"), store.cas(live, undefined, "2")]);
      expect(results).toContainEqual({ ok: true });
      expect(results.find(({ ok }) => !ok)).toEqual({ ok: false, conflict: { actual: await store.pointer(live) } });
      expect(await store.cas(live, "9", "3")).toMatchObject({ ok: false, conflict: { expected: "9" } });
    });

    it("is another one for every kind, tenant and id", async () => {
      const store = await makeStore();
      const subjects = hostileIds.flatMap((x) => [plan(x), plan("p", x), { kind: x, tenantId: "", id: "p" }]);
      for (const [n, subject] of subjects.entries()) {
        expect(await store.cas(subject, undefined, String(n))).toEqual({ ok: true });
      }
      for (const [n, subject] of subjects.entries()) expect(await store.pointer(subject)).toBe(String(n));
    });
  });

  describe("a stream", () => {
    it("is contiguous and read in parts", async () => {
      const store = await makeStore();
      await store.append(plan("p"), [ledgerRecord("one"), ledgerRecord("two")]);
      await store.append(plan("p"), [ledgerRecord("three", { n: 3 })]);
      await store.append(plan("q"), [ledgerRecord("other")]);
      const { entries, head } = await store.read(plan("p"), { after: 1, limit: 5 });
      expect(head).toBe(3);
      expect(entries.map(({ seq, type, subject }) => [seq, type, subject])).toEqual([
        [2, "two", plan("p")],
        [3, "three", plan("p")],
      ]);
      expect((await store.read(plan("p"), { limit: 1 })).entries.map(({ seq }) => seq)).toEqual([1]);
      expect(await store.read(plan("never"), { limit: 5 })).toEqual({ entries: [], head: 0 });
    });

    it("chains each entry to the one before, from the stream's own name on", async () => {
      const store = await makeStore();
      const subject = plan("p", "t");
      const records = [
        ledgerRecord("one", { text: "é\n😀", list: [1.5, null] }),
        ledgerRecord("two"),
        ledgerRecord("three"),
      ];
      await store.append(subject, records.slice(0, 2));
      await store.append(subject, records.slice(2));
      const { entries } = await store.read(subject, { limit: 9 });
      expect(entries).toEqual(chained(subject, emptyHead(subject), records));
      expect((await store.read(subject, { after: 2, limit: 9 })).entries).toEqual(entries.slice(2));
    });

    it("takes the records of one of two who saw the same head", async () => {
      const store = await makeStore();
      const append = (type: string) => store.append(plan("p"), [ledgerRecord(type)], { expectedSeq: 0 });
      const results = await Promise.all([append("mine"), append("yours")]);
      expect(results.filter(({ ok }) => ok)).toEqual([{ ok: true, seq: 1, repeated: false }]);
      expect(results.filter(({ ok }) => !ok)).toEqual([{ ok: false, conflict: { expected: 0, actual: 1 } }]);
    });

    it("takes records once under one key, and refuses others under it", async () => {
      const store = await makeStore();
      const append = (type: string) => store.append(plan("p"), [ledgerRecord(type)], { idempotencyKey: "k" });
      expect(await append("one")).toEqual({ ok: true, seq: 1, repeated: false });
      await store.append(plan("p"), [ledgerRecord("between")]);
      expect(await append("one")).toEqual({ ok: true, seq: 1, repeated: true });
      await expect(append("two")).rejects.toSatisfy((error) => isRegraftError(error, "STORE.IDEMPOTENCY_CONFLICT"));
      expect((await store.read(plan("p"), { limit: 9 })).head).toBe(2);
    });
  });
}

import { digestOf } from "../hash/digest.js";
import type { RecordQuery, RecordStore } from "../ports/record-store.js";
import type { Subject } from "../ports/subject.js";
import type { ContractGroup } from "./store-contract-case.js";
import { codeOf, hostileIds, megabyte, plan, unusualTexts } from "./store-contract-fixtures.js";

const plans: RecordQuery = { kind: "plan", tenantId: "" };

/** Puts a document and lets the pointer of its subject name it. */
async function publish(
  store: RecordStore,
  subject: Subject,
  body: unknown,
  tags: Readonly<Record<string, string>> = {},
): Promise<string> {
  const { digest } = await store.put({ ...subject, body, tags });
  await store.cas(subject, await store.pointer(subject), digest);
  return digest;
}

async function findAll(store: RecordStore, query: RecordQuery, limit: number) {
  const ids: string[] = [];
  const totals: number[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.find(query, { limit, ...(cursor === undefined ? {} : { cursor }) });
    ids.push(...page.records.map(({ id }) => id));
    totals.push(page.total);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return { ids, totals };
}

/** What every record store keeps about documents. */
export const documentCases: ContractGroup<RecordStore> = {
  title: "a document",
  cases: [
    {
      id: "document-digest",
      title: "is kept under the digest of its body, however its members are ordered",
      run: async ({ store, expect }) => {
        const one = await store.put({ ...plan("p"), body: { a: 1, b: [2] } });
        const two = await store.put({ ...plan("p"), body: { b: [2], a: 1 } });
        const three = await store.put({ ...plan("p"), body: { b: [2], a: 3 } });
        expect(one).toEqual(two);
        expect(one).toEqual({ digest: digestOf({ a: 1, b: [2] }) });
        const stored = { ...plan("p"), tags: {}, body: { a: 1, b: [2] }, digest: one.digest };
        expect(await store.load(plan("p"), one.digest)).toEqual(stored);
        expect((await store.load(plan("p"), three.digest))?.body).toEqual({ a: 3, b: [2] });
        expect(await store.load(plan("q"), one.digest)).toBe(undefined);
        expect(await store.load(plan("p", "t"), one.digest)).toBe(undefined);
        expect(await store.load({ ...plan("p"), kind: "scenario" }, one.digest)).toBe(undefined);
      },
    },
    {
      id: "document-named",
      title: "is invisible until a pointer names it, and again when none does",
      run: async ({ store, expect }) => {
        const { digest } = await store.put({ ...plan("p"), body: { n: 1 } });
        expect(await store.load(plan("p"))).toBe(undefined);
        expect(await store.find(plans, { limit: 9 })).toEqual({ records: [], total: 0 });
        await store.cas(plan("p"), undefined, digest);
        expect((await store.load(plan("p")))?.body).toEqual({ n: 1 });
        expect((await store.find(plans, { limit: 9 })).total).toBe(1);
        await store.cas(plan("p"), digest, undefined);
        expect((await store.find(plans, { limit: 9 })).total).toBe(0);
        expect((await store.load(plan("p"), digest))?.body).toEqual({ n: 1 });
      },
    },
    {
      id: "document-dropped",
      title: "is gone for good once it is dropped, but never while its pointer names it",
      run: async ({ store, expect }) => {
        const old = await publish(store, plan("p"), { n: 1 });
        const now = await publish(store, plan("p"), { n: 2 });
        expect(await store.drop(plan("p"), now)).toBe(false);
        expect((await store.load(plan("p")))?.body).toEqual({ n: 2 });
        expect(await store.drop(plan("p", "t"), old)).toBe(true);
        expect((await store.load(plan("p"), old))?.body).toEqual({ n: 1 });
        expect(await store.drop(plan("p"), old)).toBe(true);
        expect(await store.drop(plan("p"), old)).toBe(true);
        expect(await store.load(plan("p"), old)).toBe(undefined);
        await store.cas(plan("p"), now, undefined);
        expect(await store.drop(plan("p"), now)).toBe(true);
        expect(await store.load(plan("p"), now)).toBe(undefined);
      },
    },
    {
      id: "document-again",
      title: "may be put again after it was dropped",
      run: async ({ store, expect }) => {
        const { digest } = await store.put({ ...plan("p"), body: { n: 1 }, tags: { round: "1" } });
        await store.drop(plan("p"), digest);
        await publish(store, plan("p"), { n: 1 }, { round: "2" });
        const { records } = await store.find(plans, { limit: 9 });
        expect(records).toEqual([{ ...plan("p"), body: { n: 1 }, tags: { round: "2" }, digest }]);
      },
    },
    {
      id: "document-drop-race",
      title: "is never dropped while somebody lets its pointer name it",
      run: async ({ store, another, expect }) => {
        const other = await another();
        for (const id of ["a", "b", "c", "d", "e", "f"]) {
          const { digest } = await store.put({ ...plan(id), body: { id } });
          const [isGone] = await Promise.all([store.drop(plan(id), digest), other.cas(plan(id), undefined, digest)]);
          expect((await store.load(plan(id))) === undefined).toBe(isGone);
        }
      },
    },
    {
      id: "document-found",
      title: "is found by its tags as the pointer names it now, page by page with the total",
      run: async ({ store, expect }) => {
        for (const [n, id] of hostileIds.entries()) await publish(store, plan(id), { n }, { status: "pending" });
        await publish(store, plan("a"), { n: "next" }, { status: "deployed" });
        await publish(store, plan("a", "t"), { n: "foreign" }, { status: "pending" });
        await publish(store, { ...plan("a"), kind: "other" }, { n: "other" }, { status: "pending" });
        const left = hostileIds.filter((id) => id !== "a");
        const query = { ...plans, tags: { status: ["pending", "approved"] } };
        const pages = await findAll(store, query, 4);
        expect(new Set(pages.totals)).toEqual(new Set([left.length]));
        expect([...pages.ids].sort()).toEqual([...left].sort());
        expect((await findAll(store, query, 99)).ids).toEqual(pages.ids);
        const deployed = await store.find({ ...plans, tags: { status: "deployed" } }, { limit: 4 });
        expect(deployed.records.map(({ id, body }) => [id, body])).toEqual([["a", { n: "next" }]]);
      },
    },
    {
      id: "document-queries",
      title: "is found where all parts of the query hold",
      run: async ({ store, expect }) => {
        await publish(store, plan("a"), 1, { status: "pending", from: "1" });
        await publish(store, plan("b"), 2, { status: "deployed", from: "1" });
        await publish(store, plan("c"), 3, { status: "deployed", from: "2" });
        const found: readonly (readonly [Partial<RecordQuery>, readonly string[]])[] = [
          [{}, ["a", "b", "c"]],
          [{ ids: ["b", "a", "b", "z"] }, ["a", "b"]],
          [{ ids: [] }, []],
          [{ tags: {} }, ["a", "b", "c"]],
          [{ tags: { status: "deployed", from: "1" } }, ["b"]],
          [{ tags: { status: ["deployed", "pending"], from: ["2", "3"] } }, ["c"]],
          [{ tags: { status: [] } }, []],
          [{ tags: { toString: "x" } }, []],
          [{ tags: { status: "deploy" } }, []],
          [{ ids: ["a"], tags: { from: "1" } }, ["a"]],
        ];
        for (const [part, ids] of found) {
          const { ids: all, totals } = await findAll(store, { ...plans, ...part }, 2);
          expect({ part, ids: [...all].sort(), total: totals[0] }).toEqual({ part, ids, total: ids.length });
        }
        expect(await codeOf(store.find(plans, { limit: 0 }))).toBe("INPUT.INVALID");
      },
    },
    {
      id: "document-texts",
      title: "carries every text unchanged, in the body and in its tags",
      run: async ({ store, expect }) => {
        for (const [n, text] of unusualTexts.entries()) {
          const tags = { [`name ${text}`]: text };
          const digest = await publish(store, plan(`p${n}`), { [text]: [text, { text }] }, tags);
          const record = { ...plan(`p${n}`), tags, body: { [text]: [text, { text }] }, digest };
          expect(await store.load(plan(`p${n}`))).toEqual(record);
          expect((await store.find({ ...plans, tags }, { limit: 9 })).records).toEqual([record]);
        }
      },
    },
    {
      id: "document-large",
      title: "may have some megabytes, and any JSON value may be one",
      run: async ({ store, expect }) => {
        const text = megabyte();
        await publish(store, plan("large"), { text });
        expect((await store.load(plan("large")))?.body).toEqual({ text });
        for (const [n, body] of [null, false, 0, "", [], {}, [null]].entries()) {
          const { digest } = await store.put({ ...plan(`p${n}`), body });
          expect((await store.load(plan(`p${n}`), digest))?.body).toEqual(body);
        }
      },
    },
  ],
};

import { emptyHead, entryHash } from "../ledger/chain.js";
import type { StreamSummary } from "../ports/ledger.js";
import type { RecordStore } from "../ports/record-store.js";
import type { SessionStore } from "../ports/session-store.js";
import type { Subject } from "../ports/subject.js";
import type { ContractGroup } from "./store-contract-case.js";
import {
  aSession,
  codeOf,
  create,
  hostileIds,
  ledgerRecord,
  numbered,
  plan,
  streamOf,
} from "./store-contract-fixtures.js";

async function listed(store: RecordStore, tenantId: string, limit: number): Promise<StreamSummary[]> {
  const all: StreamSummary[] = [];
  let cursor: string | undefined;
  do {
    const page = await store.streams(tenantId, { limit, ...(cursor === undefined ? {} : { cursor }) });
    all.push(...page.streams);
    cursor = page.cursor;
  } while (cursor !== undefined);
  return all;
}

function inOrder(subjects: readonly Subject[]): string[] {
  return subjects.map(({ kind, tenantId, id }) => JSON.stringify([kind, tenantId, id])).sort();
}

async function fill(store: RecordStore, types: readonly string[], key?: string): Promise<void> {
  const options = key === undefined ? {} : { idempotencyKey: key };
  await store.append(
    plan("p"),
    types.map((type) => ledgerRecord(type, { secret: `of ${type}` })),
    options,
  );
}

/** What every record store keeps about lists of streams, and about what goes of a stream for good. */
export const erasureCases: ContractGroup<RecordStore> = {
  title: "a stream that is listed or shortened",
  cases: [
    {
      id: "streams-listed",
      title: "is in the list of its tenant once, with its head, however the pages are cut",
      run: async ({ store, expect }) => {
        const subjects = [
          ...numbered(7).map((id) => plan(id)),
          ...hostileIds.flatMap((id) => [plan(id), { kind: id === "" ? "k" : id, tenantId: "", id: "same" }]),
        ];
        for (const subject of subjects) await store.append(subject, [ledgerRecord("one"), ledgerRecord("two")]);
        await store.append(plan("other", "t"), [ledgerRecord("one")]);
        for (const limit of [1, 4, 500]) {
          const all = await listed(store, "", limit);
          expect(inOrder(all.map(({ subject }) => subject))).toEqual(inOrder(subjects));
          for (const { subject, seq, hash } of limit === 4 ? all : []) {
            const { entries, head } = await store.read(subject, { after: 1, limit: 9 });
            expect([head, entries[0]?.hash]).toEqual([seq, hash]);
          }
        }
        expect((await listed(store, "t", 5)).map(({ subject }) => subject)).toEqual([plan("other", "t")]);
        expect(await listed(store, "nobody", 5)).toEqual([]);
        expect(await codeOf(store.streams("", { limit: 0 }))).toBe("INPUT.INVALID");
      },
    },
    {
      id: "erase-data",
      title: "loses its data and keeps its chain",
      run: async ({ store, another, expect }) => {
        await fill(store, ["one", "two"], "k");
        await fill(store, ["three"]);
        const before = (await store.read(plan("p"), { limit: 9 })).entries;
        expect(await store.erase(plan("p"), { through: 2, part: "data" })).toEqual({ erased: 2 });
        expect(await store.erase(plan("p"), { through: 2, part: "data" })).toEqual({ erased: 0 });
        const { entries, head } = await (await another()).read(plan("p"), { limit: 9 });
        const expected = before.map((entry) => (entry.seq < 3 ? { ...entry, data: {}, erased: true } : entry));
        expect([head, entries]).toEqual([3, expected]);
        await fill(store, ["four"]);
        const last = (await store.read(plan("p"), { after: 3, limit: 9 })).entries[0];
        expect(last?.hash).toBe(entryHash(before[2]?.hash ?? "", 4, last?.digest ?? ""));
      },
    },
    {
      id: "erase-data-key",
      title: "still knows the records of a key whose data is gone",
      run: async ({ store, expect }) => {
        const append = (secret: string) =>
          store.append(plan("p"), [ledgerRecord("one", { secret })], { idempotencyKey: "k" });
        await append("a");
        await store.erase(plan("p"), { through: 1, part: "data" });
        expect(await append("a")).toEqual({ ok: true, seq: 1, repeated: true });
        expect(await codeOf(append("b"))).toBe("STORE.IDEMPOTENCY_CONFLICT");
      },
    },
    {
      id: "erase-entries",
      title: "loses its first entries and goes on with the same numbers and hashes",
      run: async ({ store, another, expect }) => {
        await fill(store, ["one", "two", "three"]);
        await fill(store, ["four"]);
        const before = (await store.read(plan("p"), { limit: 9 })).entries;
        expect(await store.erase(plan("p"), { through: 2, part: "entries" })).toEqual({ erased: 2 });
        const other = await another();
        expect(await other.read(plan("p"), { limit: 1 })).toEqual({ entries: [before[2]], head: 4 });
        expect((await other.read(plan("p"), { after: 3, limit: 9 })).entries).toEqual([before[3]]);
        expect(await other.append(plan("p"), [ledgerRecord("five")], { expectedSeq: 4 })).toMatchObject({ seq: 5 });
        const last = (await store.read(plan("p"), { after: 4, limit: 9 })).entries[0];
        expect(last?.hash).toBe(entryHash(before[3]?.hash ?? "", 5, last?.digest ?? ""));
        expect((await listed(store, "", 9)).map(({ seq }) => seq)).toEqual([5]);
      },
    },
    {
      id: "erase-entries-all",
      title: "never loses its last entry, and forgets the keys of the others",
      run: async ({ store, expect }) => {
        await fill(store, ["one"], "k");
        await fill(store, ["two"], "l");
        expect(await store.erase(plan("p"), { through: 99, part: "entries" })).toEqual({ erased: 1 });
        expect(await store.erase(plan("p"), { through: 99, part: "entries" })).toEqual({ erased: 0 });
        await fill(store, ["two"], "l");
        await fill(store, ["new"], "k");
        const { entries, head } = await store.read(plan("p"), { limit: 9 });
        expect([head, entries.map(({ seq, type }) => [seq, type])]).toEqual([
          3,
          [
            [2, "two"],
            [3, "new"],
          ],
        ]);
        expect(await store.erase(plan("never"), { through: 1, part: "entries" })).toEqual({ erased: 0 });
        expect(await codeOf(store.erase(plan("p"), { through: 0, part: "data" }))).toBe("INPUT.INVALID");
        expect(entries[0]?.hash === emptyHead(plan("p")).hash).toBe(false);
      },
    },
  ],
};

/** What erasure needs of a store of sessions and records. */
export const erasedSessionCases: ContractGroup<SessionStore & RecordStore> = {
  title: "a session that is forgotten",
  cases: [
    {
      id: "forget-keys",
      title: "answers to no earlier key, and its stream loses the data of its commits",
      needs: ["atomicCommit"],
      run: async ({ store, expect }) => {
        await create(store, { variables: { name: "Ana" } });
        const change = {
          session: aSession({ stepId: "b" }),
          expectedRevision: 1,
          records: [ledgerRecord("moved", { a: 1 })],
        };
        await store.commit(change, { idempotencyKey: "k" });
        const forgotten = {
          session: aSession(),
          expectedRevision: 2,
          forget: true,
          records: [ledgerRecord("forgotten")],
        };
        expect(await store.commit(forgotten)).toMatchObject({ ok: true });
        expect(await store.commit(change, { idempotencyKey: "k" })).toMatchObject({ ok: false });
        expect(await store.erase(streamOf("s1"), { through: 2, part: "data" })).toEqual({ erased: 2 });
        const { entries } = await store.read(streamOf("s1"), { limit: 9 });
        expect(entries.map(({ type, data, erased }) => [type, data, erased])).toEqual([
          ["moved", {}, true],
          ["forgotten", {}, true],
        ]);
        expect(await store.commit({ ...forgotten, expectedRevision: 3 })).toMatchObject({ ok: true });
        expect((await store.read(streamOf("s1"), { limit: 9 })).head).toBe(3);
      },
    },
  ],
};

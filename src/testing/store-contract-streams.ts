import { chained, emptyHead } from "../ledger/chain.js";
import type { RecordStore } from "../ports/record-store.js";
import type { ContractGroup } from "./store-contract-case.js";
import {
  alikeSubjects,
  codeOf,
  hostileIds,
  ledgerRecord,
  megabyte,
  numbered,
  plan,
  unusualTexts,
} from "./store-contract-fixtures.js";

/** What every record store keeps about the streams of its ledger. */
export const streamCases: ContractGroup<RecordStore> = {
  title: "a stream",
  cases: [
    {
      id: "stream-read",
      title: "is contiguous and read in parts",
      run: async ({ store, expect }) => {
        expect(await store.append(plan("p"), [ledgerRecord("one"), ledgerRecord("two")])).toEqual({
          ok: true,
          seq: 2,
          repeated: false,
        });
        await store.append(plan("p"), [ledgerRecord("three", { n: 3 })]);
        await store.append(plan("q"), [ledgerRecord("other")]);
        const { entries, head } = await store.read(plan("p"), { after: 1, limit: 5 });
        expect(head).toBe(3);
        expect(entries.map(({ seq, type, subject, data }) => [seq, type, subject, data])).toEqual([
          [2, "two", plan("p"), {}],
          [3, "three", plan("p"), { n: 3 }],
        ]);
        expect((await store.read(plan("p"), { limit: 1 })).entries.map(({ seq }) => seq)).toEqual([1]);
        expect(await store.read(plan("p"), { after: 3, limit: 5 })).toEqual({ entries: [], head: 3 });
        expect(await store.read(plan("never"), { limit: 5 })).toEqual({ entries: [], head: 0 });
        expect(await codeOf(store.read(plan("p"), { limit: 0 }))).toBe("INPUT.INVALID");
      },
    },
    {
      id: "stream-chained",
      title: "chains each entry to the one before, from the stream's own name on",
      run: async ({ store, expect }) => {
        const subject = plan("p", "t");
        const texts = unusualTexts.map((text, n) =>
          ledgerRecord(`type ${text}`, { [text]: text, n, list: [1.5, null] }),
        );
        const records = [ledgerRecord("one"), ...texts, ledgerRecord("last")];
        await store.append(subject, records.slice(0, 2));
        await store.append(subject, records.slice(2));
        const { entries } = await store.read(subject, { limit: 99 });
        expect(entries).toEqual(chained(subject, emptyHead(subject), records));
        expect((await store.read(subject, { after: 2, limit: 99 })).entries).toEqual(entries.slice(2));
      },
    },
    {
      id: "stream-expected",
      title: "takes records only at the head that their author has seen",
      run: async ({ store, another, expect }) => {
        const stores = [store, await another()];
        const results = await Promise.all(
          ["mine", "yours"].map((type, n) =>
            (stores[n] ?? store).append(plan("p"), [ledgerRecord(type)], { expectedSeq: 0 }),
          ),
        );
        expect(results.filter(({ ok }) => ok)).toEqual([{ ok: true, seq: 1, repeated: false }]);
        expect(results.filter(({ ok }) => !ok)).toEqual([{ ok: false, conflict: { expected: 0, actual: 1 } }]);
        expect(await store.append(plan("p"), [ledgerRecord("late")], { expectedSeq: 2 })).toMatchObject({ ok: false });
        expect((await store.read(plan("p"), { limit: 9 })).head).toBe(1);
      },
    },
    {
      id: "stream-race",
      title: "has neither gap nor broken link, however many append to it",
      run: async ({ store, another, expect }) => {
        const stores = [store, await another()];
        const types = numbered(16);
        const results = await Promise.all(
          types.map((type, n) => (stores[n % 2] ?? store).append(plan("p"), [ledgerRecord(type), ledgerRecord("and")])),
        );
        const last = results.map((result) => (result.ok ? result.seq : 0)).sort((a, b) => a - b);
        expect(last).toEqual(types.map((_, n) => 2 * (n + 1)));
        const { entries } = await store.read(plan("p"), { limit: 99 });
        const records = entries.map(({ type, at, data }) => ({ type, at, data }));
        expect(entries).toEqual(chained(plan("p"), emptyHead(plan("p")), records));
        expect(
          records
            .filter((_, n) => n % 2 === 0)
            .map(({ type }) => type)
            .sort(),
        ).toEqual(types);
        expect(records.filter(({ type }) => type === "and").length).toBe(16);
      },
    },
    {
      id: "stream-key",
      title: "takes records once under one key, and refuses others under it",
      run: async ({ store, another, expect }) => {
        const append = (type: string, each = store) =>
          each.append(plan("p"), [ledgerRecord(type, { a: 1 }), ledgerRecord("more")], { idempotencyKey: "k" });
        const stores = [store, await another()];
        const results = await Promise.all([...stores, ...stores].map((each) => append("one", each)));
        expect(results.filter((result) => result.ok && !result.repeated)).toEqual([
          { ok: true, seq: 2, repeated: false },
        ]);
        await store.append(plan("p"), [ledgerRecord("between")]);
        expect(await append("one")).toEqual({ ok: true, seq: 2, repeated: true });
        expect(await codeOf(append("two"))).toBe("STORE.IDEMPOTENCY_CONFLICT");
        expect((await store.read(plan("p"), { limit: 9 })).head).toBe(3);
        const options = { idempotencyKey: "k", expectedSeq: 0 };
        expect(await store.append(plan("q"), [ledgerRecord("one")], options)).toMatchObject({
          ok: true,
          repeated: false,
        });
        expect(await store.append(plan("q"), [ledgerRecord("one")], options)).toMatchObject({
          ok: true,
          repeated: true,
        });
      },
    },
    {
      id: "stream-key-free",
      title: "keeps a key free after a conflict",
      run: async ({ store, expect }) => {
        const append = (expectedSeq: number) =>
          store.append(plan("p"), [ledgerRecord("one")], { idempotencyKey: "k", expectedSeq });
        expect(await append(3)).toEqual({ ok: false, conflict: { expected: 3, actual: 0 } });
        expect(await append(0)).toEqual({ ok: true, seq: 1, repeated: false });
      },
    },
    {
      id: "stream-torn",
      title: "takes none of the records where one of them cannot be written",
      run: async ({ store, expect }) => {
        await store.append(plan("p"), [ledgerRecord("one")]);
        const call = store.append(plan("p"), [ledgerRecord("two"), ledgerRecord("bad", { n: 1n })]);
        expect((await codeOf(call)) === "no error").toBe(false);
        expect((await store.read(plan("p"), { limit: 9 })).head).toBe(1);
        expect(await store.append(plan("p"), [ledgerRecord("two")])).toMatchObject({ ok: true, seq: 2 });
      },
    },
    {
      id: "stream-subjects",
      title: "is another one for every kind, tenant and id",
      run: async ({ store, expect }) => {
        const subjects = [
          ...alikeSubjects,
          ...hostileIds.flatMap((x) => [
            { kind: "k", tenantId: "", id: x },
            { kind: "k", tenantId: x, id: "." },
            { kind: `${x}.`, tenantId: "", id: "." },
          ]),
        ];
        for (const [n, subject] of subjects.entries()) await store.append(subject, [ledgerRecord("one", { n })]);
        for (const [n, subject] of subjects.entries()) {
          const { entries, head } = await store.read(subject, { limit: 9 });
          expect([head, entries[0]?.subject, entries[0]?.data]).toEqual([1, subject, { n }]);
        }
      },
    },
    {
      id: "stream-large",
      title: "takes records of a megabyte, and many of them",
      run: async ({ store, expect }) => {
        const text = megabyte();
        await store.append(plan("p"), [
          ledgerRecord("large", { text }),
          ...numbered(200).map((id) => ledgerRecord(id)),
        ]);
        const { entries, head } = await store.read(plan("p"), { limit: 500 });
        expect([head, entries.length, entries[0]?.data.text === text]).toEqual([201, 201, true]);
      },
    },
  ],
};

import type { RecordStore } from "../ports/record-store.js";
import type { ContractGroup } from "./store-contract-case.js";
import { alikeSubjects, hostileIds, numbered, plan, unusualTexts } from "./store-contract-fixtures.js";

const live = { kind: "live", tenantId: "", id: "flow" };

/** What every record store keeps about pointers. */
export const pointerCases: ContractGroup<RecordStore> = {
  title: "a pointer",
  cases: [
    {
      id: "pointer-expected",
      title: "is set only where it still has the expected value",
      run: async ({ store, expect }) => {
        expect(await store.pointer(live)).toBe(undefined);
        expect(await store.cas(live, "9", "1")).toEqual({ ok: false, conflict: { expected: "9" } });
        expect(await store.cas(live, undefined, "1")).toEqual({ ok: true });
        expect(await store.cas(live, undefined, "2")).toEqual({ ok: false, conflict: { actual: "1" } });
        expect(await store.cas(live, "9", "2")).toEqual({ ok: false, conflict: { expected: "9", actual: "1" } });
        expect(await store.cas(live, "1", undefined)).toEqual({ ok: true });
        expect(await store.pointer(live)).toBe(undefined);
        expect(await store.cas(live, undefined, undefined)).toEqual({ ok: true });
        expect(await store.cas(live, undefined, "3")).toEqual({ ok: true });
        expect(await store.pointer(live)).toBe("3");
      },
    },
    {
      id: "pointer-race",
      title: "is set by one of many who saw the same value",
      run: async ({ store, another, expect }) => {
        const stores = [store, await another()];
        let before: string | undefined;
        for (const round of ["a", "b", "c"]) {
          const values = numbered(8, round);
          const results = await Promise.all(
            values.map((value, n) => (stores[n % 2] ?? store).cas(live, before, value)),
          );
          const now = await store.pointer(live);
          expect(results.map(({ ok }) => ok)).toEqual(values.map((value) => value === now));
          const lost = { ok: false, conflict: { ...(before === undefined ? {} : { expected: before }), actual: now } };
          expect(results.find(({ ok }) => !ok)).toEqual(lost);
          before = now;
        }
      },
    },
    {
      id: "pointer-subjects",
      title: "is another one for every kind, tenant and id, and holds any text",
      run: async ({ store, expect }) => {
        const texts = [...new Set([...hostileIds, ...unusualTexts])];
        const subjects = [
          ...alikeSubjects,
          ...texts.flatMap((x) => [plan(`${x}.`), plan("p", `${x}.`), { kind: `${x}.`, tenantId: "", id: "p" }]),
        ];
        const value = (n: number) => `${n}${texts[n % texts.length]}`;
        for (const [n, subject] of subjects.entries()) {
          expect(await store.cas(subject, undefined, value(n))).toEqual({ ok: true });
        }
        for (const [n, subject] of subjects.entries()) expect(await store.pointer(subject)).toBe(value(n));
      },
    },
  ],
};

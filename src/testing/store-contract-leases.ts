import { RegraftError } from "../errors.js";
import type { RecordStore } from "../ports/record-store.js";
import type { Subject } from "../ports/subject.js";
import type { ContractGroup } from "./store-contract-case.js";
import { alikeSubjects, codeOf, hostileIds, ledgerRecord, numbered, plan } from "./store-contract-fixtures.js";

const name: Subject = { kind: "deploy", tenantId: "", id: "p1" };

async function taken(store: RecordStore, owner: string, lease = name): Promise<number> {
  const result = await store.lease(lease, { owner, ttlMs: 1000 });
  if (result.ok) return result.token;
  throw new RegraftError("STORE.LEASE_HELD", `held by ${result.heldBy.owner}`);
}

/** What every store with leases keeps. */
export const leaseCases: ContractGroup<RecordStore> = {
  title: "a lease",
  cases: [
    {
      id: "lease-excludes",
      title: "excludes everybody else, its own holder included, until its time is over",
      needs: ["leases"],
      run: async ({ store, clock, expect }) => {
        const token = await taken(store, "ana");
        const heldBy = { owner: "ana", expiresAtMs: clock.now() + 1000 };
        expect(await store.lease(name, { owner: "ben", ttlMs: 1000 })).toEqual({ ok: false, heldBy });
        expect(await store.lease(name, { owner: "ana", ttlMs: 1000 })).toEqual({ ok: false, heldBy });
        clock.advance(999);
        expect(await store.lease(name, { owner: "ben", ttlMs: 1000 })).toMatchObject({ ok: false });
        clock.advance(1);
        const next = await store.lease(name, { owner: "ben", ttlMs: 500 });
        expect(next).toMatchObject({ ok: true, expiresAtMs: clock.now() + 500 });
        expect(next.ok && next.token > token).toBe(true);
      },
    },
    {
      id: "lease-renewed",
      title: "lasts longer when it is renewed in time, and ends when it is given back",
      needs: ["leases"],
      run: async ({ store, clock, expect }) => {
        const fence = { lease: name, token: await taken(store, "ana") };
        clock.advance(900);
        expect(await store.renew(fence, { ttlMs: 1000 })).toBe(true);
        clock.advance(900);
        expect(await store.lease(name, { owner: "ben", ttlMs: 1 })).toMatchObject({ ok: false });
        expect(await store.release(fence)).toBe(true);
        expect(await store.release(fence)).toBe(false);
        expect((await taken(store, "ben")) > fence.token).toBe(true);
        expect(await store.renew(fence, { ttlMs: 1000 })).toBe(false);
        expect(await store.release(fence)).toBe(false);
        expect(await store.lease(name, { owner: "cleo", ttlMs: 1 })).toMatchObject({ ok: false });
      },
    },
    {
      id: "lease-over",
      title: "cannot be renewed or given back after its time",
      needs: ["leases"],
      run: async ({ store, clock, expect }) => {
        const fence = { lease: name, token: await taken(store, "ana") };
        clock.advance(1000);
        expect(await store.renew(fence, { ttlMs: 1000 })).toBe(false);
        expect(await store.release(fence)).toBe(false);
        const never = { lease: { ...name, id: "never" }, token: 1 };
        expect(await store.renew(never, { ttlMs: 1000 })).toBe(false);
        expect(await store.release(never)).toBe(false);
      },
    },
    {
      id: "lease-fences",
      title: "fences off every write of an earlier holder, and lets the newest one write",
      needs: ["leases"],
      run: async ({ store, clock, expect }) => {
        const old = { lease: name, token: await taken(store, "ana") };
        expect(await store.cas(name, undefined, "1", { fence: old })).toEqual({ ok: true });
        const { digest } = await store.put({ ...plan("p"), body: { n: 1 } });
        clock.advance(1000);
        const fence = { lease: name, token: await taken(store, "ben") };
        const never = { lease: { ...name, id: "p2" }, token: 1 };
        const ahead = { lease: name, token: fence.token + 1 };
        for (const outdated of [old, never, ahead]) {
          const options = { fence: outdated };
          expect(await codeOf(store.cas(name, "1", "2", options))).toBe("STORE.LEASE_HELD");
          expect(await codeOf(store.append(name, [ledgerRecord("late")], options))).toBe("STORE.LEASE_HELD");
          expect(await codeOf(store.drop(plan("p"), digest, options))).toBe("STORE.LEASE_HELD");
        }
        expect((await store.load(plan("p"), digest))?.body).toEqual({ n: 1 });
        expect(await store.cas(name, "1", "2", { fence })).toEqual({ ok: true });
        expect(await store.append(name, [ledgerRecord("in time")], { fence })).toMatchObject({ ok: true, seq: 1 });
        expect(await store.drop(plan("p"), digest, { fence })).toBe(true);
      },
    },
    {
      id: "lease-race",
      title: "is taken by one of many who ask at once, with tokens that only rise",
      needs: ["leases"],
      run: async ({ store, another, clock, expect }) => {
        const stores = [store, await another()];
        let last = 0;
        for (let round = 0; round < 3; round += 1) {
          const results = await Promise.all(
            numbered(8, "owner").map((owner, n) => (stores[n % 2] ?? store).lease(name, { owner, ttlMs: 1000 })),
          );
          const tokens = results.flatMap((result) => (result.ok ? [result.token] : []));
          expect(tokens.length).toBe(1);
          expect((tokens[0] ?? 0) > last).toBe(true);
          last = tokens[0] ?? 0;
          clock.advance(1000);
        }
      },
    },
    {
      id: "lease-subjects",
      title: "is another one for every kind, tenant and id, and names any owner",
      needs: ["leases"],
      run: async ({ store, clock, expect }) => {
        const subjects = [
          ...alikeSubjects,
          ...hostileIds.flatMap((x) => [
            { kind: "k", tenantId: "", id: x },
            { kind: "k", tenantId: x, id: "." },
            { kind: `${x}.`, tenantId: "", id: "." },
          ]),
        ];
        const owner = (n: number) => `${n}${hostileIds[n % hostileIds.length]}`;
        for (const [n, subject] of subjects.entries()) {
          expect(await store.lease(subject, { owner: owner(n), ttlMs: 1000 })).toMatchObject({ ok: true });
        }
        for (const [n, subject] of subjects.entries()) {
          const heldBy = { owner: owner(n), expiresAtMs: clock.now() + 1000 };
          expect(await store.lease(subject, { owner: "late", ttlMs: 1 })).toEqual({ ok: false, heldBy });
        }
      },
    },
  ],
};

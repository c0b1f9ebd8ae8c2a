import { describe, expect, it } from "vitest";
import { isRegraftError } from "../../src/errors.js";
import type { RecordStore } from "../../src/ports/record-store.js";
import { type ManualClock, manualClock } from "../../src/testing/clock.js";
import { ledgerRecord } from "./fixtures.js";

const name = { kind: "deploy", tenantId: "", id: "p1" };

async function taken(store: RecordStore, owner: string): Promise<number> {
  const result = await store.lease(name, { owner, ttlMs: 1000 });
  if (!result.ok) throw new TypeError(`held by ${result.heldBy.owner}`);
  return result.token;
}

/** What every store with leases keeps. */
export function leaseContract(makeStore: (clock: ManualClock) => Promise<RecordStore>): void {
  describe("a lease", () => {
    it("excludes everybody else, its own holder included, until its time is over", async () => {
      const clock = manualClock();
      const store = await makeStore(clock);
      const token = await taken(store, "ana");
      const heldBy = { owner: "ana", expiresAtMs: clock.now() + 1000 };
      expect(await store.lease(name, { owner: "ben", ttlMs: 1000 })).toEqual({ ok: false, heldBy });
      expect(await store.lease(name, { owner: "ana", ttlMs: 1000 })).toEqual({ ok: false, heldBy });
      clock.advance(999);
      expect(await store.lease(name, { owner: "ben", ttlMs: 1000 })).toMatchObject({ ok: false });
      clock.advance(1);
      expect(await taken(store, "ben")).toBeGreaterThan(token);
    });

    it("lasts longer when it is renewed in time, and ends when it is given back", async () => {
      const clock = manualClock();
      const store = await makeStore(clock);
      const fence = { lease: name, token: await taken(store, "ana") };
      clock.advance(900);
      expect(await store.renew(fence, { ttlMs: 1000 })).toBe(true);
      clock.advance(900);
      expect(await store.lease(name, { owner: "ben", ttlMs: 1 })).toMatchObject({ ok: false });
      expect(await store.release(fence)).toBe(true);
      expect(await store.release(fence)).toBe(false);
      expect(await taken(store, "ben")).toBe(fence.token + 1);
      expect(await store.renew(fence, { ttlMs: 1000 })).toBe(false);
    });

    it("cannot be renewed after its time", async () => {
      const clock = manualClock();
      const store = await makeStore(clock);
      const fence = { lease: name, token: await taken(store, "ana") };
      clock.advance(1000);
      expect(await store.renew(fence, { ttlMs: 1000 })).toBe(false);
    });

    it("fences off the writes of an earlier holder", async () => {
      const clock = manualClock();
      const store = await makeStore(clock);
      const old = { lease: name, token: await taken(store, "ana") };
      expect(await store.cas(name, undefined, "1", { fence: old })).toEqual({ ok: true });
      clock.advance(1000);
      const fence = { lease: name, token: await taken(store, "ben") };
      const isFenced = (error: unknown) => isRegraftError(error, "STORE.LEASE_HELD");
      await expect(store.cas(name, "1", "2", { fence: old })).rejects.toSatisfy(isFenced);
      await expect(store.append(name, [ledgerRecord("late")], { fence: old })).rejects.toSatisfy(isFenced);
      const never = { lease: { ...name, id: "p2" }, token: 1 };
      await expect(store.cas(name, "1", "2", { fence: never })).rejects.toSatisfy(isFenced);
      expect(await store.cas(name, "1", "2", { fence })).toEqual({ ok: true });
      expect(await store.append(name, [ledgerRecord("in time")], { fence })).toMatchObject({ ok: true, seq: 1 });
    });
  });
}

import { RegraftError } from "../errors.js";
import type { Clock } from "../ports/clock.js";
import type { Fence, RecordStore } from "../ports/record-store.js";
import { subjectKey } from "./subject-key.js";

interface Lease {
  readonly token: number;
  readonly owner: string;
  readonly expiresAtMs: number;
}

/** The leases of the memory store, and the check of a fence. */
export interface MemoryLeases extends Pick<RecordStore, "lease" | "renew" | "release"> {
  checkFence(fence: Fence | undefined): void;
}

/** Makes leases that end by the given clock. */
export function memoryLeases(clock: Clock): MemoryLeases {
  const leases = new Map<string, Lease>();

  const isHeld = (lease: Lease): boolean => lease.expiresAtMs > clock.now();

  /** The lease of a fence, if its holder still has it. */
  const heldBy = (fence: Fence): Lease | undefined => {
    const lease = leases.get(subjectKey(fence.lease));
    return lease?.token === fence.token && isHeld(lease) ? lease : undefined;
  };

  const endAt = (fence: Fence, expiresAtMs: number): boolean => {
    const lease = heldBy(fence);
    if (lease !== undefined) leases.set(subjectKey(fence.lease), { ...lease, expiresAtMs });
    return lease !== undefined;
  };

  return {
    checkFence: (fence) => {
      if (fence === undefined) return;
      const newest = leases.get(subjectKey(fence.lease))?.token;
      if (fence.token === newest) return;
      throw new RegraftError("STORE.LEASE_HELD", "somebody else has taken the lease since", {
        expected: `token ${newest ?? "of a lease that exists"}`,
        received: `token ${fence.token}`,
      });
    },

    lease: async (name, { owner, ttlMs }) => {
      const key = subjectKey(name);
      const last = leases.get(key);
      if (last !== undefined && isHeld(last)) {
        return { ok: false, heldBy: { owner: last.owner, expiresAtMs: last.expiresAtMs } };
      }
      const lease = { token: (last?.token ?? 0) + 1, owner, expiresAtMs: clock.now() + ttlMs };
      leases.set(key, lease);
      return { ok: true, token: lease.token, expiresAtMs: lease.expiresAtMs };
    },

    renew: async (fence, { ttlMs }) => endAt(fence, clock.now() + ttlMs),

    release: async (fence) => endAt(fence, Number.NEGATIVE_INFINITY),
  };
}

import { RegraftError } from "../errors.js";
import type { Clock } from "../ports/clock.js";
import type { Fence, RecordStore } from "../ports/record-store.js";
import type { Subject } from "../ports/subject.js";
import { leaseFile } from "./file-layout.js";
import { damaged, type Workspace } from "./file-workspace.js";
import { subjectKey } from "./subject-key.js";

interface Lease {
  readonly subject: Subject;
  readonly token: number;
  readonly owner: string;
  /** 0 when it was given back. */
  readonly expiresAtMs: number;
}

function readLease(at: Workspace, name: Subject): Lease | undefined {
  const path = leaseFile(name);
  const value = at.readJson(path);
  if (value === undefined) return undefined;
  const isLease =
    typeof value === "object" &&
    value !== null &&
    "token" in value &&
    Number.isInteger(value.token) &&
    "owner" in value &&
    "expiresAtMs" in value &&
    typeof value.expiresAtMs === "number";
  if (!isLease) throw damaged(path, "JSON that is no lease");
  return value as Lease;
}

/** The key of the lock that a lease changes under. */
export function leaseKey(name: Subject): string {
  return `lease ${subjectKey(name)}`;
}

/**
 * Refuses a fence that is not of the newest holder. Needs the lock of the lease until the fenced write is done.
 *
 * @throws RegraftError `STORE.LEASE_HELD`
 */
export function checkFence(at: Workspace, fence: Fence): void {
  const newest = readLease(at, fence.lease)?.token;
  if (fence.token === newest) return;
  throw new RegraftError("STORE.LEASE_HELD", "somebody else has taken the lease since", {
    expected: `token ${newest ?? "of a lease that exists"}`,
    received: `token ${fence.token}`,
  });
}

/** The leases of the file store: one file each, which stays when a lease ends, so that tokens only rise. */
export function fileLeases(
  workspace: () => Promise<Workspace>,
  clock: Clock,
): Pick<RecordStore, "lease" | "renew" | "release"> {
  /** Changes the end of a lease that its holder still has. */
  const endAt = async (fence: Fence, expiresAtMs: number): Promise<boolean> => {
    const at = await workspace();
    return at.locks.holding([leaseKey(fence.lease)], async () => {
      const lease = readLease(at, fence.lease);
      if (lease?.token !== fence.token || lease.expiresAtMs <= clock.now()) return false;
      await at.write(leaseFile(fence.lease), { ...lease, expiresAtMs });
      return true;
    });
  };

  return {
    lease: async (name, { owner, ttlMs }) => {
      const at = await workspace();
      return at.locks.holding([leaseKey(name)], async () => {
        const last = readLease(at, name);
        const nowMs = clock.now();
        if (last !== undefined && last.expiresAtMs > nowMs) {
          return { ok: false, heldBy: { owner: last.owner, expiresAtMs: last.expiresAtMs } };
        }
        const { kind, tenantId, id } = name;
        const token = (last?.token ?? 0) + 1;
        const lease: Lease = { subject: { kind, tenantId, id }, token, owner, expiresAtMs: nowMs + ttlMs };
        await at.write(leaseFile(name), lease);
        return { ok: true, token, expiresAtMs: lease.expiresAtMs };
      });
    },

    renew: (fence, { ttlMs }) => endAt(fence, clock.now() + ttlMs),

    release: (fence) => endAt(fence, 0),
  };
}

import type { PlanStatus, ReasonCode, Timestamp } from "../contracts/types.js";
import type { Fence } from "../ports/record-store.js";
import type { Engine } from "./context.js";

/** An archived version. */
export interface RetainedVersion {
  readonly kind: "version";
  readonly scenarioId: string;
  readonly version: number;
  /** When a later version took its place; absent if the ledger does not say. */
  readonly endedAt?: Timestamp;
  /** Digest of its document. */
  readonly digest: string;
}

/** A plan. */
export interface RetainedPlan {
  readonly kind: "plan";
  readonly scenarioId: string;
  readonly planId: string;
  readonly fromVersion: number;
  readonly toVersion: number;
  readonly status: PlanStatus;
  readonly revision: number;
  /** When it came to an end, or for a deployed one when the last of its sessions was marked. */
  readonly endedAt: Timestamp;
  /** Digest of its document. */
  readonly digest: string;
}

/** Something that retention looks at. */
export type RetainedItem = RetainedVersion | RetainedPlan;

/** What stays, and why; `by` names the session (or the place of one that cannot be read), plan or hold that keeps it, `until` when its time is over. */
export interface KeptItem {
  readonly item: RetainedItem;
  readonly reason: ReasonCode;
  readonly by?: string;
  readonly until?: Timestamp;
}

/**
 * What retention would drop at a moment, and what it keeps and why. A value to read, keep and apply later: each item is looked at
 * again before it is dropped.
 *
 * @since 0.2.0
 * @public
 */
export interface RetentionPlan {
  readonly tenantId: string;
  readonly at: Timestamp;
  readonly versionDays: number;
  readonly planDays: number;
  /** By scenario, plans before versions. */
  readonly drop: readonly RetainedItem[];
  readonly keep: readonly KeptItem[];
  /** Of all the rest. */
  readonly digest: string;
}

/** Why something stays. */
export interface Keeping {
  readonly reason: ReasonCode;
  readonly by?: string;
  readonly until?: Timestamp;
}

/** What became of a retention plan. */
export interface RetentionResult {
  readonly dropped: readonly RetainedItem[];
  /** What the plan wanted to drop and something has come to need, or has changed, since. */
  readonly spared: readonly KeptItem[];
}

/** What the parts of an application share. */
export interface Application {
  readonly engine: Engine;
  readonly by: string;
  /** Digest of the retention plan. */
  readonly planned: string;
  readonly fence: Fence;
  /** Called between any two pieces of the work. */
  readonly keepLease: () => Promise<void>;
  /** Why an item stays after all, as things are now; called right before it is dropped. */
  readonly keeping: (item: RetainedItem) => Promise<Keeping | undefined>;
}

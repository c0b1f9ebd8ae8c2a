/**
 * What a store can do; the engine and the contract suite read it instead of guessing.
 *
 * @public
 */
export interface StoreCapabilities {
  /** A session and the ledger records of its commit are written together or not at all. */
  readonly atomicCommit: boolean;
  /** What was written survives the end of the process. */
  readonly durable: boolean;
  /** `mark` costs a few round trips a page, not one a session. */
  readonly setBasedMark: boolean;
  /** `scan` with `outbox` costs as much as there are sessions with one, not as there are sessions; and there is `settle`. */
  readonly indexedOutbox?: boolean;
  /** `lease` excludes other holders and fences off old ones. */
  readonly leases: boolean;
}

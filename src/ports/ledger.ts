import type { Timestamp } from "../contracts/types.js";
import type { Subject } from "./subject.js";

/**
 * One thing that happened, as its author hands it to the ledger.
 *
 * @public
 */
export interface LedgerRecord {
  /** For example `session.reconciled` or `plan.approved`. */
  readonly type: string;
  readonly at: Timestamp;
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * A ledger record in its stream. The sequence of a stream starts at 1 and has no gaps.
 *
 * @public
 */
export interface LedgerEntry extends LedgerRecord {
  readonly subject: Subject;
  readonly seq: number;
  /** `recordDigest` of the record, in the form `sha256:` and 64 hex digits. */
  readonly digest: string;
  /** `entryHash` of the hash before, the sequence number and the digest: what chains the stream. */
  readonly hash: string;
  /** The data was erased for good and is empty; digest and hash are those of the entry as it was. */
  readonly erased?: true;
}

/**
 * Where a stream ends.
 *
 * @public
 */
export interface StreamHead {
  readonly seq: number;
  readonly hash: string;
}

/**
 * A stream that has entries, or had some that were dropped, and its head.
 *
 * @public
 */
export interface StreamSummary extends StreamHead {
  readonly subject: Subject;
}

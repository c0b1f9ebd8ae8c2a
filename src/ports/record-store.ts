import type { StoreCapabilities } from "./capabilities.js";
import type { LedgerEntry, LedgerRecord, StreamSummary } from "./ledger.js";
import type { PageRequest } from "./paging.js";
import type { Subject } from "./subject.js";

/**
 * A document to be kept for good, under its subject and the digest of its body.
 *
 * @public
 */
export interface NewRecord extends Subject {
  /** What `find` can ask for; derived from the body, so never part of the digest. */
  readonly tags?: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A kept document, deeply frozen. */
export interface StoredRecord extends NewRecord {
  readonly tags: Readonly<Record<string, string>>;
  /** `sha256:` and 64 hex digits over the canonical JSON of the body. */
  readonly digest: string;
}

/**
 * Records of one kind and tenant; all parts must hold. An empty list matches nothing.
 *
 * @public
 */
export interface RecordQuery {
  readonly kind: string;
  readonly tenantId: string;
  readonly ids?: readonly string[];
  /** Each tag must have the value, or one of the values. */
  readonly tags?: Readonly<Record<string, string | readonly string[]>>;
}

/** A page of records in a stable order; `total` counts all pages. */
export interface RecordPage {
  readonly records: readonly StoredRecord[];
  readonly total: number;
  readonly cursor?: string;
}

/** A pointer had another value: nothing was written. */
export interface PointerConflict {
  readonly expected?: string;
  readonly actual?: string;
}

/** What became of a compare-and-set. */
export type CasResult = { readonly ok: true } | { readonly ok: false; readonly conflict: PointerConflict };

/** The stream had another length: nothing was written. */
export interface SequenceConflict {
  readonly expected: number;
  readonly actual: number;
}

/** What became of an append; `seq` is that of the last entry appended. */
export type AppendResult =
  | { readonly ok: true; readonly seq: number; readonly repeated: boolean }
  | { readonly ok: false; readonly conflict: SequenceConflict };

/** A part of a stream in order, and the sequence number of its last entry (0 if it is empty). */
export interface StreamPage {
  readonly entries: readonly LedgerEntry[];
  readonly head: number;
}

/** A page of a tenant's streams; no cursor on the last one. */
export interface StreamList {
  readonly streams: readonly StreamSummary[];
  readonly cursor?: string;
}

/**
 * What goes of the start of a stream: the `data` of its entries, whose digests and hashes stay, or the `entries` themselves.
 *
 * @public
 */
export type ErasedPart = "data" | "entries";

/** Who holds a lease, and until when (milliseconds since the epoch). */
export interface LeaseHolder {
  readonly owner: string;
  readonly expiresAtMs: number;
}

/** What became of asking for a lease. Tokens of one lease only rise. */
export type LeaseResult =
  | { readonly ok: true; readonly token: number; readonly expiresAtMs: number }
  | { readonly ok: false; readonly heldBy: LeaseHolder };

/** Proof that a write comes from the newest holder of a lease. */
export interface Fence {
  readonly lease: Subject;
  readonly token: number;
}

/**
 * Where plans, scenario versions, evidence and the ledger live: five primitives, and `drop` and `erase` for what retention and erasure end.
 *
 * Order of writes: `put`, then `append`, then `cas`. A record that no pointer names yet is invisible to `find` and to
 * `load` without a digest, so a crash in between leaves waste, never half a change. A write whose fence is not the
 * newest token throws `STORE.LEASE_HELD`; failures of the store throw `STORE.UNAVAILABLE`.
 *
 * @public
 */
export interface RecordStore {
  readonly capabilities: StoreCapabilities;

  /** Keeps a document; the same document again changes nothing. */
  put(record: NewRecord): Promise<{ readonly digest: string }>;

  /** The document of that digest, or, without a digest, the one that the pointer of the same subject names. */
  load(subject: Subject, digest?: string): Promise<StoredRecord | undefined>;

  /** The matching documents that the pointers of their subjects name, in a stable order by id. */
  find(query: RecordQuery, page: PageRequest): Promise<RecordPage>;

  /**
   * Takes a document away for good. A document that the pointer of its subject names stays: take the pointer first.
   *
   * @returns whether the document is gone, also if it never was there
   */
  drop(subject: Subject, digest: string, options?: { readonly fence?: Fence }): Promise<boolean>;

  /**
   * Adds records to the stream of a subject, all or none.
   *
   * `expectedSeq` is the head the caller has seen. The same idempotency key with the same records returns the first
   * outcome; with others it throws `STORE.IDEMPOTENCY_CONFLICT`.
   */
  append(
    stream: Subject,
    records: readonly LedgerRecord[],
    options?: { readonly expectedSeq?: number; readonly idempotencyKey?: string; readonly fence?: Fence },
  ): Promise<AppendResult>;

  /** Entries of a stream after a sequence number (0 if absent). */
  read(stream: Subject, page: { readonly after?: number; readonly limit: number }): Promise<StreamPage>;

  /** The streams of a tenant with their heads, in an order that no append changes. */
  streams(tenantId: string, page: PageRequest): Promise<StreamList>;

  /**
   * Takes the start of a stream away for good, up to and with a sequence number; numbers and hashes of what follows stay.
   *
   * Entries whose `data` went are read as `erased`. Dropped `entries` are not read any more, and the last entry of a stream is never
   * dropped. Idempotency keys of what was dropped are forgotten; those of what was erased go on to answer.
   *
   * @returns how many entries lost what is asked for in this call
   */
  erase(
    stream: Subject,
    request: { readonly through: number; readonly part: ErasedPart },
    options?: { readonly fence?: Fence },
  ): Promise<{ readonly erased: number }>;

  /** The value of a pointer, usually a digest; undefined if it was never set or was taken away. */
  pointer(subject: Subject): Promise<string | undefined>;

  /** Sets a pointer if it still has the expected value; `undefined` stands for no value on both sides. */
  cas(
    pointer: Subject,
    expected: string | undefined,
    next: string | undefined,
    options?: { readonly fence?: Fence },
  ): Promise<CasResult>;

  /** Takes a lease that nobody holds, or whose time is over. The present holder does not get it twice. */
  lease(name: Subject, request: { readonly owner: string; readonly ttlMs: number }): Promise<LeaseResult>;

  /** Extends a lease from now on; false if it ended or somebody else took it. */
  renew(fence: Fence, request: { readonly ttlMs: number }): Promise<boolean>;

  /** Gives a lease back; false if it ended or somebody else took it. */
  release(fence: Fence): Promise<boolean>;
}

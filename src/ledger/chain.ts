import { digestOf } from "../hash/digest.js";
import { sha256Hex } from "../hash/sha256.js";
import type { LedgerEntry, LedgerRecord, StreamHead } from "../ports/ledger.js";
import type { Subject } from "../ports/subject.js";

/**
 * The digest of one record in its stream: over what happened, when, to whom, and nothing of its place.
 *
 * It stands in the entry, so the chain can be verified also where the data of the entry was erased.
 *
 * @throws RegraftError `INPUT.INVALID` if the data is not JSON
 *
 * @since 0.2.0
 * @public
 */
export function recordDigest({ kind, tenantId, id }: Subject, { type, at, data }: LedgerRecord): string {
  return digestOf({ subject: { kind, tenantId, id }, type, at, data });
}

/** What the first entry of a stream is chained to: a hash of the stream's name, so that no stream passes for another. */
export function genesisHash({ kind, tenantId, id }: Subject): string {
  return digestOf({ kind, tenantId, id });
}

/**
 * The hash that chains an entry to the one before: SHA-256 over the UTF-8 text of the previous hash, the sequence
 * number and the record's digest, joined by line feeds. Plain enough to be computed by a database, too.
 *
 * @param previous - hash of entry `seq - 1`, or `genesisHash` of the stream
 *
 * @since 0.2.0
 * @public
 */
export function entryHash(previous: string, seq: number, digest: string): string {
  return `sha256:${sha256Hex(`${previous}\n${seq}\n${digest}`)}`;
}

/** The head of a stream that has no entry. */
export function emptyHead(subject: Subject): StreamHead {
  return { seq: 0, hash: genesisHash(subject) };
}

/**
 * Turns records into the entries that follow a head.
 *
 * @returns the entries in order, not frozen; the last one is the new head
 */
export function chained(subject: Subject, head: StreamHead, records: readonly LedgerRecord[]): LedgerEntry[] {
  const { kind, tenantId, id } = subject;
  let { seq, hash } = head;
  return records.map(({ type, at, data }) => {
    const digest = recordDigest(subject, { type, at, data });
    seq += 1;
    hash = entryHash(hash, seq, digest);
    return { type, at, data, subject: { kind, tenantId, id }, seq, digest, hash };
  });
}

/** An entry whose data is gone for good. What proves its place in the chain stays. */
export function erasedEntry({ subject, type, at, seq, digest, hash }: LedgerEntry): LedgerEntry {
  return { type, at, data: {}, subject, seq, digest, hash, erased: true };
}

import { RegraftError } from "../errors.js";
import { canonicalJson } from "../hash/canonical-json.js";
import type { LedgerEntry, StreamHead } from "../ports/ledger.js";
import type { Subject } from "../ports/subject.js";
import { emptyHead, entryHash, recordDigest } from "./chain.js";
import { isEntry } from "./entry-form.js";
import { droppedThrough, erasedThrough } from "./tombstones.js";

/**
 * What a stream was found to be.
 *
 * @since 0.2.0
 * @public
 */
export interface StreamVerdict {
  readonly subject: Subject;
  /** Number of the first entry that is still there; 1 unless the stream was shortened, 0 if it is empty. */
  readonly first: number;
  readonly head: StreamHead;
  /** Entries that were looked at, and those of them whose data was erased. */
  readonly entries: number;
  readonly erased: number;
}

/** Takes the entries of a stream one after the other. Keeps a few numbers, whatever the length of the stream. */
export interface StreamVerifier {
  /** @throws RegraftError `LEDGER.CHAIN_BROKEN` with the sequence number in `seq` */
  take(entry: LedgerEntry): void;
  /** @throws RegraftError `LEDGER.CHAIN_BROKEN` */
  end(): StreamVerdict;
}

/** The error for a stream that is not what was appended. */
export function chainBroken(
  subject: Subject,
  seq: number,
  {
    expected = "an entry that continues the chain",
    received,
  }: { readonly expected?: string; readonly received: string },
): RegraftError {
  return new RegraftError("LEDGER.CHAIN_BROKEN", `entry ${seq} of a ledger stream is not what was appended`, {
    seq,
    stream: subject,
    expected,
    received,
  });
}

function digestIn(subject: Subject, entry: LedgerEntry): string | undefined {
  if (entry.erased === true) return Object.keys(entry.data).length === 0 ? entry.digest : undefined;
  try {
    return recordDigest(subject, entry);
  } catch {
    return undefined;
  }
}

/**
 * Makes a verifier for one stream.
 *
 * @param sealed - a head that a seal has recorded: a stream that ends before it, or has another entry there, is broken
 */
export function streamVerifier(subject: Subject, { sealed }: { readonly sealed?: StreamHead } = {}): StreamVerifier {
  let head: StreamHead = emptyHead(subject);
  let [count, erased, lastErased, accountedFor] = [0, 0, 0, 0];
  let first: LedgerEntry | undefined;
  let isFirstProven = true;

  const begin = (entry: LedgerEntry): void => {
    first = entry;
    // Whether it may be the first one is only known once its tombstone is met; its own hash is taken for given until then.
    isFirstProven = entry.seq <= 1;
    if (!isFirstProven) head = { seq: entry.seq - 1, hash: "" };
  };

  const checkDropped = (entry: LedgerEntry): void => {
    const last = droppedThrough(entry);
    if (first === undefined || isFirstProven || last?.seq !== first.seq - 1) return;
    if (entryHash(last.hash, first.seq, first.digest) !== first.hash) {
      throw chainBroken(subject, first.seq, { received: "an entry that does not follow the last one dropped" });
    }
    isFirstProven = true;
  };

  return {
    take: (entry) => {
      if (!isEntry(entry)) throw chainBroken(subject, head.seq + 1, { received: "what is no entry" });
      if (first === undefined) begin(entry);
      const seq = head.seq + 1;
      if (canonicalJson(entry.subject) !== canonicalJson(subject)) {
        throw chainBroken(subject, seq, { received: "an entry of another stream" });
      }
      if (entry.seq !== seq) {
        throw chainBroken(subject, seq, {
          expected: `entry ${seq}`,
          received: `an entry numbered ${String(entry.seq)}`,
        });
      }
      const digest = digestIn(subject, entry);
      if (digest !== entry.digest) throw chainBroken(subject, seq, { received: "content with another digest" });
      const isGiven = entry === first && !isFirstProven;
      if (!isGiven && entryHash(head.hash, seq, digest) !== entry.hash) {
        throw chainBroken(subject, seq, { received: "an entry with another hash" });
      }
      if (sealed?.seq === seq && sealed.hash !== entry.hash) {
        throw chainBroken(subject, seq, { expected: "the entry that was sealed", received: "another entry" });
      }
      head = { seq, hash: entry.hash };
      count += 1;
      if (entry.erased === true) {
        erased += 1;
        lastErased = seq;
      }
      accountedFor = Math.max(accountedFor, erasedThrough(entry));
      checkDropped(entry);
    },

    end: () => {
      if (first !== undefined && !isFirstProven) {
        const received = `a stream that starts at ${first.seq}, without a record of what was dropped`;
        throw chainBroken(subject, first.seq - 1, { received });
      }
      if (lastErased > accountedFor) {
        throw chainBroken(subject, lastErased, { received: "erased data, without a record of its erasure" });
      }
      if (sealed !== undefined && sealed.seq > head.seq) {
        const expected = `a stream that was sealed at ${sealed.seq}`;
        throw chainBroken(subject, head.seq + 1, { expected, received: `a stream that ends at ${head.seq}` });
      }
      return { subject, first: first?.seq ?? 0, head, entries: count, erased };
    },
  };
}

/**
 * Checks a whole stream: no entry is missing, doubled, moved or changed, erased data and dropped entries are accounted for, and the
 * stream goes at least as far as it was sealed.
 *
 * That the stream was not cut short after its last seal, only its store can say.
 *
 * @param options - `sealed`: the head of the stream as the latest seal has it
 * @throws RegraftError `LEDGER.CHAIN_BROKEN` with the sequence number in `seq`
 * @remarks Pure. Linear in the entries, which are taken one by one and not kept.
 *
 * @example
 * const store = memoryStore();
 * const stream = { kind: "note", tenantId: "", id: "n1" };
 * await store.append(stream, [{ type: "note.made", at: "2026-03-01T09:00:00Z", data: {} }]);
 * verifyStream(stream, (await store.read(stream, { limit: 100 })).entries).head.seq; // 1
 *
 * @since 0.2.0
 * @public
 */
export function verifyStream(
  subject: Subject,
  entries: Iterable<LedgerEntry>,
  options: { readonly sealed?: StreamHead } = {},
): StreamVerdict {
  const verifier = streamVerifier(subject, options);
  for (const entry of entries) verifier.take(entry);
  return verifier.end();
}

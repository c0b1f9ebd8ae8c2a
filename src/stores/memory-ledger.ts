import { RegraftError } from "../errors.js";
import { deepFreeze } from "../hash/freeze.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import { chained, emptyHead, erasedEntry, recordDigest } from "../ledger/chain.js";
import type { LedgerEntry, LedgerRecord, StreamHead, StreamSummary } from "../ports/ledger.js";
import type { PageRequest } from "../ports/paging.js";
import type { AppendResult, ErasedPart, StreamList, StreamPage } from "../ports/record-store.js";
import type { Subject } from "../ports/subject.js";
import { checkLimit } from "./paging.js";
import { sameJson } from "./same-json.js";
import { SortedMap } from "./sorted-map.js";
import { subjectKey } from "./subject-key.js";

interface Stream {
  readonly subject: Subject;
  /** The last entry that was dropped; what the kept records follow. */
  base: StreamHead;
  readonly records: LedgerRecord[];
  /** As far as somebody has read: hashing is left to the reader. */
  readonly entries: LedgerEntry[];
  /** Where the records that were appended under a key begin and end. */
  readonly keys: Map<string, { readonly after: number; readonly seq: number }>;
}

/** What an append may be bound to. */
export interface AppendConditions {
  readonly expectedSeq?: number;
  readonly idempotencyKey?: string;
}

/** The streams of the memory store. */
export interface MemoryLedger {
  append(stream: Subject, records: readonly LedgerRecord[], conditions?: AppendConditions): AppendResult;
  read(stream: Subject, page: { readonly after?: number; readonly limit: number }): StreamPage;
  streams(tenantId: string, page: PageRequest): StreamList;
  erase(stream: Subject, request: { readonly through: number; readonly part: ErasedPart }): number;
}

function lengthOf({ base, records }: Stream): number {
  return base.seq + records.length;
}

/** Chains the stream up to a sequence number and returns the part after another one. */
function chainedPart({ subject, base, records, entries }: Stream, after: number, to: number): LedgerEntry[] {
  const head = entries.at(-1) ?? base;
  const fresh = records.slice(head.seq - base.seq, Math.max(to - base.seq, 0));
  for (const entry of chained(subject, head, fresh)) entries.push(deepFreeze(entry));
  return entries.slice(Math.max(after - base.seq, 0), Math.max(to - base.seq, 0));
}

function headOf(stream: Stream): StreamHead {
  return chainedPart(stream, lengthOf(stream) - 1, lengthOf(stream))[0] ?? stream.base;
}

/** Whether records are those of a part of the stream; where the data is gone, by their digests. */
function isPart({ subject, base, records, entries }: Stream, after: number, given: readonly LedgerRecord[]): boolean {
  return given.every((record, at) => {
    const entry = entries[after - base.seq + at];
    if (entry?.erased === true) return recordDigest(subject, record) === entry.digest;
    return sameJson(records[after - base.seq + at], record);
  });
}

function repeated(stream: Stream, key: string, records: readonly LedgerRecord[]): AppendResult | undefined {
  const known = stream.keys.get(key);
  if (known === undefined) return undefined;
  if (known.seq - known.after === records.length && isPart(stream, known.after, records)) {
    return { ok: true, seq: known.seq, repeated: true };
  }
  throw new RegraftError("STORE.IDEMPOTENCY_CONFLICT", "the key was used for other records of this stream", {
    expected: "the records first sent under this key",
    idempotencyKey: key,
  });
}

function eraseData(stream: Stream, through: number): number {
  chainedPart(stream, 0, through);
  let erased = 0;
  for (let at = 0; at < through - stream.base.seq; at += 1) {
    const entry = stream.entries[at];
    if (entry === undefined || entry.erased === true) continue;
    stream.entries[at] = deepFreeze(erasedEntry(entry));
    stream.records[at] = Object.freeze({ type: entry.type, at: entry.at, data: Object.freeze({}) });
    erased += 1;
  }
  return erased;
}

function dropEntries(stream: Stream, through: number): number {
  const last = chainedPart(stream, through - 1, through)[0];
  if (last === undefined) return 0;
  const dropped = through - stream.base.seq;
  stream.records.splice(0, dropped);
  stream.entries.splice(0, dropped);
  stream.base = { seq: last.seq, hash: last.hash };
  for (const [key, { after }] of stream.keys) if (after < through) stream.keys.delete(key);
  return dropped;
}

/** Makes empty streams in memory. */
export function memoryLedger(): MemoryLedger {
  const streams = new Map<string, Stream>();
  /** By tenant, in the order in which they are listed. */
  const lists = new Map<string, SortedMap<Stream>>();

  const keep = (stream: Stream): void => {
    const { kind, tenantId, id } = stream.subject;
    streams.set(subjectKey(stream.subject), stream);
    const list = lists.get(tenantId) ?? new SortedMap();
    list.set(JSON.stringify([kind, id]), stream);
    lists.set(tenantId, list);
  };

  return {
    append: (subject, given, { expectedSeq, idempotencyKey } = {}) => {
      const records = frozenCopy(given);
      const { kind, tenantId, id } = subject;
      const known = streams.get(subjectKey(subject));
      const own = Object.freeze({ kind, tenantId, id });
      const stream: Stream = known ?? { subject: own, base: emptyHead(own), records: [], entries: [], keys: new Map() };
      const settled = idempotencyKey === undefined ? undefined : repeated(stream, idempotencyKey, records);
      if (settled !== undefined) return settled;
      const after = lengthOf(stream);
      if (expectedSeq !== undefined && expectedSeq !== after) {
        return { ok: false, conflict: { expected: expectedSeq, actual: after } };
      }
      for (const { type, at, data } of records) stream.records.push(Object.freeze({ type, at, data }));
      const seq = lengthOf(stream);
      if (idempotencyKey !== undefined) stream.keys.set(idempotencyKey, { after, seq });
      if (known === undefined) keep(stream);
      return { ok: true, seq, repeated: false };
    },

    read: (subject, { after = 0, limit }) => {
      checkLimit(limit);
      const stream = streams.get(subjectKey(subject));
      if (stream === undefined) return { entries: [], head: 0 };
      const from = Math.max(after, stream.base.seq);
      return { entries: chainedPart(stream, from, from + limit), head: lengthOf(stream) };
    },

    streams: (tenantId, { cursor, limit }) => {
      checkLimit(limit);
      const found: StreamSummary[] = [];
      let last: string | undefined;
      let hasMore = false;
      lists.get(tenantId)?.visitAfter(cursor, (stream) => {
        if (lengthOf(stream) === 0) return true;
        hasMore = found.length === limit;
        if (hasMore) return false;
        const { seq, hash } = headOf(stream);
        found.push(Object.freeze({ subject: stream.subject, seq, hash }));
        last = JSON.stringify([stream.subject.kind, stream.subject.id]);
        return true;
      });
      return { streams: found, ...(hasMore && last !== undefined ? { cursor: last } : {}) };
    },

    erase: (subject, { through, part }) => {
      const stream = streams.get(subjectKey(subject));
      if (stream === undefined) return 0;
      const length = lengthOf(stream);
      return part === "data"
        ? eraseData(stream, Math.min(through, length))
        : dropEntries(stream, Math.min(through, length - 1));
    },
  };
}

import { RegraftError } from "../errors.js";
import { deepFreeze } from "../hash/freeze.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import { chained, emptyHead } from "../ledger/chain.js";
import type { LedgerEntry, LedgerRecord } from "../ports/ledger.js";
import type { AppendResult, StreamPage } from "../ports/record-store.js";
import type { Subject } from "../ports/subject.js";
import { checkLimit } from "./paging.js";
import { sameJson } from "./same-json.js";
import { subjectKey } from "./subject-key.js";

interface Stream {
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
}

/** Chains the stream up to a sequence number and returns the part after another one. */
function chainedPart(subject: Subject, { records, entries }: Stream, after: number, to: number): LedgerEntry[] {
  const head = entries.at(-1) ?? emptyHead(subject);
  for (const entry of chained(subject, head, records.slice(head.seq, to))) entries.push(deepFreeze(entry));
  return entries.slice(after, to);
}

function repeated(stream: Stream, key: string, records: readonly LedgerRecord[]): AppendResult | undefined {
  const known = stream.keys.get(key);
  if (known === undefined) return undefined;
  if (sameJson(stream.records.slice(known.after, known.seq), records)) {
    return { ok: true, seq: known.seq, repeated: true };
  }
  throw new RegraftError("STORE.IDEMPOTENCY_CONFLICT", "the key was used for other records of this stream", {
    expected: "the records first sent under this key",
    idempotencyKey: key,
  });
}

/** Makes empty streams in memory. */
export function memoryLedger(): MemoryLedger {
  const streams = new Map<string, Stream>();

  return {
    append: (subject, given, { expectedSeq, idempotencyKey } = {}) => {
      const records = frozenCopy(given);
      const name = subjectKey(subject);
      const stream: Stream = streams.get(name) ?? { records: [], entries: [], keys: new Map() };
      const settled = idempotencyKey === undefined ? undefined : repeated(stream, idempotencyKey, records);
      if (settled !== undefined) return settled;
      const after = stream.records.length;
      if (expectedSeq !== undefined && expectedSeq !== after) {
        return { ok: false, conflict: { expected: expectedSeq, actual: after } };
      }
      for (const { type, at, data } of records) stream.records.push(Object.freeze({ type, at, data }));
      const seq = stream.records.length;
      if (idempotencyKey !== undefined) stream.keys.set(idempotencyKey, { after, seq });
      streams.set(name, stream);
      return { ok: true, seq, repeated: false };
    },

    read: (subject, { after = 0, limit }) => {
      checkLimit(limit);
      const stream = streams.get(subjectKey(subject));
      if (stream === undefined) return { entries: [], head: 0 };
      return { entries: chainedPart(subject, stream, after, after + limit), head: stream.records.length };
    },
  };
}

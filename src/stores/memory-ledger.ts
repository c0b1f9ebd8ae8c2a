import { RegraftError } from "../errors.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import type { LedgerEntry, LedgerRecord } from "../ports/ledger.js";
import type { AppendResult, StreamPage } from "../ports/record-store.js";
import type { Subject } from "../ports/subject.js";
import { checkLimit } from "./paging.js";
import { sameJson } from "./same-json.js";
import { subjectKey } from "./subject-key.js";

interface Stream {
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

function sameRecords(entries: readonly LedgerEntry[], records: readonly LedgerRecord[]): boolean {
  const plain = entries.map(({ type, at, data }): LedgerRecord => ({ type, at, data }));
  return sameJson(plain, records);
}

function repeated(stream: Stream, key: string, records: readonly LedgerRecord[]): AppendResult | undefined {
  const known = stream.keys.get(key);
  if (known === undefined) return undefined;
  if (sameRecords(stream.entries.slice(known.after, known.seq), records)) {
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
      const stream: Stream = streams.get(name) ?? { entries: [], keys: new Map() };
      const settled = idempotencyKey === undefined ? undefined : repeated(stream, idempotencyKey, records);
      if (settled !== undefined) return settled;
      const after = stream.entries.length;
      if (expectedSeq !== undefined && expectedSeq !== after) {
        return { ok: false, conflict: { expected: expectedSeq, actual: after } };
      }
      const { kind, tenantId, id } = subject;
      const about = Object.freeze({ kind, tenantId, id });
      for (const { type, at, data } of records) {
        stream.entries.push(Object.freeze({ type, at, data, subject: about, seq: stream.entries.length + 1 }));
      }
      const seq = stream.entries.length;
      if (idempotencyKey !== undefined) stream.keys.set(idempotencyKey, { after, seq });
      streams.set(name, stream);
      return { ok: true, seq, repeated: false };
    },

    read: (subject, { after = 0, limit }) => {
      checkLimit(limit);
      const entries = streams.get(subjectKey(subject))?.entries ?? [];
      return { entries: entries.slice(after, after + limit), head: entries.length };
    },
  };
}

import { digestOf } from "../hash/digest.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import type { Clock } from "../ports/clock.js";
import type { RecordStore, StoredRecord } from "../ports/record-store.js";
import type { Subject } from "../ports/subject.js";
import { memoryLeases } from "./memory-leases.js";
import type { MemoryLedger } from "./memory-ledger.js";
import { checkLimit, checkThrough } from "./paging.js";
import { recordMatcher } from "./record-match.js";
import { SortedMap } from "./sorted-map.js";
import { subjectKey } from "./subject-key.js";

/**
 * The record side of the memory store. All methods finish in one turn of the event loop, hence atomically.
 *
 * @param pointers - their values, by the key of the subject
 */
export function memoryRecords(
  ledger: MemoryLedger,
  clock: Clock,
  pointers: Map<string, string>,
): Omit<RecordStore, "capabilities"> {
  const documents = new Map<string, Map<string, StoredRecord>>();
  /** By kind and tenant: the documents that pointers name, by id. */
  const lists = new Map<string, SortedMap<StoredRecord>>();
  const { checkFence, ...leases } = memoryLeases(clock);

  const listOf = (kind: string, tenantId: string): SortedMap<StoredRecord> => {
    const key = subjectKey({ kind, tenantId, id: "" });
    const list = lists.get(key) ?? new SortedMap();
    lists.set(key, list);
    return list;
  };

  const named = (subject: Subject): StoredRecord | undefined => {
    const key = subjectKey(subject);
    const digest = pointers.get(key);
    return digest === undefined ? undefined : documents.get(key)?.get(digest);
  };

  /** Brings the list in line with the pointer and the documents of a subject. */
  const relist = (subject: Subject): void => {
    const record = named(subject);
    const list = listOf(subject.kind, subject.tenantId);
    if (record === undefined) list.delete(subject.id);
    else list.set(subject.id, record);
  };

  return {
    ...leases,

    put: async ({ kind, tenantId, id, tags = {}, body: given }) => {
      const body = frozenCopy(given);
      const digest = digestOf(body);
      const subject = { kind, tenantId, id };
      const known = documents.get(subjectKey(subject)) ?? new Map<string, StoredRecord>();
      documents.set(subjectKey(subject), known);
      if (!known.has(digest)) {
        known.set(digest, frozenCopy({ ...subject, tags, body, digest }));
        relist(subject);
      }
      return { digest };
    },

    load: async (subject, digest) =>
      digest === undefined ? named(subject) : documents.get(subjectKey(subject))?.get(digest),

    find: async (query, { cursor, limit }) => {
      checkLimit(limit);
      const matches = recordMatcher(query);
      const all: StoredRecord[] = [];
      listOf(query.kind, query.tenantId).visitAfter(undefined, (record) => {
        if (matches(record)) all.push(record);
        return true;
      });
      const later = cursor === undefined ? all : all.filter((record) => record.id > cursor);
      const records = later.slice(0, limit);
      const last = records.at(-1);
      const page = { records, total: all.length };
      return last === undefined || later.length === records.length ? page : { ...page, cursor: last.id };
    },

    drop: async (subject, digest, { fence } = {}) => {
      checkFence(fence);
      const key = subjectKey(subject);
      if (pointers.get(key) === digest) return false;
      const known = documents.get(key);
      known?.delete(digest);
      if (known?.size === 0) documents.delete(key);
      return true;
    },

    append: async (stream, records, { fence, ...conditions } = {}) => {
      checkFence(fence);
      return ledger.append(stream, records, conditions);
    },

    read: async (stream, page) => ledger.read(stream, page),

    streams: async (tenantId, page) => ledger.streams(tenantId, page),

    erase: async (stream, request, { fence } = {}) => {
      checkFence(fence);
      checkThrough(request.through);
      return { erased: ledger.erase(stream, request) };
    },

    pointer: async (subject) => pointers.get(subjectKey(subject)),

    cas: async (subject, expected, next, { fence } = {}) => {
      checkFence(fence);
      const key = subjectKey(subject);
      const actual = pointers.get(key);
      if (actual !== expected) {
        const conflict = {
          ...(expected === undefined ? {} : { expected }),
          ...(actual === undefined ? {} : { actual }),
        };
        return { ok: false, conflict };
      }
      if (next === undefined) pointers.delete(key);
      else pointers.set(key, next);
      relist(subject);
      return { ok: true };
    },
  };
}

import { digestOf } from "../hash/digest.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import type { CasResult, Fence, RecordQuery, RecordStore, StoredRecord } from "../ports/record-store.js";
import type { Subject } from "../ports/subject.js";
import { documentFile, groupDirectory, pointerFile, shardedFiles } from "./file-layout.js";
import { checkFence, leaseKey } from "./file-leases.js";
import { appendRecords, readStream } from "./file-ledger.js";
import { eraseStream, listStreams } from "./file-streams.js";
import { damaged, type Workspace } from "./file-workspace.js";
import { checkLimit, checkThrough } from "./paging.js";
import { recordMatcher } from "./record-match.js";
import { sameJson } from "./same-json.js";
import { subjectKey } from "./subject-key.js";

/** A pointer, in a file of its own. */
interface Pointer {
  readonly subject: Subject;
  readonly value: string;
}

function plain({ kind, tenantId, id }: Subject): Subject {
  return { kind, tenantId, id };
}

function isSubject(value: unknown): value is Subject {
  const parts = typeof value === "object" && value !== null ? (value as Partial<Record<keyof Subject, unknown>>) : {};
  return [parts.kind, parts.tenantId, parts.id].every((part) => typeof part === "string");
}

function readPointerAt(at: Workspace, path: string): Pointer | undefined {
  const value = at.readJson(path);
  if (value === undefined) return undefined;
  const isPointer = typeof value === "object" && value !== null && "subject" in value && "value" in value;
  if (!isPointer || typeof value.value !== "string" || !isSubject(value.subject)) {
    throw damaged(path, "JSON that is no pointer");
  }
  return value as Pointer;
}

function readPointer(at: Workspace, subject: Subject): string | undefined {
  const path = pointerFile(subject);
  const pointer = readPointerAt(at, path);
  if (pointer === undefined) return undefined;
  if (sameJson(pointer.subject, plain(subject))) return pointer.value;
  throw damaged(path, "the pointer of another subject");
}

/**
 * Looks at the file of a pointer.
 *
 * @throws RegraftError `STORE.DAMAGED` if it is no pointer, or lies in place of another one's
 */
export function checkPointerAt(at: Workspace, path: string): void {
  const pointer = readPointerAt(at, path);
  if (pointer === undefined) return;
  if (pointerFile(pointer.subject) !== path) throw damaged(path, "the pointer of another subject");
}

/** A document, proven by its digest. */
function readDocument(at: Workspace, subject: Subject, digest: string): StoredRecord | undefined {
  const path = documentFile(subject, digest);
  const value = path && at.readJson(path);
  if (path === undefined || value === undefined) return undefined;
  const isRecord = typeof value === "object" && value !== null && "body" in value && "tags" in value;
  if (!isRecord || digestOf(value.body) !== digest) throw damaged(path, "another document");
  return frozenCopy(value as StoredRecord);
}

/** The document that the pointer of its subject names. */
function readNamed(at: Workspace, subject: Subject): StoredRecord | undefined {
  for (let digest = readPointer(at, subject); digest !== undefined; ) {
    const record = readDocument(at, subject, digest);
    const now = record === undefined ? readPointer(at, subject) : digest;
    // A document that is gone was dropped after the pointer had moved on.
    if (now === digest) return record;
    digest = now;
  }
  return undefined;
}

/** The subjects whose pointers can name a matching document. */
function* subjectsOf(at: Workspace, { kind, tenantId, ids }: RecordQuery): Generator<Subject> {
  if (ids !== undefined) {
    for (const id of new Set(ids)) yield { kind, tenantId, id };
    return;
  }
  for (const { path } of shardedFiles(at.files, at.root, groupDirectory("pointers", kind, tenantId))) {
    const pointer = readPointerAt(at, path);
    if (pointer !== undefined) yield pointer.subject;
  }
}

/** The record side of the file store. */
export function fileRecords(
  workspace: () => Promise<Workspace>,
): Omit<RecordStore, "capabilities" | "lease" | "renew" | "release"> {
  /** Acts under the lock of a subject and, if the write is fenced, that of the lease, whose fence has to be newest. */
  const writing = async <T>(
    subject: Subject,
    fence: Fence | undefined,
    act: (at: Workspace) => Promise<T>,
  ): Promise<T> => {
    const at = await workspace();
    const keys = [subjectKey(subject), ...(fence === undefined ? [] : [leaseKey(fence.lease)])];
    return at.locks.holding(keys, async () => {
      if (fence !== undefined) checkFence(at, fence);
      return act(at);
    });
  };

  return {
    put: async ({ kind, tenantId, id, tags = {}, body: given }) => {
      const record = frozenCopy({ kind, tenantId, id, tags, body: given });
      const digest = digestOf(record.body);
      const path = documentFile(record, digest);
      return writing(record, undefined, async (at) => {
        if (path !== undefined && readDocument(at, record, digest) === undefined)
          await at.write(path, { ...record, digest });
        return { digest };
      });
    },

    load: async (subject, digest) => {
      const at = await workspace();
      return digest === undefined ? readNamed(at, subject) : readDocument(at, subject, digest);
    },

    find: async (query, { cursor, limit }) => {
      checkLimit(limit);
      const at = await workspace();
      const matches = recordMatcher(query);
      const all: StoredRecord[] = [];
      for (const subject of subjectsOf(at, query)) {
        const record = readNamed(at, subject);
        if (record !== undefined && matches(record)) all.push(record);
      }
      all.sort((a, b) => (a.id < b.id ? -1 : 1));
      const later = cursor === undefined ? all : all.filter((record) => record.id > cursor);
      const records = later.slice(0, limit);
      const last = records.at(-1);
      const page = { records, total: all.length };
      return last === undefined || later.length === records.length ? page : { ...page, cursor: last.id };
    },

    drop: (subject, digest, { fence } = {}) =>
      writing(subject, fence, async (at) => {
        if (readPointer(at, subject) === digest) return false;
        const path = documentFile(subject, digest);
        if (path !== undefined) await at.remove(path);
        return true;
      }),

    append: (stream, records, { fence, ...conditions } = {}) =>
      writing(stream, fence, (at) => appendRecords(at, plain(stream), records, conditions)),

    read: async (stream, page) => {
      const at = await workspace();
      return readStream(at, plain(stream), page, (act) => at.locks.holding([subjectKey(stream)], act));
    },

    streams: async (tenantId, page) => listStreams(await workspace(), tenantId, page),

    erase: async (stream, request, { fence } = {}) => {
      checkThrough(request.through);
      return { erased: await writing(stream, fence, (at) => eraseStream(at, plain(stream), request)) };
    },

    pointer: async (subject) => readPointer(await workspace(), subject),

    cas: (subject, expected, next, { fence } = {}) =>
      writing(subject, fence, async (at): Promise<CasResult> => {
        const actual = readPointer(at, subject);
        if (actual !== expected) {
          const conflict = {
            ...(expected === undefined ? {} : { expected }),
            ...(actual === undefined ? {} : { actual }),
          };
          return { ok: false, conflict };
        }
        if (next === undefined) await at.remove(pointerFile(subject));
        else await at.write(pointerFile(subject), { subject: plain(subject), value: next });
        return { ok: true };
      }),
  };
}

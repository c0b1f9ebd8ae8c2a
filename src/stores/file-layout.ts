import { join } from "node:path";
import { RegraftError } from "../errors.js";
import { sha256Hex } from "../hash/sha256.js";
import type { Subject } from "../ports/subject.js";
import type { FileSystem } from "../resilience/atomic-file-system.js";
import { subjectKey } from "./subject-key.js";

/** The directories of a store, directly under its root. */
export const areas = ["sessions", "outbox", "documents", "pointers", "streams", "leases", "locks", "tmp"] as const;

/** One of them. */
export type Area = (typeof areas)[number];

const digestPattern = /^sha256:([0-9a-f]{64})$/;
const namePattern = /^[0-9a-f]{64}$/;
const nameLength = 64;
const shardPattern = /^[0-9a-f]{2}$/;
/** Copies that somebody has put beside a file are not the store's. */
const filePattern = /^([0-9a-f]{64})\.jsonl?$/;

/**
 * Where things lie, relative to the root. Every name is made of hash digits, so no id, kind or tenant ever becomes a
 * part of a path, and names that differ do so also where upper and lower case count as the same.
 */
function nameOf(subject: Subject): string {
  return sha256Hex(subjectKey(subject));
}

/** The directory of all subjects of one kind and tenant within an area. */
export function groupDirectory(area: Area, kind: string, tenantId: string): string {
  return join(area, sha256Hex(subjectKey({ kind, tenantId, id: "" })));
}

function sharded(directory: string, name: string): string {
  return join(directory, name.slice(0, 2), name);
}

/** The file of a session. */
export function sessionFile(tenantId: string, id: string): string {
  const name = nameOf({ kind: "session", tenantId, id });
  return `${sharded(groupDirectory("sessions", "session", tenantId), name)}.json`;
}

/** Says that the session has, or had, something in its outbox. */
export function outboxFile(tenantId: string, id: string): string {
  const name = nameOf({ kind: "session", tenantId, id });
  return `${sharded(groupDirectory("outbox", "session", tenantId), name)}.json`;
}

/** The file of a pointer. */
export function pointerFile(subject: Subject): string {
  return `${sharded(groupDirectory("pointers", subject.kind, subject.tenantId), nameOf(subject))}.json`;
}

/** The file of a document, or undefined if the text is no digest. */
export function documentFile(subject: Subject, digest: string): string | undefined {
  const hex = digestPattern.exec(digest)?.[1];
  return hex && join(sharded("documents", nameOf(subject)), `${hex}.json`);
}

/** The file of a ledger stream. */
export function streamFile(subject: Subject): string {
  return `${sharded("streams", nameOf(subject))}.jsonl`;
}

/** The file of a lease. */
export function leaseFile(subject: Subject): string {
  return `${sharded("leases", nameOf(subject))}.json`;
}

/**
 * Hands out the files of a sharded directory in the order of their names, with the name that serves as a cursor.
 *
 * @param after - the name behind which to start
 * @throws RegraftError `INPUT.INVALID` if that is no name this function hands out
 */
export function* shardedFiles(
  files: FileSystem,
  root: string,
  directory: string,
  after?: string,
): Generator<{ readonly name: string; readonly path: string }> {
  if (after !== undefined && !namePattern.test(after)) {
    throw new RegraftError("INPUT.INVALID", "the cursor is none of this store", {
      path: "/cursor",
      expected: "the cursor of an earlier page",
      received: after.slice(0, 80),
    });
  }
  for (const shard of files.list(join(root, directory))) {
    if (!shardPattern.test(shard) || (after !== undefined && shard < after.slice(0, 2))) continue;
    if (files.kind(join(root, directory, shard)) !== "directory") {
      // Reading it says what is wrong: what would lie in it is not gone in silence.
      const name = shard.padEnd(nameLength, "0");
      if (after === undefined || name > after) yield { name, path: join(directory, shard) };
      continue;
    }
    for (const file of files.list(join(root, directory, shard))) {
      const name = filePattern.exec(file)?.[1];
      if (name !== undefined && (after === undefined || name > after))
        yield { name, path: join(directory, shard, file) };
    }
  }
}

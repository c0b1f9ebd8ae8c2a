import { RegraftError } from "../errors.js";
import { deepFreeze } from "../hash/freeze.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import { chained, recordDigest } from "../ledger/chain.js";
import type { LedgerEntry, LedgerRecord, StreamHead } from "../ports/ledger.js";
import type { AppendResult, StreamPage } from "../ports/record-store.js";
import type { Subject } from "../ports/subject.js";
import { appendLine, type LogContent, readLog } from "../resilience/atomic-file-log.js";
import { streamFile } from "./file-layout.js";
import { readSession } from "./file-session-file.js";
import { headOf, type Line, walk } from "./file-stream-lines.js";
import type { Workspace } from "./file-workspace.js";
import { checkLimit } from "./paging.js";
import { sameJson } from "./same-json.js";

/** What an append may be bound to. */
interface AppendConditions {
  readonly expectedSeq?: number;
  readonly idempotencyKey?: string;
}

/** A stream as far as its file goes. */
interface Stream {
  readonly head: StreamHead;
  readonly log: LogContent;
}

/** What the file of a stream holds. */
export function logOf(workspace: Workspace, subject: Subject): LogContent {
  return readLog(workspace.files, workspace.path(streamFile(subject)));
}

/** Writes one line behind the others. Readable at once; on the disk after `syncStream`. */
async function writeLine(
  workspace: Workspace,
  subject: Subject,
  log: LogContent,
  entries: readonly LedgerEntry[],
  key?: string,
): Promise<void> {
  const { kind, tenantId, id } = subject;
  const line: Line = {
    subject: { kind, tenantId, id },
    seq: entries.at(-1)?.seq ?? headOf(subject, log).seq,
    ...(key === undefined ? {} : { key }),
    entries: entries.map(({ subject: _, ...entry }) => entry),
  };
  const path = streamFile(subject);
  await workspace.makeRoomFor(path);
  await appendLine(workspace.files, workspace.path(path), log, JSON.stringify(line));
}

/** Waits until a stream is on the disk. */
function syncStream(workspace: Workspace, subject: Subject): Promise<void> {
  return workspace.files.syncFile(workspace.path(streamFile(subject)));
}

/** The entries of the last commit of a session, which count as appended. */
export function entriesWithSession(workspace: Workspace, { kind, tenantId, id }: Subject): readonly LedgerEntry[] {
  return kind === "session" ? (readSession(workspace, { tenantId, id })?.entries ?? []) : [];
}

/** Appends what a session's commit brought and its stream does not have yet; how many entries. Needs the lock. */
export async function rollForward(
  workspace: Workspace,
  subject: Subject,
  brought: readonly LedgerEntry[],
): Promise<Stream & { readonly added: number }> {
  const log = logOf(workspace, subject);
  const head = headOf(subject, log);
  const missing = brought.filter(({ seq }) => seq > head.seq);
  const last = missing.at(-1);
  if (last === undefined) return { head, log, added: 0 };
  await writeLine(workspace, subject, log, missing);
  return { head: last, log: logOf(workspace, subject), added: missing.length };
}

/** The stream of a session, complete and on the disk, so that its last commit need not hold the entries any longer. */
export async function settledHead(
  workspace: Workspace,
  subject: Subject,
  brought: readonly LedgerEntry[],
): Promise<StreamHead> {
  const { head } = await rollForward(workspace, subject, brought);
  if (brought.length > 0) await syncStream(workspace, subject);
  return head;
}

/** Whether the records are those of the entries; where the data is gone, by their digests. */
function sameRecords(subject: Subject, entries: readonly LedgerEntry[], records: readonly LedgerRecord[]): boolean {
  const isSame = ({ type, at, data, erased, digest }: LedgerEntry, record: LedgerRecord) =>
    erased === true
      ? recordDigest(subject, record) === digest
      : sameJson({ type, at, data }, { type: record.type, at: record.at, data: record.data });
  return (
    entries.length === records.length &&
    records.every((record, at) => {
      const entry = entries[at];
      return entry !== undefined && isSame(entry, record);
    })
  );
}

function repeated(subject: Subject, log: LogContent, key: string, records: readonly LedgerRecord[]) {
  let result: AppendResult | undefined;
  walk(subject, log, (entries, line) => {
    if (line.key !== key) return;
    if (!sameRecords(subject, entries, records)) {
      throw new RegraftError("STORE.IDEMPOTENCY_CONFLICT", "the key was used for other records of this stream", {
        expected: "the records first sent under this key",
        idempotencyKey: key,
      });
    }
    result = { ok: true, seq: line.seq, repeated: true };
  });
  return result;
}

/** Appends records to a stream. Needs the lock of the subject. Linear in the stream where a key is given. */
export async function appendRecords(
  workspace: Workspace,
  subject: Subject,
  given: readonly LedgerRecord[],
  { expectedSeq, idempotencyKey }: AppendConditions,
): Promise<AppendResult> {
  const records = frozenCopy(given);
  const { head, log } = await rollForward(workspace, subject, entriesWithSession(workspace, subject));
  const settled = idempotencyKey === undefined ? undefined : repeated(subject, log, idempotencyKey, records);
  if (settled !== undefined) return settled;
  if (expectedSeq !== undefined && expectedSeq !== head.seq) {
    return { ok: false, conflict: { expected: expectedSeq, actual: head.seq } };
  }
  const entries = chained(subject, head, records);
  if (entries.length > 0 || idempotencyKey !== undefined) {
    await writeLine(workspace, subject, log, entries, idempotencyKey);
    await syncStream(workspace, subject);
  }
  return { ok: true, seq: head.seq + entries.length, repeated: false };
}

function readPart(workspace: Workspace, subject: Subject, after: number, limit: number): StreamPage {
  // The session first: what its stream gets meanwhile only makes the stream longer.
  const brought = entriesWithSession(workspace, subject);
  const found: LedgerEntry[] = [];
  const take = (entries: readonly LedgerEntry[]) => {
    found.push(...entries.filter(({ seq }) => seq > after).slice(0, limit - found.length));
  };
  const head = walk(subject, logOf(workspace, subject), take);
  const missing = brought.filter(({ seq }) => seq > head.seq);
  take(missing);
  return { entries: deepFreeze(found), head: missing.at(-1)?.seq ?? head.seq };
}

/** Reads a part of a stream and proves the whole of it. Linear in the stream. */
export async function readStream(
  workspace: Workspace,
  { kind, tenantId, id }: Subject,
  { after = 0, limit }: { readonly after?: number; readonly limit: number },
  underLock: <T>(act: () => Promise<T>) => Promise<T>,
): Promise<StreamPage> {
  checkLimit(limit);
  const read = () => readPart(workspace, { kind, tenantId, id }, after, limit);
  try {
    return read();
  } catch {
    // A torn end that is being written over can look broken for a moment; under the lock nothing moves.
    return underLock(async () => read());
  }
}

/** Cuts off a torn end of a stream and proves the rest; whether there was one. Needs the lock of the subject. */
export async function repairStream(workspace: Workspace, subject: Subject): Promise<boolean> {
  const path = workspace.path(streamFile(subject));
  const log = readLog(workspace.files, path);
  if (log.torn > 0) {
    await workspace.files.writeFrom(path, log.length, "");
    await workspace.files.syncFile(path);
  }
  walk(subject, log, () => undefined);
  return log.torn > 0;
}

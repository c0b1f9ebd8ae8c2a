import { RegraftError } from "../errors.js";
import { deepFreeze } from "../hash/freeze.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import { chained, emptyHead, entryHash, recordDigest, type StreamHead } from "../ledger/chain.js";
import type { LedgerEntry, LedgerRecord } from "../ports/ledger.js";
import type { AppendResult, StreamPage } from "../ports/record-store.js";
import type { Subject } from "../ports/subject.js";
import { appendLine, type LogContent, readLog } from "../resilience/atomic-file-log.js";
import { streamFile } from "./file-layout.js";
import { readSession } from "./file-session-file.js";
import type { Workspace } from "./file-workspace.js";
import { checkLimit } from "./paging.js";
import { sameJson } from "./same-json.js";

/** One append: a line of the stream's file, so that its entries are there together or not at all. */
interface Line {
  readonly subject: Subject;
  /** Sequence number after it. */
  readonly seq: number;
  readonly key?: string;
  readonly entries: readonly Omit<LedgerEntry, "subject">[];
}

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

function broken(subject: Subject, seq: number, received: string): RegraftError {
  return new RegraftError("LEDGER.CHAIN_BROKEN", `entry ${seq} of a ledger stream is not what was appended`, {
    seq,
    stream: subject,
    expected: "an entry that continues the chain",
    received,
  });
}

function parsedLine(subject: Subject, text: string): Line | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  const isLine =
    typeof value === "object" &&
    value !== null &&
    "seq" in value &&
    Number.isInteger(value.seq) &&
    "subject" in value &&
    sameJson(value.subject, subject) &&
    "entries" in value &&
    Array.isArray(value.entries);
  return isLine ? (value as Line) : undefined;
}

/** The entries of a line, proven to continue the chain from a head. */
function entriesOf(subject: Subject, line: Line, head: StreamHead): LedgerEntry[] {
  let { seq, hash } = head;
  const entries = line.entries.map((entry) => {
    seq += 1;
    const digest = recordDigest(subject, entry);
    hash = entryHash(hash, seq, digest);
    if (entry.seq !== seq || entry.digest !== digest || entry.hash !== hash) {
      throw broken(subject, seq, `an entry numbered ${String(entry.seq)} with another hash`);
    }
    return { ...entry, subject };
  });
  if (line.seq !== seq) throw broken(subject, seq + 1, `a line that ends at ${line.seq}`);
  return entries;
}

/** Visits the lines of a stream in order, each proven; returns the last head. */
function walk(
  subject: Subject,
  { lines }: LogContent,
  visit: (entries: readonly LedgerEntry[], line: Line) => void,
): StreamHead {
  let head = emptyHead(subject);
  for (const text of lines) {
    const line = parsedLine(subject, text);
    if (line === undefined) throw broken(subject, head.seq + 1, "a line of another form or stream");
    const entries = entriesOf(subject, line, head);
    visit(entries, line);
    head = entries.at(-1) ?? head;
  }
  return head;
}

/** The head of a stream, from its last line with an entry; the lines before are left to readers to prove. */
function headOf(subject: Subject, log: LogContent): StreamHead {
  for (let at = log.lines.length - 1; at >= 0; at -= 1) {
    const line = parsedLine(subject, log.lines[at] ?? "");
    // Proving the whole stream tells where it breaks.
    if (line === undefined) return walk(subject, log, () => undefined);
    const last = line.entries.at(-1);
    if (last !== undefined) return { seq: last.seq, hash: last.hash };
  }
  return emptyHead(subject);
}

function logOf(workspace: Workspace, subject: Subject): LogContent {
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

function entriesWithSession(workspace: Workspace, { kind, tenantId, id }: Subject): readonly LedgerEntry[] {
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

function repeated(subject: Subject, log: LogContent, key: string, records: readonly LedgerRecord[]) {
  let result: AppendResult | undefined;
  walk(subject, log, (entries, line) => {
    if (line.key !== key) return;
    const known = entries.map(({ type, at, data }) => ({ type, at, data }));
    const given = records.map(({ type, at, data }) => ({ type, at, data }));
    if (!sameJson(known, given)) {
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

function readPart(workspace: Workspace, subject: Subject, after: number, to: number): StreamPage {
  // The session first: what its stream gets meanwhile only makes the stream longer.
  const brought = entriesWithSession(workspace, subject);
  const found: LedgerEntry[] = [];
  const take = (entries: readonly LedgerEntry[]) => {
    found.push(...entries.filter(({ seq }) => seq > after && seq <= to));
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
  const read = () => readPart(workspace, { kind, tenantId, id }, after, after + limit);
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

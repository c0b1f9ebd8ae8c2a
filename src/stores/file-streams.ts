import { basename, join } from "node:path";
import { isRegraftError } from "../errors.js";
import { erasedEntry } from "../ledger/chain.js";
import type { LedgerEntry, StreamHead, StreamSummary } from "../ports/ledger.js";
import type { PageRequest } from "../ports/paging.js";
import type { ErasedPart, StreamList } from "../ports/record-store.js";
import type { Subject } from "../ports/subject.js";
import { replaceFile } from "../resilience/atomic-file.js";
import { readLog } from "../resilience/atomic-file-log.js";
import { groupDirectory, shardedFiles, streamFile } from "./file-layout.js";
import { entriesWithSession, logOf, rollForward } from "./file-ledger.js";
import { readSession, sessionOrFault, writeSession } from "./file-session-file.js";
import { headOf, type Line, walk } from "./file-stream-lines.js";
import { damaged, type Workspace } from "./file-workspace.js";
import { checkLimit } from "./paging.js";

/** The subject that the first line of a stream's file names; undefined for a file without a line. */
export function streamSubject(at: Workspace, path: string): Subject | undefined {
  const [first] = readLog(at.files, at.path(path)).lines;
  if (first === undefined) return undefined;
  let value: unknown;
  try {
    value = JSON.parse(first);
  } catch {
    throw damaged(path, "a first line that is not JSON");
  }
  if (typeof value === "object" && value !== null && "subject" in value) return value.subject as Subject;
  throw damaged(path, "a first line without a subject");
}

/** The head of a stream, with what the last commit of its session has brought and its file does not have yet. */
function summaryOf(at: Workspace, subject: Subject): StreamSummary | undefined {
  const { kind, tenantId, id } = subject;
  const brought = broughtBy(at, subject);
  const head = headOf(subject, logOf(at, subject));
  const { seq, hash }: StreamHead = brought !== undefined && brought.seq > head.seq ? brought : head;
  return seq === 0 ? undefined : { subject: { kind, tenantId, id }, seq, hash };
}

/** The last entry that came with a session; what a session that cannot be read brought, reading its stream says. */
function broughtBy(at: Workspace, subject: Subject): LedgerEntry | undefined {
  try {
    return entriesWithSession(at, subject).at(-1);
  } catch (error) {
    if (isRegraftError(error, "STORE.DAMAGED")) return undefined;
    throw error;
  }
}

/** Files of streams and of a tenant's sessions, which have streams also where a crash has kept these from their file; by name. */
function* candidates(
  { files, root }: Workspace,
  tenantId: string,
  after: string | undefined,
): Generator<{ readonly name: string; readonly stream?: string; readonly session?: string }> {
  const streams = shardedFiles(files, root, "streams", after);
  const sessions = shardedFiles(files, root, groupDirectory("sessions", "session", tenantId), after);
  let [stream, session] = [streams.next(), sessions.next()];
  while (stream.done !== true || session.done !== true) {
    const a = stream.done === true ? undefined : stream.value;
    const b = session.done === true ? undefined : session.value;
    const name = a === undefined || (b !== undefined && b.name < a.name) ? (b?.name ?? "") : a.name;
    const [atStream, atSession] = [a?.name === name ? a : undefined, b?.name === name ? b : undefined];
    yield { name, ...(atStream && { stream: atStream.path }), ...(atSession && { session: atSession.path }) };
    if (atStream !== undefined) stream = streams.next();
    if (atSession !== undefined) session = sessions.next();
  }
}

/** Lists the streams of a tenant. Reads every stream of the store that lies before the end of the page. */
export function listStreams(at: Workspace, tenantId: string, { cursor, limit }: PageRequest): StreamList {
  checkLimit(limit);
  const streams: StreamSummary[] = [];
  let last: string | undefined;
  for (const { name, stream, session } of candidates(at, tenantId, cursor)) {
    const walked = session === undefined ? undefined : sessionOrFault(at, session);
    const named = stream === undefined ? undefined : streamSubject(at, stream);
    const ofSession = walked !== undefined && "session" in walked ? walked.session.id : undefined;
    const subject = named ?? (ofSession === undefined ? undefined : { kind: "session", tenantId, id: ofSession });
    const summary = subject?.tenantId === tenantId ? summaryOf(at, subject) : undefined;
    if (summary === undefined) continue;
    if (streams.length === limit) return { streams, ...(last === undefined ? {} : { cursor: last }) };
    streams.push(summary);
    last = name;
  }
  return { streams };
}

/** A line after an erasure; undefined where nothing of it is left. */
function lineAfter(line: Line, entries: readonly LedgerEntry[], through: number, part: ErasedPart): Line | undefined {
  if (part === "data") {
    return { ...line, entries: entries.map((entry) => bare(entry.seq <= through ? erasedEntry(entry) : entry)) };
  }
  if (line.seq <= through) return undefined;
  const { base: _, key, ...rest } = line;
  const kept = entries.filter(({ seq }) => seq > through);
  const keyed = key !== undefined && kept.length === entries.length ? { key } : {};
  return { ...rest, ...keyed, entries: kept.map(bare) };
}

function bare({ subject: _, ...entry }: LedgerEntry): Omit<LedgerEntry, "subject"> {
  return entry;
}

/** Rewrites a stream without its start, or without the data of its start, in one step. Needs the lock of the subject. */
export async function eraseStream(
  at: Workspace,
  subject: Subject,
  { through, part }: { readonly through: number; readonly part: ErasedPart },
): Promise<number> {
  const { log, head } = await rollForward(at, subject, entriesWithSession(at, subject));
  const end = Math.min(through, part === "data" ? head.seq : head.seq - 1);
  const lines: Line[] = [];
  let erased = 0;
  let base: StreamHead | undefined;
  walk(subject, log, (entries, line) => {
    base ??= line.base;
    const going = entries.filter((entry) => entry.seq <= end && (part === "entries" || entry.erased !== true));
    erased += going.length;
    const last = going.at(-1);
    if (part === "entries" && last !== undefined) base = { seq: last.seq, hash: last.hash };
    const next = lineAfter(line, entries, end, part);
    if (next !== undefined) lines.push(next);
  });
  if (erased === 0) return 0;
  const [first, ...rest] = lines;
  const all = first === undefined ? [] : [{ ...first, ...(base === undefined ? {} : { base }) }, ...rest];
  const path = streamFile(subject);
  const temporary = join(at.root, "tmp", `${at.owner.stamp()}-${basename(path)}`);
  await replaceFile(at.files, at.path(path), all.map((line) => `${JSON.stringify(line)}\n`).join(""), temporary);
  await eraseBrought(at, subject, end);
  return erased;
}

/** The last commit of a session holds its entries once more. */
async function eraseBrought(at: Workspace, { kind, tenantId, id }: Subject, through: number): Promise<void> {
  const content = kind === "session" ? readSession(at, { tenantId, id }) : undefined;
  if (content === undefined || !content.entries.some(({ seq }) => seq <= through)) return;
  // What the stream's own file has is read from there.
  await writeSession(at, { ...content, entries: [] });
}

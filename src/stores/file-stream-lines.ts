import type { RegraftError } from "../errors.js";
import { emptyHead, entryHash, recordDigest } from "../ledger/chain.js";
import { chainBroken } from "../ledger/verify.js";
import type { LedgerEntry, StreamHead } from "../ports/ledger.js";
import type { Subject } from "../ports/subject.js";
import type { LogContent } from "../resilience/atomic-file-log.js";
import { sameJson } from "./same-json.js";

/** One append: a line of the stream's file, so that its entries are there together or not at all. */
export interface Line {
  readonly subject: Subject;
  /** Sequence number after it. */
  readonly seq: number;
  readonly key?: string;
  /** What the stream goes on from where its first entries were dropped; on the first line only. */
  readonly base?: StreamHead;
  readonly entries: readonly Omit<LedgerEntry, "subject">[];
}

function broken(subject: Subject, seq: number, received: string): RegraftError {
  return chainBroken(subject, seq, { received });
}

/** A line of a stream, or undefined if it is none. */
export function parsedLine(subject: Subject, text: string): Line | undefined {
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
    const digest = entry.erased === true ? entry.digest : recordDigest(subject, entry);
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
export function walk(
  subject: Subject,
  { lines }: LogContent,
  visit: (entries: readonly LedgerEntry[], line: Line) => void,
): StreamHead {
  let head = emptyHead(subject);
  for (const text of lines) {
    const line = parsedLine(subject, text);
    if (line === undefined) throw broken(subject, head.seq + 1, "a line of another form or stream");
    if (line.base !== undefined && head.seq === 0) head = line.base;
    const entries = entriesOf(subject, line, head);
    visit(entries, line);
    head = entries.at(-1) ?? head;
  }
  return head;
}

/** The head of a stream, from its last line with an entry; the lines before are left to readers to prove. */
export function headOf(subject: Subject, log: LogContent): StreamHead {
  for (let at = log.lines.length - 1; at >= 0; at -= 1) {
    const line = parsedLine(subject, log.lines[at] ?? "");
    // Proving the whole stream tells where it breaks.
    if (line === undefined) return walk(subject, log, () => undefined);
    const last = line.entries.at(-1);
    if (last !== undefined) return { seq: last.seq, hash: last.hash };
    if (line.base !== undefined) return line.base;
  }
  return emptyHead(subject);
}

import { RegraftError } from "../errors.js";
import { chained, emptyHead } from "../ledger/chain.js";
import type { LedgerEntry, LedgerRecord, StreamHead } from "../ports/ledger.js";
import type { Subject } from "../ports/subject.js";

/** Each writer that comes in between costs one try. */
const maxTries = 200;

/** The latest heads that this client has seen: a guess that saves asking, never trusted. */
export class Heads {
  readonly #heads = new Map<string, StreamHead>();

  guess(key: string, subject: Subject): StreamHead {
    return this.#heads.get(key) ?? emptyHead(subject);
  }

  keep(key: string, head: StreamHead): void {
    this.#heads.delete(key);
    this.#heads.set(key, head);
    const oldest = this.#heads.size > 1000 ? this.#heads.keys().next() : undefined;
    if (oldest?.done === false) this.#heads.delete(oldest.value);
  }
}

/** Four lines, none of which has a line feed: hash, digest, what happened and when, and the data, which may be erased. */
function entryText({ type, at, data, digest, hash }: LedgerEntry): string {
  return `${hash}\n${digest}\n${JSON.stringify([type, at])}\n${JSON.stringify(data)}`;
}

/** The arguments that `streamLua` compares and appends. */
function pushed(head: StreamHead, entries: readonly LedgerEntry[]): string[] {
  return [String(head.seq), head.seq === 0 ? "" : head.hash, ...entries.map(entryText)];
}

/** Where the stream ends, by the answer of a script. */
function headIn(subject: Subject, seq: string, hash: string): StreamHead {
  return seq === "0" ? emptyHead(subject) : { seq: Number(seq), hash };
}

/**
 * Tries to append with a head that is guessed, and again with the one that the answer names, until nobody came in between.
 *
 * @param attempt - sends the arguments of {@link pushed}; an answer `head` says where the stream ends instead
 */
export async function withHead(
  heads: Heads,
  key: string,
  subject: Subject,
  records: readonly LedgerRecord[],
  attempt: (args: readonly string[]) => Promise<readonly string[]>,
): Promise<readonly string[]> {
  let head = heads.guess(key, subject);
  for (let tries = 0; tries < maxTries; tries += 1) {
    const entries = chained(subject, head, records);
    const answer = await attempt(pushed(head, entries));
    const [outcome, seq = "0", hash = ""] = answer;
    if (outcome !== "head") {
      if (outcome === "ok") heads.keep(key, entries.at(-1) ?? head);
      return answer;
    }
    head = headIn(subject, seq, hash);
    heads.keep(key, head);
  }
  throw new RegraftError("STORE.UNAVAILABLE", `other writers were first ${maxTries} times in a row`);
}

import { chained, emptyHead } from "../../src/ledger/chain.js";
import type { LedgerEntry } from "../../src/ports/ledger.js";
import type { Subject } from "../../src/ports/subject.js";
import type { Store } from "./open-store.js";

const pageLimit = 500;

/** All streams of a tenant, by kind and id. */
export type Streams = ReadonlyMap<string, readonly LedgerEntry[]>;

export function streamName({ kind, id }: Pick<Subject, "kind" | "id">): string {
  return `${kind} ${id}`;
}

async function entriesOf(store: Store, subject: Subject): Promise<{ entries: LedgerEntry[]; head: number }> {
  const entries: LedgerEntry[] = [];
  for (;;) {
    const page = await store.read(subject, { after: entries.length, limit: pageLimit });
    entries.push(...page.entries);
    if (page.entries.length < pageLimit) return { entries, head: page.head };
  }
}

/** Reads every stream of a tenant: whether each is contiguous, chained, and ends where the store says it does. */
export async function readStreams(store: Store, tenantId: string, problems: string[]): Promise<Streams> {
  const streams = new Map<string, readonly LedgerEntry[]>();
  let cursor: string | undefined;
  do {
    const page = await store.streams(tenantId, { limit: pageLimit, ...(cursor === undefined ? {} : { cursor }) });
    for (const { subject, seq, hash } of page.streams) {
      const name = streamName(subject);
      if (streams.has(name)) problems.push(`stream ${name} is listed twice`);
      const { entries, head } = await entriesOf(store, subject);
      streams.set(name, entries);
      const expected = chained(subject, emptyHead(subject), entries);
      const broken = entries.findIndex((entry, at) => {
        const { seq: place, digest, hash: link } = expected[at] ?? entry;
        return entry.seq !== place || entry.digest !== digest || entry.hash !== link;
      });
      if (broken !== -1) problems.push(`stream ${name} is broken at ${broken + 1}`);
      const last = entries.at(-1);
      if (seq !== head || head !== entries.length || hash !== last?.hash) {
        problems.push(`stream ${name} has ${entries.length} entries, its head is ${head} and listed as ${seq}`);
      }
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return streams;
}

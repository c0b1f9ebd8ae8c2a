import type { LedgerEntry, StreamSummary } from "../ports/ledger.js";
import type { RecordStore } from "../ports/record-store.js";
import type { Subject } from "../ports/subject.js";

/** What reading a ledger needs of an engine. */
export interface LedgerReader {
  readonly tenantId: string;
  readonly records: Pick<RecordStore, "read" | "streams">;
}

const streamLimit = 200;
const entryLimit = 500;

/** All streams of the tenant, in the order of the store. */
export async function* streamsOf({ records, tenantId }: LedgerReader): AsyncGenerator<StreamSummary> {
  let cursor: string | undefined;
  do {
    const page = await records.streams(tenantId, { limit: streamLimit, ...(cursor === undefined ? {} : { cursor }) });
    yield* page.streams;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

/** The entries of a stream, a page at a time. */
export async function* entriesIn({ records }: LedgerReader, stream: Subject, after = 0): AsyncGenerator<LedgerEntry> {
  for (let from = after; ; ) {
    const { entries, head } = await records.read(stream, { after: from, limit: entryLimit });
    yield* entries;
    const last = entries.at(-1)?.seq;
    if (last === undefined || last >= head) return;
    from = last;
  }
}

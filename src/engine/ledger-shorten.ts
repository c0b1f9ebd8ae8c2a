import type { Timestamp } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { tombstoneTypes } from "../ledger/tombstones.js";
import type { StreamHead } from "../ports/ledger.js";
import type { Subject } from "../ports/subject.js";
import { requireBy } from "./by.js";
import { type Engine, happened } from "./context.js";
import { entriesIn, streamsOf } from "./ledger-pages.js";
import { holdRecords } from "./retention-holds.js";

/** Which entries go, and who decides it. */
export interface ShortenInput {
  /** Entries of an earlier time go. */
  readonly before: Timestamp;
  readonly by: string;
}

/** What was dropped. */
export interface ShortenResult {
  readonly streams: number;
  readonly entries: number;
}

/** The first and the last of the entries at the start of a stream that may go: all that tells where the session stands now stays. */
async function goingIn(
  engine: Engine,
  stream: Subject,
  before: number,
): Promise<{ readonly first: StreamHead; readonly last: StreamHead } | undefined> {
  let first: StreamHead | undefined;
  let last: StreamHead | undefined;
  let [candidate, isOpen]: [StreamHead | undefined, boolean] = [undefined, true];
  for await (const { seq, hash, at, data } of entriesIn(engine, stream)) {
    first ??= { seq, hash };
    // What lies before an entry with the state of the session may go; the last such entry stays.
    if (data.after !== undefined) last = candidate;
    isOpen &&= Date.parse(at) < before;
    if (isOpen) candidate = { seq, hash };
  }
  return first === undefined || last === undefined ? undefined : { first, last };
}

async function isOver(engine: Engine, sessionId: string): Promise<boolean> {
  const status = (await engine.sessions.get({ tenantId: engine.tenantId, id: sessionId }))?.status;
  return status === undefined || status === "closed" || status === "exited";
}

/**
 * Drops old entries from the start of the ledgers of sessions that are over. Each stream keeps a record of what was dropped, with first
 * and last number and hash, so that the rest goes on to verify, and its last entries, so that replay still tells where the session
 * ended. Sessions under a legal hold, and all other streams, stay whole.
 */
export async function shortenLedger(engine: Engine, input: ShortenInput): Promise<ShortenResult> {
  const by = requireBy(input);
  const before = Date.parse(input.before);
  if (Number.isNaN(before)) {
    throw new RegraftError("INPUT.INVALID", "old entries are those before a timestamp", {
      path: "/before",
      expected: "a timestamp",
      received: String(input.before),
    });
  }
  const held = new Set((await holdRecords(engine)).map(({ subject }) => subject.sessionId));
  let [streams, entries] = [0, 0];
  for await (const { subject } of streamsOf(engine)) {
    if (subject.kind !== "session" || held.has(subject.id) || !(await isOver(engine, subject.id))) continue;
    const going = await goingIn(engine, subject, before);
    if (going === undefined) continue;
    await engine.records.append(subject, [happened(engine, tombstoneTypes.shortened, { by, ...going })]);
    const { erased } = await engine.records.erase(subject, { through: going.last.seq, part: "entries" });
    streams += 1;
    entries += erased;
  }
  return { streams, entries };
}

import type { LedgerCloudEvent } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import type { LedgerEntry } from "../ports/ledger.js";
import type { Subject } from "../ports/subject.js";
import { entryHash, genesisHash, recordDigest } from "./chain.js";
import { checkEntry } from "./entry-form.js";
import { validateRecord } from "./records.js";
import { chainBroken } from "./verify.js";

const typePrefix = "regraft.";
const dataSchemaPrefix = "urn:regraft:ledger-entry:1:";

function textIn(data: LedgerEntry["data"], name: string): string | undefined {
  const value = data[name];
  return typeof value === "string" ? value : undefined;
}

/**
 * Writes an entry as a CloudEvent.
 *
 * @param previous - the hash of the entry before; not needed for the first entry of a stream
 * @throws RegraftError `LEDGER.CHAIN_BROKEN` where the entry does not follow the one before
 *
 * @example
 * const store = memoryStore();
 * const regraft = createRegraft({ store });
 * await regraft.publish(v1);
 * for await (const entry of regraft.ledger.entries({ kind: "scenario", id: v1.id })) {
 *   console.log(toCloudEvent(entry).type); // regraft.scenario.published
 * }
 *
 * @since 0.2.0
 * @public
 */
export function toCloudEvent(entry: LedgerEntry, previous?: string): LedgerCloudEvent {
  const { subject, seq, type, at, data, digest, hash, erased } = entry;
  const prevhash = seq === 1 ? genesisHash(subject) : previous;
  if (prevhash === undefined || entryHash(prevhash, seq, digest) !== hash) {
    throw chainBroken(subject, seq, { expected: "the hash of the entry before", received: String(prevhash) });
  }
  const idempotencykey = textIn(data, "key");
  const runid = textIn(data, "runId");
  const decision = textIn(data, "decision");
  const reasons = Array.isArray(data.reasons) ? data.reasons.join(",") : "";
  return Object.freeze<LedgerCloudEvent>({
    specversion: "1.0",
    id: hash,
    source: sourceOf(subject),
    type: `${typePrefix}${type}`,
    subject: `${encodeURIComponent(subject.kind)}/${encodeURIComponent(subject.id)}`,
    time: at,
    datacontenttype: "application/json",
    dataschema: `${dataSchemaPrefix}${type}`,
    seq,
    prevhash,
    hash,
    digest,
    ...(idempotencykey === undefined ? {} : { idempotencykey }),
    ...(runid === undefined ? {} : { runid }),
    ...(decision === undefined ? {} : { decision }),
    ...(reasons === "" ? {} : { reasons }),
    ...(erased === true ? { erased } : {}),
    data,
  });
}

function sourceOf({ tenantId, kind }: Subject): string {
  return `regraft://${encodeURIComponent(tenantId)}/${encodeURIComponent(kind)}`;
}

/** Writes the entries of one stream as CloudEvents. The first one has to be that of the stream, or `previous` is given. */
export function* toCloudEvents(
  entries: Iterable<LedgerEntry>,
  { previous }: { readonly previous?: string } = {},
): Generator<LedgerCloudEvent> {
  let last = previous;
  for (const entry of entries) {
    yield toCloudEvent(checkEntry(entry), last);
    last = entry.hash;
  }
}

/**
 * Reads an entry back from a CloudEvent that was made of it, wherever it has been since.
 *
 * @throws RegraftError `ARTIFACT.INVALID` for what is no such event; `LEDGER.CHAIN_BROKEN` where content, digest, hash and previous
 * hash do not belong together
 *
 * @since 0.2.0
 * @public
 */
export function fromCloudEvent(json: unknown): LedgerEntry {
  const event = validateRecord("record-cloud-event", json);
  const { seq, digest, hash, prevhash, time: at, data } = event;
  const type = event.type.slice(typePrefix.length);
  const subject = subjectIn(event);
  const isErased = event.erased === true;
  const isWhole = isErased ? Object.keys(data).length === 0 : recordDigest(subject, { type, at, data }) === digest;
  const isChained = entryHash(prevhash, seq, digest) === hash && event.id === hash;
  if (!isWhole || !isChained) throw chainBroken(subject, seq, { received: "an event that was changed" });
  return { type, at, data, subject, seq, digest, hash, ...(isErased ? { erased: true } : {}) };
}

function subjectIn({ source, subject }: LedgerCloudEvent): Subject {
  const [, tenantId] = /^regraft:\/\/([^/]*)\/[^/]*$/.exec(source) ?? [];
  const [, kind, id] = /^([^/]*)\/([^/]*)$/.exec(subject) ?? [];
  if (tenantId !== undefined && kind !== undefined && id !== undefined) {
    try {
      return { kind: decodeURIComponent(kind), tenantId: decodeURIComponent(tenantId), id: decodeURIComponent(id) };
    } catch {
      // Told below, as any other text that names no stream.
    }
  }
  throw new RegraftError("ARTIFACT.INVALID", "the event names no ledger stream", {
    path: "/subject",
    expected: "kind and id of a stream, and a source with its tenant",
    received: `${source} ${subject}`.slice(0, 200),
  });
}

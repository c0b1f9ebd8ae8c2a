import { RegraftError } from "../errors.js";
import { chained, emptyHead } from "../ledger/chain.js";
import {
  type SealData,
  type SealedHead,
  SealedHeads,
  sealBytes,
  sealIn,
  sealSubject,
  sealTypes,
} from "../ledger/seal.js";
import type { LedgerRecord, StreamHead } from "../ports/ledger.js";
import type { LedgerAnchor, LedgerSigner } from "../ports/ledger-signer.js";
import { type Engine, happened, maxAttempts } from "./context.js";
import { entriesIn, streamsOf } from "./ledger-pages.js";

/** How the ledger is sealed. */
export interface SealOptions {
  readonly signer?: LedgerSigner;
  /** Called once with the head of the seals, where anything was sealed; its receipt goes into the ledger. */
  readonly anchor?: LedgerAnchor;
}

/** What was sealed. */
export interface SealResult {
  /** Streams that have changed since the seal before. */
  readonly streams: number;
  /** The head of the stream of seals. */
  readonly head: StreamHead;
}

/** Heads that one entry names at most. */
const headLimit = 500;

/**
 * Chains the heads of all streams that have changed since the last seal into the tenant's stream of seals. Whatever is cut off or
 * rewritten below a sealed head is found by verification.
 *
 * Reads the list of all streams and all seals; memory is one head a sealed stream. For a worker that calls it now and then.
 */
export async function sealLedger(engine: Engine, { signer, anchor }: SealOptions = {}): Promise<SealResult> {
  const subject = sealSubject(engine.tenantId);
  const known = new SealedHeads();
  let head = emptyHead(subject);
  const readOn = async () => {
    for await (const entry of entriesIn(engine, subject, head.seq)) {
      const seal = sealIn(entry);
      if (seal !== undefined) known.add(seal);
      head = { seq: entry.seq, hash: entry.hash };
    }
  };
  const append = async (make: (previous: StreamHead) => Promise<LedgerRecord | undefined>): Promise<void> => {
    for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
      await readOn();
      const record = await make(head);
      if (record === undefined) return;
      const { ok } = await engine.records.append(subject, [record], { expectedSeq: head.seq });
      if (!ok) continue;
      const [entry] = chained(subject, head, [record]);
      const seal = entry && sealIn(entry);
      if (seal !== undefined) known.add(seal);
      if (entry !== undefined) head = { seq: entry.seq, hash: entry.hash };
      return;
    }
    throw new RegraftError("STORE.CONFLICT", "the ledger is being sealed by others all the time");
  };
  const sealed = async (heads: readonly SealedHead[]) => {
    await append(async (previous) => {
      // Another worker may have sealed some of them meanwhile.
      const fresh = heads.filter((one) => (known.of(one)?.seq ?? 0) < one.seq);
      if (fresh.length === 0) return undefined;
      const seal: SealData = { heads: fresh, previous };
      const signature = await signer?.sign(sealBytes(engine.tenantId, seal));
      return happened(engine, sealTypes.sealed, { ...seal, ...(signature === undefined ? {} : { signature }) });
    });
  };

  await readOn();
  let streams = 0;
  let batch: SealedHead[] = [];
  for await (const summary of streamsOf(engine)) {
    const next = known.next(summary);
    if (next === undefined) continue;
    batch.push(next);
    streams += 1;
    if (batch.length < headLimit) continue;
    await sealed(batch);
    batch = [];
  }
  if (batch.length > 0) await sealed(batch);
  if (anchor !== undefined && streams > 0) await anchored(engine, anchor, head, append);
  return { streams, head };
}

async function anchored(
  engine: Engine,
  anchor: LedgerAnchor,
  { seq, hash }: StreamHead,
  append: (make: () => Promise<LedgerRecord>) => Promise<void>,
): Promise<void> {
  const receipt = await anchor({ tenantId: engine.tenantId, seq, hash });
  await append(async () => happened(engine, sealTypes.anchored, { seq, hash, receipt }));
}

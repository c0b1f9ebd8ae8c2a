import type { ReasonCode } from "../contracts/types.js";
import { isRegraftError, RegraftError } from "../errors.js";
import { SealedHeads, sealBytes, sealIn, sealSubject } from "../ledger/seal.js";
import { chainBroken, type StreamVerdict, streamVerifier } from "../ledger/verify.js";
import type { LedgerEntry, StreamHead } from "../ports/ledger.js";
import type { LedgerSigner } from "../ports/ledger-signer.js";
import type { Subject } from "../ports/subject.js";
import { entriesIn, type LedgerReader, streamsOf } from "./ledger-pages.js";

/** What is wrong with a stream. */
export interface LedgerFinding {
  readonly code: ReasonCode;
  /** Absent where the store cannot even say which stream it is. */
  readonly stream?: Subject;
  readonly seq?: number;
  readonly message: string;
}

/**
 * What a tenant's ledger was found to be.
 *
 * @since 0.2.0
 * @public
 */
export interface LedgerVerdict {
  readonly ok: boolean;
  readonly streams: number;
  readonly entries: number;
  /** Entries whose data was erased, on record. */
  readonly erased: number;
  /** Streams that a seal names. */
  readonly sealed: number;
  readonly findings: readonly LedgerFinding[];
}

/** How a ledger is verified. */
export interface VerifyOptions {
  /** Every seal has to carry a signature that this signer knows, and a ledger that is not empty has to have one. */
  readonly signer?: LedgerSigner;
}

function findingOf(error: unknown, stream?: Subject): LedgerFinding {
  if (!isRegraftError(error) || error.code === "STORE.UNAVAILABLE") throw error;
  const { seq, stream: named } = error.details;
  return {
    code: error.code,
    ...(stream === undefined ? {} : { stream: (named as Subject | undefined) ?? stream }),
    ...(typeof seq === "number" ? { seq } : {}),
    message: error.message,
  };
}

async function verified(
  reader: LedgerReader,
  stream: Subject,
  {
    sealed,
    visit,
  }: { readonly sealed?: StreamHead | undefined; readonly visit?: (entry: LedgerEntry) => Promise<void> },
): Promise<StreamVerdict> {
  const verifier = streamVerifier(stream, sealed === undefined ? {} : { sealed });
  for await (const entry of entriesIn(reader, stream)) {
    verifier.take(entry);
    await visit?.(entry);
  }
  return verifier.end();
}

async function checkSignature(entry: LedgerEntry, signer: LedgerSigner): Promise<void> {
  const seal = sealIn(entry);
  if (seal === undefined) return;
  const bytes = sealBytes(entry.subject.tenantId, seal);
  if (seal.signature !== undefined && (await signer.verify(bytes, seal.signature))) return;
  throw new RegraftError("LEDGER.SIGNATURE_INVALID", `seal ${entry.seq} is not signed by a trusted key`, {
    seq: entry.seq,
    stream: entry.subject,
    expected: "a signature of the seal",
    received: seal.signature === undefined ? "no signature" : `another one, by key ${seal.signature.keyId}`,
  });
}

function unsealed(seals: Subject): RegraftError {
  return new RegraftError("LEDGER.SIGNATURE_INVALID", "no seal says what the ledger was when it was signed", {
    stream: seals,
    expected: "at least one signed seal",
    received: "none",
  });
}

/**
 * Checks every stream of the tenant: chains, erasures, and that none ends before the head that was sealed.
 *
 * Goes on after a finding. Memory: a few numbers, and one head for each sealed stream.
 */
export async function verifyLedger(reader: LedgerReader, { signer }: VerifyOptions = {}): Promise<LedgerVerdict> {
  const seals = sealSubject(reader.tenantId);
  const heads = new SealedHeads();
  const findings: LedgerFinding[] = [];
  const visit = async (entry: LedgerEntry) => {
    const seal = sealIn(entry);
    if (seal !== undefined) heads.add(seal);
    if (signer !== undefined) await checkSignature(entry, signer);
  };
  const totals = { streams: 0, entries: 0, erased: 0 };
  const look = async (stream: Subject, parts: Parameters<typeof verified>[2]) => {
    totals.streams += 1;
    try {
      const { entries, erased } = await verified(reader, stream, parts);
      totals.entries += entries;
      totals.erased += erased;
    } catch (error) {
      findings.push(findingOf(error, stream));
    }
  };
  const { head: sealCount } = await reader.records.read(seals, { limit: 1 }).catch(() => ({ head: 1 }));
  if (sealCount > 0) await look(seals, { visit });
  const sealed = [...heads.all()].length;
  try {
    for await (const { subject } of streamsOf(reader)) {
      if (subject.kind === seals.kind && subject.id === seals.id) continue;
      await look(subject, { sealed: heads.of(subject) });
      heads.seen(subject);
    }
    for (const { kind, id, seq } of heads.all()) {
      const subject = { kind, tenantId: reader.tenantId, id };
      const gone = chainBroken(subject, 1, { expected: `a stream that was sealed at ${seq}`, received: "no stream" });
      findings.push(findingOf(gone, subject));
    }
  } catch (error) {
    findings.push(findingOf(error));
  }
  // Who can take the seals away with everything else would leave nothing that a signature could be missing on.
  if (signer !== undefined && sealCount === 0 && totals.streams > 0) findings.push(findingOf(unsealed(seals), seals));
  return { ok: findings.length === 0, ...totals, sealed, findings };
}

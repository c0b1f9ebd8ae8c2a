import type { AuditChain, AuditManifest, AuditPart } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { digestOf } from "../hash/digest.js";
import { sha256Hex } from "../hash/sha256.js";
import { validateRecord } from "../ledger/records.js";
import { SealedHeads, sealIn, sealSubject } from "../ledger/seal.js";
import { streamVerifier } from "../ledger/verify.js";
import type { LedgerEntry, StreamSummary } from "../ports/ledger.js";
import type { LedgerSignature, LedgerSigner } from "../ports/ledger-signer.js";
import type { Subject } from "../ports/subject.js";

/** Where a bundle comes from. */
export interface BundleSource {
  readonly tenantId: string;
  streams(): AsyncIterable<StreamSummary>;
  entries(stream: Subject): AsyncIterable<LedgerEntry>;
}

/** What goes into a bundle: everything, or what one plan or session has to do with. */
export interface BundleScope {
  readonly planId?: string;
  readonly sessionId?: string;
}

/** What a bundle was found to hold. */
export interface BundleVerdict {
  readonly manifest: AuditManifest;
  readonly entries: number;
  /** Streams whose head a seal in the bundle names. */
  readonly sealed: number;
  readonly signed: boolean;
}

const lineDigest = (text: string): string => `sha256:${sha256Hex(text)}`;

function named({ kind, id }: Pick<Subject, "kind" | "id">): string {
  return `${encodeURIComponent(kind)}/${encodeURIComponent(id)}`;
}

function isMeant({ kind, id }: Subject, entries: readonly LedgerEntry[], { planId, sessionId }: BundleScope): boolean {
  if (kind === "ledger" || (planId === undefined && sessionId === undefined)) return true;
  if (kind === "session" && sessionId !== undefined) return id === sessionId;
  if (kind === "plan" && planId !== undefined) return id === planId;
  const isTold = ({ data }: LedgerEntry) =>
    data.planId === planId || (Array.isArray(data.planIds) && data.planIds.includes(planId));
  return planId !== undefined && kind === "session" && entries.some(isTold);
}

/**
 * Makes an audit bundle: a text of lines that proves itself, with whole ledger streams and the seals.
 *
 * Line 1 is the manifest, then follows one line an entry, then the signature if there is a signer, and last the digest of all before.
 *
 * @param made - when, and by which version of regraft
 */
export async function makeBundle(
  source: BundleSource,
  scope: BundleScope,
  made: { readonly at: string; readonly regraft: string },
  signer?: LedgerSigner,
): Promise<string> {
  const chains: AuditChain[] = [];
  const lines: string[] = [];
  const parts: AuditPart[] = [];
  for await (const { subject } of source.streams()) {
    const entries: LedgerEntry[] = [];
    for await (const entry of source.entries(subject)) entries.push(entry);
    const [first, last] = [entries[0], entries.at(-1)];
    if (first === undefined || last === undefined || !isMeant(subject, entries, scope)) continue;
    chains.push({ kind: subject.kind, id: subject.id, first: first.seq, seq: last.seq, hash: last.hash });
    for (const entry of entries) {
      const line = JSON.stringify(entry);
      lines.push(line);
      const bytes = new TextEncoder().encode(line).length;
      parts.push({ name: `${named(subject)}/${entry.seq}`, digest: lineDigest(line), bytes });
    }
  }
  const body = { scope, regraft: made.regraft, chains, parts };
  const header = { kind: "audit.bundle" as const, schemaVersion: "1.0" as const, tenantId: source.tenantId };
  const manifest: AuditManifest = { header: { ...header, createdAt: made.at, digest: digestOf(body) }, body };
  const text = [JSON.stringify(manifest), ...lines].map((line) => `${line}\n`).join("");
  const signature = await signer?.sign(new TextEncoder().encode(manifest.header.digest));
  const signed = signature === undefined ? text : `${text}${JSON.stringify({ signature })}\n`;
  return `${signed}${endOf(signed, JSON.stringify(manifest), signature && JSON.stringify({ signature }))}\n`;
}

/** The last line: digests of all before, and of the lines that no part of the manifest proves. */
function endOf(before: string, manifest: string, signature: string | undefined): string {
  return JSON.stringify({
    manifest: lineDigest(manifest),
    ...(signature === undefined ? {} : { signature: lineDigest(signature) }),
    digest: lineDigest(before),
  });
}

function tampered(part: string, received: string): RegraftError {
  return new RegraftError("ARTIFACT.DIGEST_MISMATCH", `${part} of the bundle is not what was written`, {
    path: part,
    expected: "the text as it was written",
    received,
  });
}

function parsed(text: string, part: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw tampered(part, "text that is not JSON");
  }
}

function manifestIn(text: string): AuditManifest {
  try {
    return validateRecord("record-audit-manifest", parsed(text, "manifest"));
  } catch (error) {
    if (error instanceof RegraftError) throw tampered("manifest", error.message);
    throw error;
  }
}

function signatureIn(text: string | undefined): LedgerSignature | undefined {
  if (text === undefined) return undefined;
  const value = parsed(text, "signature");
  const isSignature = typeof value === "object" && value !== null && "signature" in value;
  if (!isSignature) throw tampered("signature", "a line of another form");
  return value.signature as LedgerSignature;
}

/** Checks every chain of the bundle, and that it goes as far as the seals in it say. Returns how many are sealed. */
function checkChains({ header: { tenantId }, body }: AuditManifest, entries: readonly LedgerEntry[]): number {
  const heads = new SealedHeads();
  const byStream = new Map<string, LedgerEntry[]>();
  for (const entry of entries) {
    const name = named(entry.subject);
    byStream.set(name, [...(byStream.get(name) ?? []), entry]);
  }
  for (const entry of byStream.get(named(sealSubject(tenantId))) ?? []) {
    const seal = sealIn(entry);
    if (seal !== undefined) heads.add(seal);
  }
  let sealed = 0;
  for (const { kind, id, seq, hash } of body.chains) {
    const head = heads.of({ kind, id });
    const verifier = streamVerifier({ kind, tenantId, id }, head === undefined ? {} : { sealed: head });
    for (const entry of byStream.get(named({ kind, id })) ?? []) verifier.take(entry);
    const verdict = verifier.end();
    if (verdict.head.seq !== seq || verdict.head.hash !== hash) throw tampered(named({ kind, id }), "another head");
    if (head !== undefined) sealed += 1;
  }
  return sealed;
}

/**
 * Checks a bundle offline, with nothing but its text: every byte, every chain, and the seals.
 *
 * Digests alone tell accidents and edits, not a bundle that somebody made anew: that takes a signer, or the head of the seals from
 * elsewhere.
 *
 * @throws RegraftError `ARTIFACT.DIGEST_MISMATCH` with the part in `path`: `manifest`, the name of an entry, `signature` or `end`;
 * `LEDGER.CHAIN_BROKEN`; `LEDGER.SIGNATURE_INVALID`
 */
export async function verifyBundle(
  text: string,
  { signer }: { readonly signer?: LedgerSigner } = {},
): Promise<BundleVerdict> {
  const [first = "", ...rest] = text.split("\n");
  const manifest = manifestIn(first);
  const { parts } = manifest.body;
  parts.forEach(({ name, digest }, at) => {
    const line = rest[at];
    if (line === undefined || lineDigest(line) !== digest)
      throw tampered(name, line === undefined ? "nothing" : "another text");
  });
  const ends = rest.slice(parts.length);
  const signed = ends.length === 3 ? ends[0] : undefined;
  const end = text.lastIndexOf("\n", text.length - 2) + 1;
  const whole = `${endOf(text.slice(0, end), first, signed)}\n`;
  if (text.slice(end) !== whole || ends.length !== (signed === undefined ? 2 : 3)) {
    const last = ends.at(-2) ?? "";
    throw tampered(changedPart(text.slice(0, end), { manifest: first, signature: signed }, last), "another text");
  }
  const signature = signatureIn(signed);
  const entries = rest.slice(0, parts.length).map((line, at) => parsed(line, parts[at]?.name ?? "") as LedgerEntry);
  if (signer !== undefined) await checkSignature(manifest, signature, signer);
  return { manifest, entries: entries.length, sealed: checkChains(manifest, entries), signed: signature !== undefined };
}

/** Which of the lines around the parts was changed, as far as the last one tells. */
function changedPart(
  before: string,
  { manifest, signature }: { readonly manifest: string; readonly signature: string | undefined },
  end: string,
): string {
  const form = /^\{"manifest":"([^"]*)",(?:"signature":"([^"]*)",)?"digest":"([^"]*)"\}$/;
  const [, first, second, all] = form.exec(end) ?? [];
  if (first === undefined || all === lineDigest(before)) return "end";
  if (first !== lineDigest(manifest)) return "manifest";
  return signature !== undefined && second !== lineDigest(signature) ? "signature" : "end";
}

async function checkSignature(
  { header }: AuditManifest,
  signature: LedgerSignature | undefined,
  signer: LedgerSigner,
): Promise<void> {
  const bytes = new TextEncoder().encode(header.digest);
  if (signature !== undefined && (await signer.verify(bytes, signature))) return;
  throw new RegraftError("LEDGER.SIGNATURE_INVALID", "the bundle is not signed by a trusted key", {
    expected: "a signature of the bundle",
    received: signature === undefined ? "no signature" : `another one, by key ${signature.keyId}`,
  });
}

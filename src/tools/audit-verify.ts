import type { AuditManifest } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { sha256Stream } from "../hash/sha256.js";
import { validateRecord } from "../ledger/records.js";
import { SealedHeads, sealIn } from "../ledger/seal.js";
import { streamVerifier } from "../ledger/verify.js";
import type { LedgerEntry } from "../ports/ledger.js";
import type { LedgerSignature, LedgerSigner } from "../ports/ledger-signer.js";
import { endLine, lineDigest, named } from "./audit-bundle.js";

/** What a bundle was found to hold. */
export interface BundleVerdict {
  readonly manifest: AuditManifest;
  readonly entries: number;
  /** Streams whose head a seal in the bundle names. */
  readonly sealed: number;
  readonly signed: boolean;
}

/** The text of a bundle, or what opens it to be read piece by piece from its start; it is read twice. */
export type BundleText = string | (() => AsyncIterable<string>);

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

/** The lines of a text, split at line feeds and nothing else; the last one is what follows the last line feed. */
async function* linesOf(text: BundleText): AsyncGenerator<string> {
  let rest: string[] = [];
  for await (const piece of typeof text === "string" ? [text] : text()) {
    const [first = "", ...more] = piece.split("\n");
    rest.push(first);
    for (const next of more) {
      yield rest.join("");
      rest = [next];
    }
  }
  yield rest.join("");
}

interface Read {
  readonly manifest: AuditManifest;
  readonly heads: SealedHeads;
  readonly signature: string | undefined;
}

/** Checks every byte, and takes the seals. */
async function readAll(text: BundleText): Promise<Read> {
  const all = sha256Stream();
  const heads = new SealedHeads();
  const ends: string[] = [];
  let [first, at]: [{ readonly line: string; readonly manifest: AuditManifest } | undefined, number] = [undefined, 0];
  for await (const line of linesOf(text)) {
    if (first === undefined) first = { line, manifest: manifestIn(line) };
    else {
      const part = first.manifest.body.parts[at];
      at += 1;
      if (part === undefined) {
        ends.push(line);
        if (ends.length > 3) throw tampered("end", "more lines");
        continue;
      }
      if (lineDigest(line) !== part.digest) throw tampered(part.name, "another text");
      if (part.name.startsWith("ledger/")) {
        const seal = sealIn(parsed(line, part.name) as LedgerEntry);
        if (seal !== undefined) heads.add(seal);
      }
    }
    all.update(`${line}\n`);
  }
  if (first === undefined) throw tampered("manifest", "nothing");
  const missing = first.manifest.body.parts[at];
  if (missing !== undefined) throw tampered(missing.name, "nothing");
  const signature = ends.length === 3 ? ends[0] : undefined;
  if (signature !== undefined) all.update(`${signature}\n`);
  const digests = { manifest: lineDigest(first.line), signature, all: `sha256:${all.hex()}` };
  const last = ends.at(-2) ?? "";
  if (ends.length < 2 || ends.at(-1) !== "" || last !== endLine(digests)) {
    throw tampered(changedPart(digests, last), "another text");
  }
  return { manifest: first.manifest, heads, signature };
}

/** Which of the lines around the parts was changed, as far as the last one tells. */
function changedPart({ manifest, signature, all }: Parameters<typeof endLine>[0], end: string): string {
  const form = /^\{"manifest":"([^"]*)",(?:"signature":"([^"]*)",)?"digest":"([^"]*)"\}$/;
  const [, first, second, whole] = form.exec(end) ?? [];
  if (first === undefined || whole === all) return "end";
  if (first !== manifest) return "manifest";
  return signature !== undefined && second !== lineDigest(signature) ? "signature" : "end";
}

/** Checks every chain of the bundle, and that it goes as far as the seals in it say. Returns how many are sealed. */
async function checkChains(text: BundleText, { manifest: { header, body }, heads }: Read): Promise<number> {
  const lines = linesOf(text);
  await lines.next();
  let [sealed, at] = [0, 0];
  for (const chain of body.chains) {
    const { kind, id, first, seq, hash } = chain;
    const head = heads.of(chain);
    const subject = { kind, tenantId: header.tenantId, id };
    const verifier = streamVerifier(subject, head === undefined ? {} : { sealed: head });
    for (let count = first; count <= seq && at < body.parts.length; count += 1, at += 1) {
      const { value } = await lines.next();
      verifier.take(parsed(String(value), body.parts[at]?.name ?? "") as LedgerEntry);
    }
    const verdict = verifier.end();
    const isSame = verdict.head.seq === seq && verdict.head.hash === hash && verdict.first === first;
    if (!isSame) throw tampered(named(chain), "another head");
    if (head !== undefined) sealed += 1;
  }
  await lines.return(undefined);
  if (at < body.parts.length) throw tampered(body.parts[at]?.name ?? "end", "an entry of no stream");
  return sealed;
}

/**
 * Checks a bundle offline, with nothing but its text: every byte, every chain, and the seals. The manifest is kept, and a few numbers a
 * stream; entries are not.
 *
 * Digests alone tell accidents and edits, not a bundle that somebody made anew: that takes a signer, or the head of the seals from
 * elsewhere.
 *
 * @throws RegraftError `ARTIFACT.DIGEST_MISMATCH` with the part in `path`: `manifest`, the name of an entry, `signature` or `end`;
 * `LEDGER.CHAIN_BROKEN`; `LEDGER.SIGNATURE_INVALID`
 */
export async function verifyBundle(
  text: BundleText,
  { signer }: { readonly signer?: LedgerSigner } = {},
): Promise<BundleVerdict> {
  const read = await readAll(text);
  const { manifest } = read;
  const signature = signatureIn(read.signature);
  if (signer !== undefined) await checkSignature(manifest, signature, signer);
  const sealed = await checkChains(text, read);
  return { manifest, entries: manifest.body.parts.length, sealed, signed: signature !== undefined };
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

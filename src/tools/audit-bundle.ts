import type { AuditChain, AuditManifest, AuditPart } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { canonicalJson } from "../hash/canonical-json.js";
import { sha256Hex, sha256Stream } from "../hash/sha256.js";
import { SealedHeads, sealIn, sealSubject } from "../ledger/seal.js";
import { streamVerifier } from "../ledger/verify.js";
import type { LedgerEntry, StreamSummary } from "../ports/ledger.js";
import type { LedgerSigner } from "../ports/ledger-signer.js";
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

/** A bundle that was found to be possible, and is written when it is read. */
export interface PreparedBundle {
  readonly header: AuditManifest["header"];
  readonly chains: readonly AuditChain[];
  readonly entries: number;
  /** Streams whose head a seal in the bundle names. */
  readonly sealed: number;
  /**
   * The text, piece by piece.
   *
   * @throws RegraftError `STORE.CONFLICT` where the ledger is not what it was when the bundle was prepared
   */
  text(): AsyncGenerator<string>;
}

/** The digest of a line of a bundle. */
export const lineDigest = (text: string): string => `sha256:${sha256Hex(text)}`;

/** The name of a stream in a bundle. */
export function named({ kind, id }: Pick<Subject, "kind" | "id">): string {
  return `${encodeURIComponent(kind)}/${encodeURIComponent(id)}`;
}

/** Whether a stream is meant, as far as its name says; undefined where its entries have to. */
function isMeant({ kind, id }: Subject, { planId, sessionId }: BundleScope): boolean | undefined {
  if (kind === "ledger" || (planId === undefined && sessionId === undefined)) return true;
  if (kind === "session" && sessionId !== undefined) return id === sessionId;
  if (kind === "plan" && planId !== undefined) return id === planId;
  return planId !== undefined && kind === "session" ? undefined : false;
}

function tellsOf({ data }: LedgerEntry, planId: string | undefined): boolean {
  return data.planId === planId || (Array.isArray(data.planIds) && data.planIds.includes(planId));
}

async function sealedHeads(source: BundleSource): Promise<SealedHeads> {
  const heads = new SealedHeads();
  for await (const entry of source.entries(sealSubject(source.tenantId))) {
    const seal = sealIn(entry);
    if (seal !== undefined) heads.add(seal);
  }
  return heads;
}

/** The streams that are meant, up to where they go now; each is verified. */
async function chainsOf(source: BundleSource, scope: BundleScope) {
  const heads = await sealedHeads(source);
  const chains: AuditChain[] = [];
  let [total, sealed] = [0, 0];
  for await (const { subject } of source.streams()) {
    let meant = isMeant(subject, scope);
    if (meant === false) continue;
    const head = heads.of(subject);
    const verifier = streamVerifier(subject, head === undefined ? {} : { sealed: head });
    for await (const entry of source.entries(subject)) {
      verifier.take(entry);
      meant ||= tellsOf(entry, scope.planId);
    }
    if (meant !== true) continue;
    const { first, head: last, entries } = verifier.end();
    if (entries === 0) continue;
    chains.push({ kind: subject.kind, id: subject.id, first, seq: last.seq, hash: last.hash });
    total += entries;
    if (head !== undefined) sealed += 1;
  }
  return { chains, entries: total, sealed };
}

/** The lines of the entries of some streams, up to where they went when the bundle was prepared. */
async function* linesOf(source: BundleSource, chains: readonly AuditChain[]) {
  for (const { kind, id, seq } of chains) {
    const subject = { kind, tenantId: source.tenantId, id };
    for await (const entry of source.entries(subject)) {
      if (entry.seq > seq) break;
      yield { name: `${named(subject)}/${entry.seq}`, line: JSON.stringify(entry) };
    }
  }
}

async function* partsOf(source: BundleSource, chains: readonly AuditChain[]): AsyncGenerator<AuditPart> {
  for await (const { name, line } of linesOf(source, chains)) {
    yield { name, digest: lineDigest(line), bytes: new TextEncoder().encode(line).length };
  }
}

/** What passes over the ledger have to agree about: the digests of all lines. */
function agreement() {
  const hash = sha256Stream();
  return { add: (digest: string) => hash.update(digest), end: () => hash.hex() };
}

function changed(): RegraftError {
  return new RegraftError("STORE.CONFLICT", "the ledger was shortened or erased in while the bundle was made", {
    expected: "the entries that were there when the bundle was begun",
    received: "other entries",
  });
}

/**
 * Looks at everything that a bundle will hold: chooses and verifies the streams, and takes the digest of the manifest. The ledger is read
 * again when the text is; memory is a few numbers a stream, whatever the number of entries.
 *
 * @param made - when, and by which version of regraft
 * @throws RegraftError `LEDGER.CHAIN_BROKEN`
 */
export async function prepareBundle(
  source: BundleSource,
  scope: BundleScope,
  made: { readonly at: string; readonly regraft: string },
  signer?: LedgerSigner,
): Promise<PreparedBundle> {
  const { chains, entries, sealed } = await chainsOf(source, scope);
  const body = sha256Stream();
  const agreed = agreement();
  // Members in the order of canonical JSON, so that the parts need not be kept.
  body.update(`{"chains":${canonicalJson(chains)},"parts":[`);
  let comma = "";
  for await (const part of partsOf(source, chains)) {
    body.update(`${comma}${canonicalJson(part)}`);
    agreed.add(part.digest);
    comma = ",";
  }
  body.update(`],"regraft":${canonicalJson(made.regraft)},"scope":${canonicalJson(scope)}}`);
  const header = {
    kind: "audit.bundle" as const,
    schemaVersion: "1.0" as const,
    tenantId: source.tenantId,
    createdAt: made.at,
    digest: `sha256:${body.hex()}`,
  };
  const before = agreed.end();

  async function* manifestText(): AsyncGenerator<string> {
    const again = agreement();
    const start = { scope, regraft: made.regraft, chains };
    yield `{"header":${JSON.stringify(header)},"body":${JSON.stringify(start).slice(0, -1)},"parts":[`;
    let between = "";
    for await (const part of partsOf(source, chains)) {
      again.add(part.digest);
      yield `${between}${JSON.stringify(part)}`;
      between = ",";
    }
    if (again.end() !== before) throw changed();
    yield "]}}";
  }

  async function* text(): AsyncGenerator<string> {
    const [first, all, again] = [sha256Stream(), sha256Stream(), agreement()];
    for await (const piece of manifestText()) {
      first.update(piece);
      all.update(piece);
      yield piece;
    }
    const told = function* (piece: string) {
      all.update(piece);
      yield piece;
    };
    yield* told("\n");
    for await (const { line } of linesOf(source, chains)) {
      again.add(lineDigest(line));
      yield* told(`${line}\n`);
    }
    if (again.end() !== before) throw changed();
    const signature = await signer?.sign(new TextEncoder().encode(header.digest));
    const signed = signature === undefined ? undefined : JSON.stringify({ signature });
    if (signed !== undefined) yield* told(`${signed}\n`);
    yield `${endLine({ manifest: `sha256:${first.hex()}`, signature: signed, all: `sha256:${all.hex()}` })}\n`;
  }
  return { header, chains, entries, sealed, text };
}

/** The last line: digests of all before, and of the lines that no part of the manifest proves. */
export function endLine(lines: {
  readonly manifest: string;
  readonly signature: string | undefined;
  readonly all: string;
}): string {
  const { manifest, signature, all } = lines;
  return JSON.stringify({
    manifest,
    ...(signature === undefined ? {} : { signature: lineDigest(signature) }),
    digest: all,
  });
}

/**
 * Makes an audit bundle: a text of lines that proves itself, with whole ledger streams and the seals.
 *
 * Line 1 is the manifest, then follows one line an entry, then the signature if there is a signer, and last the digest of all before.
 */
export async function makeBundle(...input: Parameters<typeof prepareBundle>): Promise<string> {
  const pieces: string[] = [];
  for await (const piece of (await prepareBundle(...input)).text()) pieces.push(piece);
  return pieces.join("");
}

import { RegraftError } from "../errors.js";
import { canonicalJson } from "../hash/canonical-json.js";
import type { LedgerEntry, StreamHead, StreamSummary } from "../ports/ledger.js";
import type { LedgerSignature } from "../ports/ledger-signer.js";
import type { Subject } from "../ports/subject.js";

/** Types of the entries in the stream of seals. */
export const sealTypes = Object.freeze({ sealed: "ledger.sealed", anchored: "ledger.anchored" });

/** The head of a stream, as a seal names it. */
export interface SealedHead extends StreamHead {
  readonly kind: string;
  readonly id: string;
}

/** What a seal says: heads of the streams that have changed since they were sealed last. */
export interface SealData {
  readonly heads: readonly SealedHead[];
  /** The head of the stream of seals before it: a signature stands for all earlier seals as well. */
  readonly previous: StreamHead;
  readonly signature?: LedgerSignature;
}

/** The stream in which a tenant's seals are. */
export function sealSubject(tenantId: string): Subject {
  return { kind: "ledger", tenantId, id: "seals" };
}

export function isSealSubject({ kind, id }: Subject): boolean {
  return kind === "ledger" && id === "seals";
}

/** The bytes that a signer signs: canonical JSON of tenant, heads and the seal before. */
export function sealBytes(tenantId: string, { heads, previous }: Pick<SealData, "heads" | "previous">): Uint8Array {
  return new TextEncoder().encode(canonicalJson({ tenantId, heads, previous }));
}

/** What an entry of the stream of seals says, or undefined for an entry of another type. */
export function sealIn({ type, data, seq, subject }: LedgerEntry): SealData | undefined {
  if (type !== sealTypes.sealed) return undefined;
  if (Array.isArray(data.heads) && data.heads.every(isSealedHead)) return data as unknown as SealData;
  throw new RegraftError("LEDGER.CHAIN_BROKEN", `entry ${seq} of a ledger stream is no seal`, {
    seq,
    stream: subject,
    expected: "heads of streams",
    received: "other data",
  });
}

function isSealedHead(value: unknown): boolean {
  return (
    typeof value === "object" && value !== null && "kind" in value && "id" in value && "seq" in value && "hash" in value
  );
}

function keyOf(kind: string, id: string): string {
  return JSON.stringify([kind, id]);
}

/** The latest sealed head of each stream. Memory: one head a stream. */
export class SealedHeads {
  readonly #heads = new Map<string, SealedHead>();

  add({ heads }: SealData): void {
    for (const head of heads) this.#heads.set(keyOf(head.kind, head.id), head);
  }

  of({ kind, id }: Pick<Subject, "kind" | "id">): SealedHead | undefined {
    return this.#heads.get(keyOf(kind, id));
  }

  /** Takes a stream out that was met. */
  seen({ kind, id }: Pick<Subject, "kind" | "id">): void {
    this.#heads.delete(keyOf(kind, id));
  }

  all(): IterableIterator<SealedHead> {
    return this.#heads.values();
  }

  /** The head of a stream for the next seal; undefined where nothing has changed since it was sealed, or it is that of the seals. */
  next({ subject, seq, hash }: StreamSummary): SealedHead | undefined {
    const { kind, id } = subject;
    if (isSealSubject(subject) || this.of(subject)?.seq === seq) return undefined;
    return { kind, id, seq, hash };
  }
}

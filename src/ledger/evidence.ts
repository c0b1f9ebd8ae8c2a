import type { EvidenceCapsule, JsonObject, ReasonCode } from "../contracts/types.js";
import { digestOf } from "../hash/digest.js";
import { deepFreeze } from "../hash/freeze.js";
import type { LedgerEntry } from "../ports/ledger.js";

function texts(value: unknown): Record<string, string> {
  if (typeof value !== "object" || value === null) return {};
  return Object.fromEntries(Object.entries(value).map(([name, part]): [string, string] => [name, String(part)]));
}

/**
 * The evidence of one decision as a record of its own: what it rested on, and what it came to. It is cut out of the ledger entry, so
 * that it costs no write, and is proven by the entry's hash.
 *
 * @returns undefined for an entry without evidence: `continue`, a clean graft, and whatever is no decision
 *
 * @since 0.2.0
 * @public
 */
export function evidenceOf(entry: LedgerEntry): EvidenceCapsule | undefined {
  const { subject, seq, hash, type, at, data, erased } = entry;
  const isPlan = type.startsWith("plan.");
  if (erased === true || (data.evidence === undefined && !isPlan)) return undefined;
  const { digest, record, by } = data;
  const inputs = isPlan ? { digest, record, ...(by === undefined ? {} : { by }) } : data.evidence;
  const { after: _, evidence: __, ...plain } = data;
  const outcome = (isPlan ? plain : (data.result ?? plain)) as JsonObject;
  const reasons = Array.isArray(data.reasons) ? (data.reasons as ReasonCode[]) : [];
  const { kind, tenantId, id } = subject;
  const body = { stream: { kind, tenantId, id }, seq, hash, type, at, inputs: texts(inputs), reasons, outcome };
  const header = { kind: "evidence.capsule" as const, schemaVersion: "1.0" as const, tenantId, digest: digestOf(body) };
  return deepFreeze({ header: { ...header, createdAt: at }, body });
}

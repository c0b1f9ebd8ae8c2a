import { validators } from "../contracts/record-validators.js";
import type {
  AuditManifest,
  ConfigFile,
  DoctorReport,
  EvidenceCapsule,
  GraphSnapshot,
  LedgerCloudEvent,
  MigrationReport,
  RunManifest,
  SchemaPinsFile,
  SchemaRegistryFile,
  StateReport,
} from "../contracts/types.js";
import { violationsBy } from "../contracts/validate.js";
import type { Violation } from "../contracts/violation.js";
import { RegraftError } from "../errors.js";
import { digestOf } from "../hash/digest.js";

/** Records of the ledger's tools, by the stems of their schemas. */
interface RecordContracts {
  readonly "record-audit-manifest": AuditManifest;
  readonly "record-cloud-event": LedgerCloudEvent;
  readonly "record-config-file": ConfigFile;
  readonly "record-doctor-report": DoctorReport;
  readonly "record-evidence-capsule": EvidenceCapsule;
  readonly "record-graph-snapshot": GraphSnapshot;
  readonly "record-migration-report": MigrationReport;
  readonly "record-run-manifest": RunManifest;
  readonly "record-schema-pins": SchemaPinsFile;
  readonly "record-schema-registry": SchemaRegistryFile;
  readonly "record-state-report": StateReport;
}

/** The name of a schema of a record: `schemas/<kind>.schema.json`. */
export type RecordKind = keyof RecordContracts;

/** All kinds of records, in alphabetical order. */
export const recordKinds: readonly RecordKind[] = Object.freeze(Object.keys(validators) as RecordKind[]);

/** Whether a text names a kind of record. */
export function isRecordKind(text: string): text is RecordKind {
  return Object.hasOwn(validators, text);
}

/** Lists the faults of a record against its schema; empty if it is valid. */
export function recordViolations(kind: RecordKind, value: unknown): readonly Violation[] {
  return violationsBy(validators[kind], value);
}

/**
 * Returns the value itself, typed, if it follows the schema of its kind, and its header, if it has one, names the digest of its body.
 *
 * @param options - `digest: false` leaves the digest unchecked
 * @throws RegraftError `ARTIFACT.INVALID` with path, expected and received of the first fault; `ARTIFACT.DIGEST_MISMATCH`
 */
export function validateRecord<K extends RecordKind>(
  kind: K,
  value: unknown,
  options: { readonly digest?: boolean } = {},
): RecordContracts[K] {
  const errors = recordViolations(kind, value);
  const [first] = errors;
  if (first !== undefined) {
    const where = first.path === "" ? `the ${kind}` : `${first.path} of the ${kind}`;
    throw new RegraftError("ARTIFACT.INVALID", `${where}: expected ${first.expected}, received ${first.received}`, {
      ...first,
      kind,
      errors: Object.freeze(errors),
    });
  }
  if (options.digest !== false)
    checkDigest(kind, value as { readonly header?: { readonly digest: string }; readonly body?: unknown });
  return value as RecordContracts[K];
}

function checkDigest(
  kind: RecordKind,
  { header, body }: { readonly header?: { readonly digest: string }; readonly body?: unknown },
): void {
  if (header === undefined) return;
  const digest = digestOf(body);
  if (digest === header.digest) return;
  throw new RegraftError("ARTIFACT.DIGEST_MISMATCH", `the body of the ${kind} is not the one that its header names`, {
    path: "/body",
    expected: header.digest,
    received: digest,
    kind,
  });
}

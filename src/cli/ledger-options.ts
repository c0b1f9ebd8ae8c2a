import type { OnStoreOptions } from "./options.js";

/** Options of `regraft ledger show`. */
export interface LedgerShowOptions extends OnStoreOptions {
  readonly cloudEvents?: boolean;
}

/** Options of `regraft ledger seal`. */
export interface LedgerSealOptions extends OnStoreOptions {
  readonly key?: string;
}

/** Options of `regraft ledger verify`. */
export interface LedgerVerifyOptions extends OnStoreOptions {
  readonly publicKey?: string;
}

/** Options of `regraft audit verify`. */
export interface AuditVerifyOptions {
  readonly json?: boolean;
  readonly publicKey?: string;
}

/** Options of `regraft audit bundle`. */
export interface AuditBundleOptions extends OnStoreOptions {
  readonly out: string;
  readonly plan?: string;
  readonly session?: string;
  readonly key?: string;
}

/** Options of `regraft run record`. */
export interface RunRecordOptions {
  readonly json?: boolean;
  readonly sessions: string;
  readonly out: string;
  readonly id: string;
  readonly at?: string;
  readonly config?: string;
  readonly profile?: string;
  readonly set?: string[];
}

/** Options of `regraft run reproduce`. */
export interface RunReproduceOptions extends FileOptions {
  readonly sample?: number;
}

/** Options of `regraft report`. */
export interface ReportOptions extends OnStoreOptions {
  readonly out?: string;
}

/** Commands that read one file. */
export interface FileOptions {
  readonly json?: boolean;
}

import type { OnStoreOptions } from "./options.js";

/** Options of `regraft ledger show`. */
export interface LedgerShowOptions extends OnStoreOptions {
  readonly cloudEvents?: boolean;
}

/** Options of `regraft audit bundle`. */
export interface AuditBundleOptions extends OnStoreOptions {
  readonly out: string;
  readonly plan?: string;
  readonly session?: string;
}

/** Options of `regraft run record`. */
export interface RunRecordOptions {
  readonly json?: boolean;
  readonly sessions: string;
  readonly out: string;
  readonly id: string;
  readonly at?: string;
}

/** Options of `regraft report`. */
export interface ReportOptions extends OnStoreOptions {
  readonly out?: string;
}

/** Commands that read one file. */
export interface FileOptions {
  readonly json?: boolean;
}

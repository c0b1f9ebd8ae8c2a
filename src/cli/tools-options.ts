import type { OnStoreOptions } from "./options.js";

/** Options of the commands about schemas. */
export interface SchemaOptions {
  readonly json?: boolean;
  readonly registry?: string;
  readonly check?: boolean;
  readonly kind?: string;
  readonly all?: boolean;
}

/** Options of `regraft config show`. */
export interface ConfigShowOptions {
  readonly json?: boolean;
  readonly file?: string;
  readonly profile?: string;
  readonly set?: string[];
}

/** Options of `regraft doctor`. */
export interface DoctorOptions extends OnStoreOptions {
  readonly fix?: boolean;
}

/** Options of `regraft drill`. */
export interface DrillOptions {
  readonly json?: boolean;
  readonly all?: boolean;
}

/** Options of `regraft state migrate`. */
export interface StateMigrateOptions extends OnStoreOptions {
  readonly from?: string;
  readonly dryRun?: boolean;
  readonly out?: string;
}

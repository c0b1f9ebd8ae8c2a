import type { OnStoreOptions } from "./options.js";

/** Options of `regraft dlq retry`. */
export interface DlqRetryOptions extends OnStoreOptions {
  readonly by: string;
  readonly all?: boolean;
}

/** Options of `regraft dlq drop`. */
export interface DlqDropOptions extends OnStoreOptions {
  readonly by: string;
  readonly reason: string;
}

/** Options of `regraft slo`. */
export interface SloOptions extends OnStoreOptions {
  readonly since?: string;
  readonly until?: string;
  readonly availability?: number;
  readonly flow?: number;
}

/** Options of `regraft alerts`. */
export interface AlertsOptions extends OnStoreOptions {
  readonly since?: string;
  readonly until?: string;
  readonly rules?: string;
}

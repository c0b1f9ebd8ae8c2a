import type { ConfigurationInput } from "../contracts/types.js";

type Complete<T> = { readonly [K in keyof T]-?: NonNullable<T[K]> extends object ? Complete<NonNullable<T[K]>> : T[K] };

/**
 * The options of the engine with every default filled in; frozen.
 *
 * There is no option that turns the protection of checkpoints off, and blocked sessions are always logged.
 *
 * @public
 */
export interface Configuration
  extends Complete<Omit<ConfigurationInput, "planExpiryDays" | "fieldThresholds" | "tenantThresholds" | "rateLimits">> {
  /** Days after which a plan that was not deployed expires; never if absent. */
  readonly planExpiryDays?: number;
  /** Other thresholds for single fields, by name. */
  readonly fieldThresholds?: NonNullable<ConfigurationInput["fieldThresholds"]>;
  /** What each tenant may use; no limits if absent. */
  readonly rateLimits?: NonNullable<ConfigurationInput["rateLimits"]>;
  /** Other thresholds for single tenants, by id. */
  readonly tenantThresholds?: NonNullable<ConfigurationInput["tenantThresholds"]>;
}

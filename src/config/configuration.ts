import type { ConfigurationInput } from "../contracts/types.js";

type Complete<T> = { readonly [K in keyof T]-?: NonNullable<T[K]> extends object ? Complete<NonNullable<T[K]>> : T[K] };

/**
 * The options of the engine with every default filled in; frozen.
 *
 * `extraction`, `thresholds` and `conversationTurns` belong to gap fill, `retention` to the clean-up of old versions and
 * plans; the engine's own use cases do not read them. There is no option that turns the protection of checkpoints off, and
 * blocked sessions are always logged.
 *
 * @public
 */
export interface Configuration extends Complete<Omit<ConfigurationInput, "planExpiryDays">> {
  /** Days after which a plan that was not deployed expires; never if absent. */
  readonly planExpiryDays?: number;
}

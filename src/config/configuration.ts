import type { ConfigurationInput } from "../contracts/types.js";

type Complete<T> = { readonly [K in keyof T]-?: NonNullable<T[K]> extends object ? Complete<NonNullable<T[K]>> : T[K] };

/**
 * The options of the engine with every default filled in; frozen.
 *
 * `conversationTurns` and `retention` are checked and kept, but nothing reads them yet: the extraction from conversations and the
 * clean-up of old versions and plans arrive later. Of `extraction`, `enabled` lets field sources of kind `conversation` be asked
 * or not. There is no option that turns the protection of checkpoints off, and blocked sessions are always logged.
 *
 * @public
 */
export interface Configuration extends Complete<Omit<ConfigurationInput, "planExpiryDays">> {
  /** Days after which a plan that was not deployed expires; never if absent. */
  readonly planExpiryDays?: number;
}

import type { Session, Timestamp } from "../contracts/types.js";
import type { ProfileChange } from "./field-source.js";

/** A value in a customer's profile. */
export interface ProfileValue {
  readonly value: unknown;
  /** From 0 to 1; 1 if absent. */
  readonly confidence?: number;
  /** Since when it is known; it expires from there. */
  readonly at?: Timestamp;
}

/**
 * The customer's profile, which belongs to the application.
 *
 * @public
 */
export interface ProfilePort {
  /** The profile's values by field name; nothing if there is no profile. Called only for sessions with a customer. */
  load(request: {
    readonly tenantId: string;
    readonly customerId: string;
    readonly fields: readonly string[];
    readonly session: Session;
    readonly signal: AbortSignal;
  }): Promise<Readonly<Record<string, ProfileValue>> | undefined>;
  /** Takes a change once for each id; creates the profile if there is none. */
  save?(change: ProfileChange): Promise<void>;
}

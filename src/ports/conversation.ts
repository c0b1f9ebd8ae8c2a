import type { Session } from "../contracts/types.js";
import type { Turn } from "./extractor.js";

/**
 * Reads the latest turns of a session's conversation from where the application keeps them, oldest first. Turns before the last
 * `limit` are cut off; `signal` is aborted when nobody waits any more.
 *
 * @public
 */
export type ConversationReader = (
  session: Session,
  options: { readonly limit: number; readonly signal: AbortSignal },
) => Promise<readonly Turn[]>;

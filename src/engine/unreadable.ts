import type { Unread } from "../ports/session-store.js";
import type { Engine } from "./context.js";

/** Tells the log which sessions a store could not read; everything goes on for all others. Returns how many they are. */
export function tellUnreadable(engine: Engine, { unreadable = [] }: Unread): number {
  for (const { code, place, received } of unreadable) {
    engine.logger?.error({ tenantId: engine.tenantId, code, place, received }, "a session cannot be read");
  }
  return unreadable.length;
}

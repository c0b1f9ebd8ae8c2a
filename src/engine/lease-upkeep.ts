import type { Fence } from "../ports/record-store.js";
import type { Engine } from "./context.js";

/**
 * Keeps a lease while its holder works through something long: to be called between any two pieces of the work. The lease is renewed
 * whenever a third of its time is over.
 *
 * One piece may take longer than the lease lasts. That does not end the work: where nobody has taken the lease meanwhile, its token is
 * still the newest, and where somebody has, the next write under the fence is refused.
 */
export function leaseUpkeep(engine: Engine, fence: Fence, ttlMs: number): () => Promise<void> {
  let renewedAt = Number.NEGATIVE_INFINITY;
  return async () => {
    const now = engine.clock.now();
    // A clock that was set back says nothing about how long ago that was: stores may count by another one.
    if (now >= renewedAt && now - renewedAt < ttlMs / 3) return;
    renewedAt = now;
    await engine.records.renew(fence, { ttlMs });
  };
}

import type { SessionStatus } from "../contracts/types.js";
import type { SessionCount, SessionQuery } from "../ports/session-store.js";
import type { Engine } from "./context.js";
import { tellUnreadable } from "./unreadable.js";

/** Statuses of sessions that a migration concerns. */
export const walkingStatuses: readonly SessionStatus[] = ["active", "idle", "suspended"];

/** The sessions that walk a version. */
export function walkersOf(engine: Engine, scenarioId: string, version: number): SessionQuery {
  return { tenantId: engine.tenantId, scenarioId, versions: [version], statuses: walkingStatuses };
}

/** How many sessions walk a version, by step; undefined if the store does not answer: unknown is not zero. */
export async function countWalkers(
  engine: Engine,
  scenarioId: string,
  version: number,
): Promise<SessionCount | undefined> {
  try {
    const counted = await engine.sessions.count(walkersOf(engine, scenarioId, version));
    tellUnreadable(engine, counted);
    return counted;
  } catch (error) {
    engine.logger?.warn({ scenarioId, version, error: String(error) }, "the sessions could not be counted");
    return undefined;
  }
}

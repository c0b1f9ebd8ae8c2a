import type { OutboxItem, ProfileOutboxItem, Session } from "../contracts/types.js";
import { digestOf } from "../hash/digest.js";
import type { FieldSource, ProfileChange } from "../ports/field-source.js";
import type { Engine } from "./context.js";
import { inTime, late } from "./in-time.js";

/** The items of an outbox that are for the customer's profile. */
export function profileItems(outbox: readonly OutboxItem[] | undefined): ProfileOutboxItem[] {
  return (outbox ?? []).filter((item) => item.kind === "profile");
}

function changeOf({ tenantId }: Engine, session: Session, item: ProfileOutboxItem): ProfileChange {
  const { id, at, customerId, write = [], takeBack = [] } = item;
  return {
    id,
    tenantId,
    customerId,
    sessionId: session.id,
    at,
    write,
    takeBack: takeBack.map(({ field, wrote }) => ({ field, isOurs: (value) => isDigest(value, wrote) })),
  };
}

function isDigest(value: unknown, digest: string): boolean {
  try {
    return digestOf(value) === digest;
  } catch {
    return false;
  }
}

/**
 * Tells the profiles about a write. A profile that fails or is late never stops anybody: the item stays in the outbox and is
 * delivered again with the session's next write, or by a sweep.
 *
 * @returns whether every profile has taken it
 */
export async function deliverProfile(engine: Engine, session: Session, item: ProfileOutboxItem): Promise<boolean> {
  let isTaken = true;
  for (const source of engine.sources.filter(({ kind }) => kind === "profile")) {
    if (source.save !== undefined && !(await saved(engine, source, changeOf(engine, session, item)))) isTaken = false;
  }
  return isTaken;
}

async function saved(engine: Engine, source: FieldSource, change: ProfileChange): Promise<boolean> {
  const { sessionId, tenantId, id } = change;
  const told = { sessionId, tenantId, source: source.name, change: id };
  try {
    const outcome = await inTime(async () => source.save?.(change), engine.config.limits.sourceTimeoutMs);
    if (outcome !== late) return true;
    engine.logger?.warn(told, "a profile was late to take a change");
  } catch (error) {
    // What was thrown may hold the values: only its name is told.
    const name = error instanceof Error ? error.name : typeof error;
    engine.logger?.warn({ ...told, error: name }, "a profile did not take a change");
  }
  return false;
}

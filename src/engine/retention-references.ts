import type { PlanStatus, Session } from "../contracts/types.js";
import { isRegraftError } from "../errors.js";
import type { StoredRecord } from "../ports/record-store.js";
import type { Unread } from "../ports/session-store.js";
import type { Engine } from "./context.js";
import { openStatuses } from "./plan-records.js";
import { type HoldSubject, holdRecords } from "./retention-holds.js";
import { recordsOf } from "./retention-inventory.js";
import type { Keeping, RetainedItem, RetainedPlan } from "./retention-items.js";
import { tellUnreadable } from "./unreadable.js";
import { walkingStatuses } from "./walkers.js";

/** The session whose past reaches back farthest. */
interface Oldest {
  readonly version: number;
  readonly sessionId: string;
}

/** What refers to versions and plans of a scenario. */
export interface References {
  readonly live: number | undefined;
  /** Undefined if no session needs an old version. One that cannot be read may need every version; its place stands for its id. */
  readonly walker: Oldest | undefined;
  /** The same for sessions under a legal hold, whatever their status. */
  readonly heldSession: Oldest | undefined;
  readonly holds: readonly HoldSubject[];
  /** Tags of what was set aside. */
  readonly deadLetters: readonly Pick<StoredRecord, "id" | "tags">[];
}

const pageLimit = 1000;

/**
 * The oldest version that a decision about a session, or an undo of its last move, may read. What lies between it and the live
 * version may be on the way.
 */
function oldestOf({
  scenarioVersion,
  stepHistory,
  passedCheckpoints,
  completedActions = [],
  inverse,
}: Session): number {
  let oldest = Math.min(scenarioVersion, inverse?.scenarioVersion ?? scenarioVersion);
  for (const list of [stepHistory, passedCheckpoints, completedActions]) {
    for (const past of list) oldest = Math.min(oldest, past.scenarioVersion);
  }
  for (const list of [inverse?.visits?.removed ?? [], inverse?.checkpoints?.removed ?? []]) {
    for (const { item } of list) oldest = Math.min(oldest, item.scenarioVersion);
  }
  return oldest;
}

function older(known: Oldest | undefined, session: Session): Oldest {
  const version = oldestOf(session);
  return known === undefined || version < known.version ? { version, sessionId: session.id } : known;
}

/** Stands for a session whose past nobody can read: it may need everything. */
function unknown({ unreadable: [first] = [] }: Unread): Oldest {
  return { version: 0, sessionId: first?.place ?? "" };
}

async function oldestWalker(
  engine: Engine,
  scenarioId: string,
  afterPage: () => Promise<void>,
): Promise<Oldest | undefined> {
  const query = { tenantId: engine.tenantId, scenarioId, statuses: walkingStatuses };
  let oldest: Oldest | undefined;
  let cursor: string | undefined;
  do {
    const request = { limit: pageLimit, ...(cursor === undefined ? {} : { cursor }) };
    const page = await engine.sessions.scan(query, request);
    for (const session of page.sessions) oldest = older(oldest, session);
    // It may walk any scenario and any version.
    if (tellUnreadable(engine, page) > 0) return unknown(page);
    await afterPage();
    cursor = page.cursor;
  } while (cursor !== undefined);
  return oldest;
}

/**
 * Reads all that refers to a scenario: O(sessions of the scenario that are not over), a page at a time.
 *
 * @param live - the live version as it was read before the sessions
 * @param afterPage - called after each page of sessions
 */
export async function referencesTo(
  engine: Engine,
  scenarioId: string,
  live: number | undefined,
  afterPage: () => Promise<void> = async () => {},
): Promise<References> {
  const walker = await oldestWalker(engine, scenarioId, afterPage);
  return { live, walker, ...(await lastingReferences(engine, scenarioId)) };
}

async function sessionUnderHold(engine: Engine, id: string): Promise<Session | "unreadable" | undefined> {
  try {
    return await engine.sessions.get({ tenantId: engine.tenantId, id });
  } catch (error) {
    if (isRegraftError(error, "STORE.DAMAGED")) return "unreadable";
    throw error;
  }
}

/** What refers to a scenario beside its sessions in progress. */
export async function lastingReferences(
  engine: Engine,
  scenarioId: string,
): Promise<Pick<References, "heldSession" | "holds" | "deadLetters">> {
  let heldSession: Oldest | undefined;
  const holds: HoldSubject[] = [];
  for (const { subject } of await holdRecords(engine)) {
    holds.push(subject);
    if (subject.sessionId === undefined) continue;
    const session = await sessionUnderHold(engine, subject.sessionId);
    if (session === "unreadable") heldSession = { version: 0, sessionId: subject.sessionId };
    else if (session?.scenarioId === scenarioId) heldSession = older(heldSession, session);
  }
  const deadLetters: Pick<StoredRecord, "id" | "tags">[] = [];
  for await (const { id, tags } of recordsOf(engine, { kind: "dead-letter" })) deadLetters.push({ id, tags });
  return { heldSession, holds, deadLetters };
}

/** Statuses of plans that keep their two versions as long as they are stored. */
const referring = openStatuses;
/** Statuses in which a plan may be dropped once its time is over. */
const ended: ReadonlySet<PlanStatus> = new Set(["rejected", "superseded", "expired", "rolled_back", "deployed"]);

/**
 * Why an item stays, whatever its age; undefined if nothing needs it.
 *
 * A plan is needed by all sessions that may pass it on their way to the live version, hence by those whose past reaches back to its
 * old version or beyond.
 *
 * @param plans - those that stay
 */
export function keptFor(
  references: References,
  item: RetainedItem,
  plans: readonly RetainedPlan[],
): Keeping | undefined {
  const { live, walker, heldSession } = references;
  const reach = item.kind === "plan" ? item.fromVersion : item.version;
  if (item.kind === "plan" && !ended.has(item.status)) return { reason: "RETENTION.PLAN_OPEN", by: item.planId };
  if (live === undefined || reach >= live) return { reason: "RETENTION.LIVE" };
  if (walker !== undefined && walker.version <= reach) return { reason: "RETENTION.SESSION", by: walker.sessionId };
  const plan = item.kind === "plan" ? undefined : planOn(plans, item.version);
  if (plan !== undefined) return { reason: "RETENTION.PLAN_OPEN", by: plan.planId };
  const letter = references.deadLetters.find(({ tags }) => named(tags, item));
  if (letter !== undefined) return { reason: "RETENTION.DEAD_LETTER", by: letter.id };
  if (heldSession !== undefined && heldSession.version <= reach)
    return { reason: "RETENTION.LEGAL_HOLD", by: heldSession.sessionId };
  return references.holds.some((subject) => covers(subject, item)) ? { reason: "RETENTION.LEGAL_HOLD" } : undefined;
}

function planOn(plans: readonly RetainedPlan[], version: number): RetainedPlan | undefined {
  return plans.find(
    ({ status, fromVersion, toVersion }) => referring.has(status) && (fromVersion === version || toVersion === version),
  );
}

/** Whether the tags of what was set aside name an item: by plan, or by scenario and, if given, version. */
function named({ planId, scenarioId, version }: StoredRecord["tags"], item: RetainedItem): boolean {
  if (item.kind === "plan" && planId === item.planId) return true;
  if (scenarioId !== item.scenarioId) return false;
  if (version === undefined) return planId === undefined;
  return item.kind === "version" ? version === String(item.version) : version === String(item.fromVersion);
}

function covers({ planId, scenarioId, version }: HoldSubject, item: RetainedItem): boolean {
  if (planId !== undefined) return item.kind === "plan" && planId === item.planId;
  if (scenarioId !== item.scenarioId) return false;
  if (version === undefined) return true;
  const ends = item.kind === "version" ? [item.version] : [item.fromVersion, item.toVersion];
  return ends.includes(version);
}

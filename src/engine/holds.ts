import type { MigrationState, Plan, ReasonCode, Session, Timestamp } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { planStatusAfter } from "../plan/lifecycle.js";
import { liveVersion } from "./archive.js";
import { requireBy } from "./by.js";
import { type Engine, happened, readPageSize, timeOf } from "./context.js";
import { markAll, underLease, unmarkAll } from "./deploy.js";
import { changePlan, requirePlan } from "./plan-records.js";
import { idOf, type PlanRef } from "./plan-ref.js";
import { replyKept, sawElse } from "./reply.js";
import { routeTo } from "./route.js";
import { changeSession, requireOpen } from "./session-records.js";
import { tellUnreadable } from "./unreadable.js";
import { storedWorld } from "./world.js";

/** Who holds something, and why. */
export interface HoldInput {
  readonly by: string;
  readonly reason?: string;
}

/** Whose marks are taken off: those of a plan, or that of one session. */
export type UnmarkTarget = PlanRef | { readonly sessionId: string };

function heldState(
  engine: Engine,
  session: Session,
  reason: ReasonCode,
  more: Pick<MigrationState, "planId" | "toVersion">,
): MigrationState {
  const { asked = {}, found, resolution } = session.migration ?? {};
  return {
    state: "held",
    reason,
    asked,
    since: timeOf(engine),
    ...more,
    ...replyKept(session),
    ...(found === undefined ? {} : { found }),
    ...(resolution === undefined ? {} : { resolution }),
  };
}

/** Keeps one session on its version until it is released. */
export async function hold(engine: Engine, sessionId: string, input: HoldInput): Promise<Session> {
  const by = requireBy(input);
  const { reason } = input;
  return changeSession(engine, sessionId, (session) => {
    requireOpen(session);
    const { planId } = session.pendingMigration ?? session.migration ?? {};
    const migration = heldState(engine, session, "HOLD.MANUAL", planId === undefined ? {} : { planId });
    const why = reason === undefined ? {} : { reason };
    const record = happened(engine, "session.held", { by, ...why });
    return { session: { ...session, migration, updatedAt: timeOf(engine) }, clearMark: true, records: [record] };
  });
}

/**
 * Ends a hold of one session, also one left by unmarking: at its next message it is decided about again. A session that is not
 * held is returned as it is, and nothing is written.
 */
export async function release(engine: Engine, sessionId: string, input: Pick<HoldInput, "by">): Promise<Session> {
  const by = requireBy(input);
  return changeSession(engine, sessionId, (session) => {
    requireOpen(session);
    const { migration, ...rest } = session;
    if (migration === undefined) return undefined;
    const held = migration.state === "held" || migration.resolution?.action === "hold";
    if (!held) return undefined;
    const record = happened(engine, "session.released", { by });
    const at = timeOf(engine);
    return { session: { ...rest, ...keptOf(migration, at), updatedAt: at }, records: [record] };
  });
}

/** What outlives a hold: values that the person gave or refused, what else was found, and a question that no message has met. */
function keptOf(migration: MigrationState, since: Timestamp): Pick<Session, "migration"> {
  const { found = [], asked, toVersion } = migration;
  if (found.length === 0 && !sawElse({ migration })) return {};
  const version = toVersion === undefined ? {} : { toVersion };
  const values = found.length === 0 ? {} : { found };
  return { migration: { state: "awaiting", asked, since, reason: "FIELD.REQUIRED", ...version, ...values } };
}

/** Takes marks off and leaves a hold, so that the sessions do not move by themselves at their next message. */
export async function unmark(engine: Engine, target: UnmarkTarget): Promise<{ readonly unmarked: number }> {
  if (typeof target === "object" && target !== null && "sessionId" in target) {
    const session = await unmarkSession(engine, target.sessionId);
    return { unmarked: session === undefined ? 0 : 1 };
  }
  const plan = await requirePlan(engine, idOf(engine, target));
  const query = { tenantId: engine.tenantId, scenarioId: plan.scenarioId, marked: plan.id };
  let unmarked = 0;
  let cursor: string | undefined;
  do {
    const request = { limit: readPageSize(engine), ...(cursor === undefined ? {} : { cursor }) };
    const page = await engine.sessions.scan(query, request);
    tellUnreadable(engine, page);
    for (const { id } of page.sessions) if (await unmarkSession(engine, id, plan.id)) unmarked += 1;
    cursor = page.cursor;
  } while (cursor !== undefined);
  const closed = await engine.sessions.unmark(query);
  return { unmarked: unmarked + closed.unmarked };
}

async function unmarkSession(engine: Engine, sessionId: string, onlyPlan?: string): Promise<Session | undefined> {
  let changed = false;
  const session = await changeSession(engine, sessionId, async (present) => {
    changed = false;
    const isOver = present.status === "closed" || present.status === "exited";
    if (onlyPlan !== undefined && isOver) return undefined;
    requireOpen(present);
    const planId = present.pendingMigration?.planId;
    changed = onlyPlan === undefined || planId === onlyPlan;
    if (!changed) return undefined;
    const migration = heldState(engine, present, "HOLD.UNMARKED", await heldFor(engine, present, planId));
    const record = happened(engine, "session.unmarked", planId === undefined ? {} : { planId });
    return { session: { ...present, migration, updatedAt: timeOf(engine) }, clearMark: true, records: [record] };
  });
  return changed ? session : undefined;
}

/** The plan a session is held back from: that of its mark, else the last one on its way, else the way to the live version. */
async function heldFor(engine: Engine, session: Session, marked: string | undefined) {
  if (marked !== undefined) return { planId: marked };
  const live = await liveVersion(engine, session.scenarioId);
  if (live === undefined) return {};
  const { stretches } = await routeTo(storedWorld(engine), session.scenarioId, session.scenarioVersion, live);
  const planId = stretches.findLast(({ plan }) => plan !== undefined)?.plan?.id;
  return planId === undefined ? { toVersion: live } : { planId };
}

/** Stops a deployed plan for the time being: its sessions stay where they are. */
export async function pause(engine: Engine, plan: PlanRef, input: Pick<HoldInput, "by">): Promise<Plan> {
  const by = requireBy(input);
  return changePlan(engine, idOf(engine, plan), (stored) => {
    const status = planStatusAfter(stored.status, "pause");
    return { plan: { ...stored, status }, type: "plan.paused", data: { by } };
  });
}

/** Goes on with a paused plan, in the wave where it was, and marks the sessions again that were met in the meantime. */
export async function resume(engine: Engine, plan: PlanRef, input: Pick<HoldInput, "by">): Promise<Plan> {
  const by = requireBy(input);
  const id = idOf(engine, plan);
  return underLease(engine, id, async (fence) => {
    const resumed = await changePlan(
      engine,
      id,
      (stored) => {
        if (stored.status !== "paused") {
          throw new RegraftError(
            "PLAN.ILLEGAL_TRANSITION",
            `only a paused plan can be resumed, this one is ${stored.status}`,
            {
              expected: "paused",
              received: stored.status,
            },
          );
        }
        const status = planStatusAfter(stored.status, stored.wave === undefined ? "deploy" : "resume");
        const { cursor: _, finishedAt: __, ...marking } = stored.marking ?? { marked: 0, startedAt: timeOf(engine) };
        return {
          plan: { ...stored, status, marking: { ...marking, done: false } },
          type: "plan.resumed",
          data: { by },
        };
      },
      { fence },
    );
    return markAll(engine, resumed, fence, false);
  });
}

/** Ends a deployed or paused plan: sessions that it has not moved yet lose their mark and stay on their version. */
export async function rollback(engine: Engine, plan: PlanRef, input: HoldInput): Promise<Plan> {
  const by = requireBy(input);
  const { reason } = input;
  const id = idOf(engine, plan);
  const ended = await changePlan(engine, id, (stored) => {
    if (stored.status === "rolled_back") return undefined;
    const status = planStatusAfter(stored.status, "roll_back");
    const why = reason === undefined ? {} : { reason };
    return { plan: { ...stored, status }, type: "plan.rolled_back", data: { by, ...why } };
  });
  await unmarkAll(engine, ended);
  return ended;
}

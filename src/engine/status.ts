import type { MigrationKind, Plan, PlanStatus, Session, Timestamp } from "../contracts/types.js";
import type { SessionQuery } from "../ports/session-store.js";
import { publishedVersions } from "./archive.js";
import { type Engine, subjectOf } from "./context.js";
import { deliverLedger } from "./outbox.js";
import { requirePlan } from "./plan-records.js";
import { idOf, type PlanRef } from "./plan-ref.js";
import { tellUnreadable } from "./unreadable.js";

/** How far a plan has come, counted from its sessions and their ledgers. */
export interface DeploymentStatus {
  readonly planId: string;
  readonly status: PlanStatus;
  /** Sessions that were marked, and whether marking is complete. */
  readonly marked: number;
  readonly markingDone: boolean;
  /** Sessions that were moved, or left the flow, under this plan. */
  readonly applied: number;
  readonly byKind: Readonly<Record<MigrationKind, number>>;
  readonly exited: number;
  /** Sessions that still carry the plan's mark. */
  readonly pending: number;
  /** Of the sessions on the old version: those that a checkpoint stops, wait for a person, wait for an answer, or are held. */
  readonly blocked: number;
  readonly review: number;
  readonly waiting: number;
  readonly held: number;
  /** Sessions of the tenant that the store cannot read: they are in no other count. */
  readonly unreadable: number;
  readonly lastAppliedAt?: Timestamp;
}

const pageLimit = 1000;

async function* sessionsOf(
  engine: Engine,
  query: SessionQuery,
  onUnreadable: (count: number) => void = () => undefined,
): AsyncGenerator<Session> {
  let cursor: string | undefined;
  do {
    const page = await engine.sessions.scan(query, { limit: pageLimit, ...(cursor === undefined ? {} : { cursor }) });
    onUnreadable(tellUnreadable(engine, page));
    yield* page.sessions;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

interface Applied {
  readonly at: Timestamp;
  readonly kind: MigrationKind | "exit";
}

/** When and how a plan was applied to a session; undefined if it never was. */
async function appliedTo(engine: Engine, session: Session, planId: string): Promise<Applied | undefined> {
  await deliverLedger(engine, session);
  const stream = subjectOf(engine, "session", session.id);
  let last: Applied | undefined;
  for (let after = 0; ; ) {
    const { entries, head } = await engine.records.read(stream, { after, limit: pageLimit });
    for (const { at, type, data, seq } of entries) {
      after = seq;
      if (type === "session.undone" && (data.planIds as string[]).includes(planId)) last = undefined;
      if (type !== "session.reconciled" || !(data.planIds as string[]).includes(planId)) continue;
      if (data.action === "teleport") last = { at, kind: data.kind as MigrationKind };
      if (data.action === "exit_scenario") last = { at, kind: "exit" };
    }
    if (after >= head || entries.length === 0) return last;
  }
}

/** Whether the ledger of a session can know of a move: its history shows one, or is no longer complete. */
function mayHaveMoved({ status, stepHistory: [first, ...rest] }: Session): boolean {
  const moved = rest.some(({ reason }) => reason !== "entry" && reason !== "transition");
  return status === "exited" || first?.reason !== "entry" || moved;
}

/** Counts the sessions that a plan has moved. */
async function applications(engine: Engine, plan: Plan) {
  const byKind: Record<MigrationKind, number> = { clean_graft: 0, gap_fill: 0, re_route: 0 };
  let [exited, lastAppliedAt]: [number, Timestamp | undefined] = [0, undefined];
  const versions = (await publishedVersions(engine, plan.scenarioId)).filter((version) => version >= plan.fromVersion);
  const query = { tenantId: engine.tenantId, scenarioId: plan.scenarioId, versions };
  for await (const session of sessionsOf(engine, query)) {
    const applied = mayHaveMoved(session) ? await appliedTo(engine, session, plan.id) : undefined;
    if (applied === undefined) continue;
    if (applied.kind === "exit") exited += 1;
    else byKind[applied.kind] += 1;
    if (lastAppliedAt === undefined || applied.at > lastAppliedAt) lastAppliedAt = applied.at;
  }
  const applied = exited + byKind.clean_graft + byKind.gap_fill + byKind.re_route;
  return { applied, byKind, exited, ...(lastAppliedAt === undefined ? {} : { lastAppliedAt }) };
}

/** Reads how far a plan has come. O(sessions of the scenario) reads: for a person's screen, not for a loop. */
export async function status(engine: Engine, ref: PlanRef): Promise<DeploymentStatus> {
  const plan = await requirePlan(engine, idOf(engine, ref));
  const states = { blocked: 0, review: 0, awaiting: 0, held: 0 };
  let [pending, unreadable] = [0, 0];
  const onUnreadable = (count: number) => {
    unreadable += count;
  };
  const query = { tenantId: engine.tenantId, scenarioId: plan.scenarioId, versions: [plan.fromVersion] };
  for await (const { pendingMigration, migration, status: life } of sessionsOf(engine, query, onUnreadable)) {
    if (pendingMigration?.planId === plan.id) pending += 1;
    const open = life !== "closed" && life !== "exited";
    if (open && migration !== undefined && migration.planId === plan.id) states[migration.state] += 1;
  }
  return {
    planId: plan.id,
    status: plan.status,
    marked: plan.marking?.marked ?? 0,
    markingDone: plan.marking?.done ?? false,
    ...(await applications(engine, plan)),
    pending,
    blocked: states.blocked,
    review: states.review,
    waiting: states.awaiting,
    held: states.held,
    unreadable,
  };
}

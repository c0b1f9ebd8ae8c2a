import type { Plan, Timestamp } from "../contracts/types.js";
import { isRegraftError, RegraftError } from "../errors.js";
import { own } from "../hash/own.js";
import { planStatusAfter } from "../plan/lifecycle.js";
import { reachesSessions } from "../plan/rollout.js";
import type { Fence } from "../ports/record-store.js";
import { archived, checkGreater, liveVersion, publish } from "./archive.js";
import { byOf } from "./by.js";
import { type Engine, subjectOf, timeOf } from "./context.js";
import { checkNotExpired } from "./expiry.js";
import { type Evidence, evidenceOf, passGate } from "./gate.js";
import { leaseUpkeep } from "./lease-upkeep.js";
import type { MarkedPage } from "./marking.js";
import { markPages } from "./marking-run.js";
import { changePlan, presentPlan, requirePlan } from "./plan-records.js";
import { currentEnds, idOf, type PlanRef } from "./plan-ref.js";
import { checkAlone, checkEffects, checkUnchanged } from "./review.js";
import { measure } from "./telemetry.js";
import { tellUnreadable } from "./unreadable.js";
import { countWalkers } from "./walkers.js";

/** How long a worker may stay silent before another one may go on with its deployment. */
const leaseMs = 30_000;

/** Runs work under the lease of a plan; only one worker at a time deploys it. */
export async function underLease<T>(engine: Engine, planId: string, work: (fence: Fence) => Promise<T>): Promise<T> {
  const lease = subjectOf(engine, "deployment", planId);
  const got = await engine.records.lease(lease, { owner: engine.ids.next("worker"), ttlMs: leaseMs });
  if (!got.ok) {
    throw new RegraftError("STORE.LEASE_HELD", `plan ${planId} is being deployed by ${got.heldBy.owner}`, {
      expected: "a plan that nobody deploys at the moment",
      received: got.heldBy.owner,
      expiresAt: new Date(got.heldBy.expiresAtMs).toISOString(),
    });
  }
  const fence = { lease, token: got.token };
  try {
    return await work(fence);
  } finally {
    await engine.records.release(fence).catch(() => false);
  }
}

/** Who deploys, and what they show beside what was shown at the approval. */
export interface DeployInput {
  readonly by?: string;
  readonly evidence?: Evidence;
}

/**
 * Settles that an approved plan is deployed, publishes its new version and marks its sessions page by page; nobody is moved. In
 * this order no version ever becomes live for a plan that somebody else has ended meanwhile. After a crash, deploying again
 * goes on where it stopped.
 */
export async function deploy(engine: Engine, plan: PlanRef, input: DeployInput = {}): Promise<Plan> {
  const id = idOf(engine, plan);
  const stored = await requirePlan(engine, id);
  checkUnchanged(stored, plan);
  await checkNotExpired(engine, stored);
  return underLease(engine, id, async (fence) => {
    const present = await presentPlan(engine, id);
    const resumed = isMarking(present);
    const deployed = resumed ? present : await start(engine, present, fence, input);
    return markAll(engine, deployed, fence, resumed);
  });
}

/** The status a plan is deployed from; without required approval the system approves it. */
export function approvedStatus({ config }: Engine, { status }: Plan): Plan["status"] {
  return status === "pending" && !config.requireApproval ? planStatusAfter(status, "approve") : status;
}

async function start(engine: Engine, plan: Plan, fence: Fence, input: DeployInput): Promise<Plan> {
  const from = approvedStatus(engine, plan);
  const event = startOf(plan);
  planStatusAfter(from, event);
  const by = byOf(engine, input);
  const who = by === undefined ? {} : { by };
  const ends = await currentEnds(engine, plan);
  checkEffects(plan, ends);
  await checkAlone(engine, plan);
  const drift = await driftOf(engine, plan);
  const live = await liveVersion(engine, plan.scenarioId);
  const isPublished = (await archived(engine, plan.scenarioId, plan.toVersion)) !== undefined;
  if (!isPublished && live !== undefined) checkGreater(ends.to, live);
  const evidence = evidenceOf(input.evidence, plan.evidence);
  const gate = await passGate(engine, plan, { stage: "deploy", from, evidence, ...who });
  const at = timeOf(engine);
  return changePlan(
    engine,
    plan.id,
    (present) => {
      checkUnchanged(present, plan);
      const approved = approvedStatus(engine, present);
      const status = planStatusAfter(approved, event);
      const bySystem = approved === present.status ? {} : { approvedAt: at, approvedBy: "system" };
      const marking = { marked: 0, done: false, startedAt: at, ...(drift === undefined ? {} : { drift }) };
      const wave = firstWave(present, at);
      const deployed = { ...present, ...bySystem, status, deployedAt: present.deployedAt ?? at, marking, ...wave };
      return { plan: deployed, type: "plan.deployed", data: { digest: present.digest, ...who, ...wave, ...gate } };
    },
    { fence },
  );
}

/** With what event a plan is deployed: in waves where it has any. One that is in its waves goes on with `promote` or `resume`. */
function startOf({ id, rollout, wave, status }: Plan): "deploy" | "start_canary" {
  if (wave === undefined || status === "rolled_back") return rollout === undefined ? "deploy" : "start_canary";
  throw new RegraftError("PLAN.ALREADY_DEPLOYED", `plan ${id} is in its waves, and ${status}`, {
    expected: "a plan that is approved; one in its waves is promoted, and resumed where it is paused",
    received: status,
  });
}

function firstWave({ rollout }: Plan, startedAt: Timestamp): Pick<Plan, "wave"> {
  const percent = rollout?.waves[0];
  return percent === undefined ? {} : { wave: { number: 1, percent, startedAt } };
}

/**
 * Publishes the version of a deployed plan. Where its number was taken by other content meanwhile, the plan is rolled back: its
 * sessions stay where they are.
 */
async function goLive(engine: Engine, plan: Plan, fence: Fence): Promise<void> {
  try {
    const { to } = await currentEnds(engine, plan);
    const live = await liveVersion(engine, plan.scenarioId);
    const isPublished = (await archived(engine, plan.scenarioId, plan.toVersion)) !== undefined;
    if (!isPublished || live === undefined || live < plan.toVersion) await publish(engine, to, { overtaken: true });
  } catch (error) {
    if (isRegraftError(error, "PLAN.STALE") || isRegraftError(error, "SCENARIO.VERSION_TAKEN")) {
      await changePlan(engine, plan.id, (stored) => ended(stored), { fence });
    }
    throw error;
  }
}

function ended(plan: Plan) {
  if (!reachesSessions(plan)) return undefined;
  const data = { by: "system", reason: "another version has taken the number of the new one" };
  return { plan: { ...plan, status: planStatusAfter(plan.status, "roll_back") }, type: "plan.rolled_back", data };
}

/** By step: sessions counted now less those counted when planned; undefined where one of the two is unknown. */
async function driftOf(engine: Engine, plan: Plan): Promise<Record<string, number> | undefined> {
  const { counted, byStep: planned } = plan.summary.affectedSessions;
  const now = counted ? await countWalkers(engine, plan.scenarioId, plan.fromVersion) : undefined;
  if (now === undefined) return undefined;
  const steps = [...new Set([...Object.keys(planned), ...Object.keys(now.byStep)])].sort();
  const drifts = steps.map((step): [string, number] => [
    step,
    (own(now.byStep, step) ?? 0) - (own(planned, step) ?? 0),
  ]);
  return Object.fromEntries(drifts.filter(([, drift]) => drift !== 0));
}

/**
 * Makes the version live and marks page after page; each run of pages is one revision of the plan, so that its cursor survives a
 * crash. A plan that is rolled back meanwhile leaves no marks.
 */
export async function markAll(engine: Engine, plan: Plan, fence: Fence, resumed: boolean): Promise<Plan> {
  const { deployedAt = timeOf(engine) } = plan;
  let present = await presentPlan(engine, plan.id);
  let again = resumed;
  const keepLease = leaseUpkeep(engine, fence, leaseMs);
  if (isMarking(present)) await goLive(engine, present, fence);
  while (isMarking(present)) {
    const page = engine.config.autoMark
      ? await markPages(engine, present, { deployedAt, resumed: again, keepLease })
      : { marked: 0 };
    again = false;
    measure(engine, "regraft.marks", page.marked);
    await keepLease();
    present = await changePlan(engine, plan.id, (stored) => advanced(stored, page, timeOf(engine)), { fence });
  }
  if (present.status === "rolled_back") await unmarkAll(engine, present);
  return present;
}

function isMarking(plan: Plan): boolean {
  return reachesSessions(plan) && plan.marking?.done === false;
}

/** Takes the marks of a plan off. */
export async function unmarkAll(engine: Engine, { id, scenarioId }: Plan): Promise<void> {
  tellUnreadable(engine, await engine.sessions.unmark({ tenantId: engine.tenantId, scenarioId, marked: id }));
}

function advanced(plan: Plan, page: MarkedPage, at: Timestamp) {
  const { marking } = plan;
  // What was marked before the plan was paused is counted as well: marking it again would not be.
  if (marking === undefined || !(reachesSessions(plan) || plan.status === "paused")) return undefined;
  const { cursor: _, ...rest } = marking;
  const marked = marking.marked + page.marked;
  const unreadable = Math.max(marking.unreadable ?? 0, page.unreadable ?? 0);
  const unread = unreadable === 0 ? {} : { unreadable };
  const ended = page.cursor === undefined ? { done: true, finishedAt: at } : { done: false, cursor: page.cursor };
  return {
    plan: { ...plan, marking: { ...rest, marked, ...unread, ...ended } },
    type: "plan.marked",
    data: { marked: page.marked, done: ended.done },
  };
}

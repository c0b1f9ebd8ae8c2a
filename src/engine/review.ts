import type { Plan, PlanStatus } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { amendedPlan, diffOf, type PlanTerms } from "../plan/build.js";
import { planDigest } from "../plan/digest.js";
import { undecidedEffects } from "../plan/effects.js";
import { planLifecycle, planStatusAfter } from "../plan/lifecycle.js";
import { compile } from "../scenario/compile.js";
import { checkNotOwn } from "./authorize.js";
import { byOf, requireBy } from "./by.js";
import { type Engine, timeOf } from "./context.js";
import { checkNotExpired } from "./expiry.js";
import { type Evidence, evidenceOf, passGate } from "./gate.js";
import { requireObject } from "./input.js";
import { plansFrom } from "./plan-index.js";
import { changePlan, requirePlan } from "./plan-records.js";
import { currentEnds, idOf, type PlanRef } from "./plan-ref.js";
import { type Ends, otherOpen } from "./propose.js";

/** Who decides about a plan. */
export interface Decider {
  readonly by: string;
}

/** Who approves, and what they show. */
export interface Approver extends Decider {
  /** What the contracts want to see: texts by relative path. Their digests are kept with the plan. */
  readonly evidence?: Evidence;
}

/** Refuses a plan value that is not what is stored: what was read is what is decided about. */
export function checkUnchanged(stored: Plan, given: PlanRef): void {
  if (typeof given === "string") return;
  const digest = planDigest(given);
  if (digest === stored.digest && given.digest === stored.digest) return;
  throw new RegraftError("PLAN.CHANGED", `plan ${stored.id} is not the plan that was read`, {
    expected: stored.digest,
    received: digest,
  });
}

/** Refuses a plan that leaves open whether an edited effect is still the same. */
export function checkEffects(plan: Plan, { from, to }: Ends): void {
  const stepIds = undecidedEffects(diffOf(compile(from), compile(to), plan).matching);
  if (stepIds.length === 0) return;
  throw new RegraftError(
    "PLAN.EFFECT_UNDECIDED",
    `the plan does not say whether these keep their effect: ${stepIds.join(", ")}`,
    {
      path: "/effects",
      expected: "an answer, same or other, for each step",
      received: "nothing",
      stepIds,
    },
  );
}

/** Refuses while another plan decides about the sessions of the same version, or a newer one has taken this one's place. */
export async function checkAlone(engine: Engine, plan: Plan): Promise<void> {
  const { plans } = await plansFrom(engine, plan.scenarioId, plan.fromVersion);
  const deciding = new Set<PlanStatus>(["approved", "canary", "deployed", "paused"]);
  const own = plans.findIndex(({ id }) => id === plan.id);
  const other = plans.find(
    ({ id, status }, at) => id !== plan.id && (deciding.has(status) || (at > own && status === "pending")),
  );
  if (other !== undefined) throw otherOpen(other);
}

/** Terms are changed while nobody has decided about them; an amended plan stays pending, so that no event stands for it. */
function checkPending({ status }: Plan): void {
  if (status === "pending") return;
  throw new RegraftError("PLAN.NOT_PENDING", `"amend" is not possible for a plan that is ${status}`, {
    expected: "a plan that is pending",
    received: `a plan that is ${status}`,
    from: status,
    event: "amend",
    allowed: planLifecycle.allowed(status),
  });
}

/** Changes the terms of a pending plan; its digest changes with them. */
export async function amend(
  engine: Engine,
  plan: PlanRef,
  changes: PlanTerms,
  input: Partial<Decider> = {},
): Promise<Plan> {
  const id = idOf(engine, plan);
  requireObject(input, "");
  const by = byOf(engine, input);
  return changePlan(engine, id, async (stored) => {
    checkPending(stored);
    checkUnchanged(stored, plan);
    const { from, to } = await currentEnds(engine, stored);
    const amended = amendedPlan(stored, changes, compile(from), compile(to));
    const authors = by === undefined ? {} : { amendedBy: [...new Set([...(stored.amendedBy ?? []), by])] };
    const who = by === undefined ? {} : { by };
    return { plan: { ...amended, ...authors }, type: "plan.amended", data: { digest: amended.digest, ...who } };
  });
}

/** Approves a pending plan as it was read: its value is needed, an id does not say what was read. */
export async function approve(engine: Engine, plan: Plan, decider: Approver): Promise<Plan> {
  const by = requireBy(decider);
  requireObject(plan, "/plan");
  const id = idOf(engine, plan);
  await checkNotExpired(engine, await requirePlan(engine, id));
  return changePlan(engine, id, async (stored) => {
    const status = planStatusAfter(stored.status, "approve");
    checkUnchanged(stored, plan);
    checkNotOwn(engine, stored, by);
    checkEffects(stored, await currentEnds(engine, stored));
    await checkAlone(engine, stored);
    const evidence = evidenceOf(decider.evidence);
    const gate = await passGate(engine, stored, { stage: "plan.approve", from: stored.status, evidence, by });
    const shown = evidence.length === 0 ? {} : { evidence };
    const approved = { ...stored, status, approvedAt: timeOf(engine), approvedBy: by, ...shown };
    return { plan: approved, type: "plan.approved", data: { by, digest: stored.digest, ...gate } };
  });
}

/** Rejects a pending or approved plan; it holds the sessions of its versions. */
export async function reject(
  engine: Engine,
  plan: PlanRef,
  decider: Decider & { readonly reason?: string },
): Promise<Plan> {
  const by = requireBy(decider);
  const { reason } = decider;
  return changePlan(engine, idOf(engine, plan), (stored) => {
    const status = planStatusAfter(stored.status, "reject");
    const why = reason === undefined ? {} : { rejectReason: reason };
    const rejected = { ...stored, status, rejectedAt: timeOf(engine), rejectedBy: by, ...why };
    return { plan: rejected, type: "plan.rejected", data: { by, ...why } };
  });
}

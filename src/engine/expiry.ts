import type { Plan } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { planStatusAfter } from "../plan/lifecycle.js";
import type { Engine } from "./context.js";
import { changePlan } from "./plan-records.js";
import { countWalkers } from "./walkers.js";

/**
 * Whether a plan's time is over. A plan that sessions still wait for does not expire, nor one whose sessions cannot all be counted;
 * a deployed one ends with its sessions.
 */
export async function expired(engine: Engine, plan: Plan): Promise<boolean> {
  if (plan.expiresAt === undefined || Date.parse(plan.expiresAt) > engine.clock.now()) return false;
  if (plan.status !== "pending" && plan.status !== "approved") return false;
  const walkers = await countWalkers(engine, plan.scenarioId, plan.fromVersion);
  if (walkers === undefined || walkers.total > 0 || walkers.unreadable !== undefined) return false;
  await changePlan(engine, plan.id, (present) => {
    if (present.status !== plan.status) return undefined;
    return { plan: { ...present, status: planStatusAfter(present.status, "expire") }, type: "plan.expired" };
  });
  return true;
}

/** Refuses a plan whose time is over. */
export async function checkNotExpired(engine: Engine, plan: Plan): Promise<void> {
  if (plan.status !== "expired" && !(await expired(engine, plan))) return;
  throw new RegraftError("PLAN.EXPIRED", `plan ${plan.id} has expired`, {
    expected: "a plan in time",
    ...(plan.expiresAt === undefined ? {} : { received: plan.expiresAt }),
  });
}

import type { Plan, ReasonCode } from "../contracts/types.js";
import { reachesSessions } from "../plan/rollout.js";
import type { World } from "./world.js";

/** One stretch between two versions, under a plan or, where none covers it, without. */
export interface Stretch {
  readonly fromVersion: number;
  readonly toVersion: number;
  readonly plan?: Plan;
}

/** The plans that lead from one version to the live one. */
export interface Route {
  readonly stretches: readonly Stretch[];
  /** `PLAN.FALLBACK` without any plan, `PLAN.CHAIN_BROKEN` where some stretch has none. */
  readonly notes: readonly ReasonCode[];
  /** A plan that is in the way keeps all sessions where they are. */
  readonly hold?: { readonly reason: ReasonCode; readonly planId: string };
}

type Status = Plan["status"];

/** What a plan that was stopped after it had begun does to the sessions of its version. */
const stopped: Readonly<Partial<Record<Status, ReasonCode>>> = {
  paused: "HOLD.PAUSED",
  rolled_back: "HOLD.ROLLED_BACK",
  canary: "HOLD.NOT_DEPLOYED",
};

/** What a plan that never began does to them, where it leads to the live version itself. */
const notBegun: Readonly<Partial<Record<Status, ReasonCode>>> = {
  pending: "HOLD.NOT_DEPLOYED",
  approved: "HOLD.NOT_DEPLOYED",
  rejected: "HOLD.REJECTED",
};

/** The newest plan for each target that still says something, the farthest target first. */
function standing(plans: readonly Plan[], live: number): Plan[] {
  const byTarget = new Map<number, Plan>();
  for (const plan of plans) {
    const silent = plan.status === "superseded" || plan.status === "expired";
    if (plan.toVersion <= live && !silent) byTarget.set(plan.toVersion, plan);
  }
  return [...byTarget.values()].sort((a, b) => b.toVersion - a.toVersion);
}

function holdOf(plans: readonly Plan[], live: number): Route["hold"] {
  for (const { id, status, toVersion } of plans) {
    const reason = stopped[status] ?? (toVersion === live ? notBegun[status] : undefined);
    if (reason !== undefined) return { reason, planId: id };
  }
  return undefined;
}

/**
 * Follows the deployed plans from a version to the live one, whatever their lengths; the farthest plan first. Versions that no
 * plan leaves are bridged up to the next one that some plan does.
 */
export async function routeTo(world: World, scenarioId: string, from: number, live: number): Promise<Route> {
  const stretches: Stretch[] = [];
  for (let at = from; at < live; ) {
    const plans = standing(await world.plansFrom(scenarioId, at), live);
    const deployed = plans.find(reachesSessions);
    const hold = deployed === undefined ? holdOf(plans, live) : undefined;
    if (hold !== undefined) return { stretches, notes: [], hold };
    const toVersion = deployed?.toVersion ?? (await nextPlanned(world, scenarioId, at, live));
    stretches.push({ fromVersion: at, toVersion, ...(deployed === undefined ? {} : { plan: deployed }) });
    at = toVersion;
  }
  const planned = stretches.filter(({ plan }) => plan !== undefined).length;
  const note: ReasonCode = planned === 0 ? "PLAN.FALLBACK" : "PLAN.CHAIN_BROKEN";
  return { stretches, notes: planned === stretches.length && planned > 0 ? [] : [note] };
}

/** The next version above one from which a plan leads on, else the live one. */
async function nextPlanned(world: World, scenarioId: string, after: number, live: number): Promise<number> {
  const between = (await world.versions(scenarioId)).filter((version) => version > after && version < live);
  for (const version of between) {
    const plans = standing(await world.plansFrom(scenarioId, version), live);
    if (plans.some((plan) => reachesSessions(plan) || stopped[plan.status] !== undefined)) return version;
  }
  return live;
}

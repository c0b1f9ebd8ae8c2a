import type { MigrationKind, Plan, ReasonCode, Session, StepPair } from "../contracts/types.js";
import { matchSteps } from "../diff/match.js";
import { type EffectivePolicy, policyFor } from "../plan/policy.js";
import { waveReaches } from "../plan/rollout.js";
import { inScope } from "../plan/scope.js";
import { hopOf } from "./migrations.js";
import type { Route } from "./route.js";
import type { World } from "./world.js";

/** Whether a session may move along a route, and how its kind is forced, if it is. */
export type Eligibility =
  | { readonly hold: { readonly reason: ReasonCode; readonly planId: string } }
  | { readonly hold?: never; readonly forceKind?: MigrationKind };

const policies = new WeakMap<Plan, Map<string, EffectivePolicy>>();

/** The policy of a step, made once for each plan: its scope keeps its compiled condition. */
function policyOf(plan: Plan, stepId: string): EffectivePolicy {
  const known = policies.get(plan) ?? new Map<string, EffectivePolicy>();
  policies.set(plan, known);
  const policy = known.get(stepId) ?? policyFor(plan, stepId);
  known.set(stepId, policy);
  return policy;
}

function givesImage({ relation }: StepPair): boolean {
  return relation !== "proposed" && relation !== "suggested";
}

const images = new WeakMap<object, Map<string, ReadonlyMap<string, string>>>();

/** Old step id -> new step id along one hop. */
async function imagesAlong(
  world: World,
  scenarioId: string,
  stretch: Route["stretches"][number],
): Promise<ReadonlyMap<string, string>> {
  const hop = await hopOf(world, scenarioId, stretch);
  if (hop === undefined) return new Map();
  if (hop.map !== undefined) {
    return new Map(hop.map.pairs.flatMap((pair) => (givesImage(pair) ? [[pair.from, pair.to]] : [])));
  }
  const known = images.get(hop.to) ?? new Map<string, ReadonlyMap<string, string>>();
  images.set(hop.to, known);
  const key = JSON.stringify([hop.from.checksum, hop.planId, stretch.plan?.digest]);
  const found = known.get(key);
  if (found !== undefined) return found;
  const pairs = matchSteps(hop.from, hop.to, hop).pairs.map(({ from, to }): [string, string] => [
    hop.from.steps[from]?.id ?? "",
    hop.to.steps[to]?.id ?? "",
  ]);
  const made = new Map(pairs);
  known.set(key, made);
  return made;
}

/**
 * Asks the policy of each plan on the way, at the step where the session would stand in it. A hold or an exclusion in any of
 * them holds; only the last one may force the kind.
 */
export async function eligibility(world: World, session: Session, { stretches }: Route): Promise<Eligibility> {
  let stepId: string | undefined = session.stepId;
  let forceKind: MigrationKind | undefined;
  for (const [i, stretch] of stretches.entries()) {
    const { plan } = stretch;
    forceKind = undefined;
    if (plan !== undefined) {
      const policy = policyOf(plan, stepId ?? "*");
      if (!policy.updateDownstream) return { hold: { reason: "POLICY.NOT_UPDATED", planId: plan.id } };
      const walker = stepId === session.stepId ? session : { ...session, stepId: stepId ?? "" };
      const { matches } = inScope(policy.scope, walker, { deployedAt: plan.deployedAt ?? plan.createdAt });
      if (matches !== true) return { hold: { reason: "POLICY.OUT_OF_SCOPE", planId: plan.id } };
      if (!waveReaches(plan, session.id)) return { hold: { reason: "HOLD.LATER_WAVE", planId: plan.id } };
      forceKind = policy.forceKind;
    }
    if (i + 1 < stretches.length && stepId !== undefined) {
      stepId = (await imagesAlong(world, session.scenarioId, stretch)).get(stepId);
    }
  }
  return forceKind === undefined ? {} : { forceKind };
}

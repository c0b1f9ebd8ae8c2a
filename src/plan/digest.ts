import type { Plan } from "../contracts/types.js";
import { digestOf } from "../hash/digest.js";

/** What an operator approves; everything else about a plan may change without a new approval. */
export type ApprovedParts = Pick<Plan, "scenarioId" | "fromVersion" | "toVersion" | "checksums" | "map" | "policies"> &
  Partial<Pick<Plan, "mapping" | "effects" | "allowRepeat" | "data" | "contract" | "rollout">>;

/**
 * The digest of what is approved: scenario, versions, checksums, map, policies, mapping, answers about effects, permissions to
 * repeat, data changes, the contract and the rollout. Not of ids, status, stamps, counts and lint.
 *
 * @returns `sha256:` and 64 hex digits
 * @remarks Pure. Linear in the size of the plan.
 */
export function planDigest(plan: ApprovedParts): string {
  const { scenarioId, fromVersion, toVersion, checksums, map, policies } = plan;
  return digestOf({
    scenarioId,
    fromVersion,
    toVersion,
    checksums,
    map,
    policies,
    mapping: plan.mapping ?? {},
    effects: plan.effects ?? {},
    allowRepeat: [...new Set(plan.allowRepeat ?? [])].sort(),
    data: plan.data ?? [],
    ...(plan.contract === undefined ? {} : { contract: plan.contract }),
    ...(plan.rollout === undefined ? {} : { rollout: plan.rollout }),
  });
}

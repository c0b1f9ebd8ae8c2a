import type { PlanContract } from "../contracts/types.js";
import { validate } from "../contracts/validate.js";
import { RegraftError } from "../errors.js";
import { frozenCopy } from "../hash/frozen-copy.js";

/**
 * Checks a contract and freezes a copy of it: budgets, protected steps, forbidden targets, required evidence.
 *
 * Paths of evidence are relative, with slashes, and stay below where they start.
 *
 * @throws RegraftError `SCHEMA.INVALID` with the path of the first fault, `INPUT.INVALID` for a contract that asks for nothing
 *
 * @example
 * defineContract({ budgets: { maxBlockedRatio: 0.02 }, requiredEvidence: ["reviews/legal.md"] }).budgets?.maxBlockedRatio; // 0.02
 *
 * @since 0.2.0
 * @public
 */
export function defineContract(json: PlanContract): PlanContract {
  const contract = frozenCopy(validate("plan-contract", json)) as PlanContract;
  const { budgets = {}, protectedSteps = [], forbiddenTargets = [], requiredEvidence = [] } = contract;
  const { minSample: _, ...limits } = budgets;
  const asks = Object.keys(limits).length + protectedSteps.length + forbiddenTargets.length + requiredEvidence.length;
  if (asks > 0) return contract;
  throw new RegraftError("INPUT.INVALID", "the contract asks for nothing, so nothing could break it", {
    path: "",
    expected: "a budget, a protected step, a forbidden target or required evidence",
    received: "none of them",
  });
}

/** Whether a contract can only be judged by rehearsing the sessions. */
export function needsRehearsal({ budgets, forbiddenTargets = [] }: PlanContract): boolean {
  const { minSample: _, ...limits } = budgets ?? {};
  return Object.keys(limits).length > 0 || forbiddenTargets.length > 0;
}

import type { MigrationKind, Plan, Policy, Scope } from "../contracts/types.js";
import { validate } from "../contracts/validate.js";
import { isRegraftError, RegraftError } from "../errors.js";
import { deepFreeze } from "../hash/freeze.js";
import type { CompiledScenario } from "../scenario/compile.js";
import { compileCondition } from "../scenario/condition.js";

/** The key of the policy that holds for every step. */
const everyStep = "*";

/** Policies by old step id, or `*` for every step. */
export type Policies = Plan["policies"];

/** A policy with everything filled in. */
export interface EffectivePolicy {
  readonly scope: Scope;
  readonly updateDownstream: boolean;
  readonly forceKind?: MigrationKind;
}

function own(policies: Policies, key: string): Policy | undefined {
  return Object.hasOwn(policies, key) ? policies[key] : undefined;
}

/**
 * What a plan says about the sessions on a step: the policy of the step over the one of `*`, part by part, also within
 * the scope, over the defaults.
 *
 * @example
 * policyFor({ policies: { "*": { scope: { excludeChannels: ["voice"] } }, pay: { forceKind: "clean_graft" } } }, "pay");
 * // { scope: { excludeChannels: ["voice"] }, updateDownstream: true, forceKind: "clean_graft" }
 *
 * @public
 */
export function policyFor(plan: Pick<Plan, "policies">, oldStepId: string): EffectivePolicy {
  const general = own(plan.policies, everyStep);
  const special = own(plan.policies, oldStepId);
  return deepFreeze({
    updateDownstream: true,
    ...general,
    ...special,
    scope: { ...general?.scope, ...special?.scope },
  });
}

function pointer(...keys: readonly (string | number)[]): string {
  return keys.map((key) => `/${String(key).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");
}

function checkStep(id: string, path: string, from: CompiledScenario): void {
  if (from.index.has(id)) return;
  const { scenario } = from;
  throw new RegraftError("PLAN.UNKNOWN_ANCHOR", `${path}: "${id}" is no step of version ${scenario.version}`, {
    path,
    expected: `a step id of ${scenario.id} version ${scenario.version}`,
    received: id,
  });
}

function checkAges({ minAgeMs, maxAgeMs }: Scope, path: string): void {
  if (minAgeMs === undefined || maxAgeMs === undefined || minAgeMs <= maxAgeMs) return;
  throw new RegraftError("PLAN.POLICY_INVALID", `${path}: the least age is above the greatest, so nobody is in scope`, {
    path: `${path}/minAgeMs`,
    expected: `a number <= ${maxAgeMs}`,
    received: String(minAgeMs),
  });
}

function checkCondition(condition: string, path: string): void {
  try {
    compileCondition(condition);
  } catch (error) {
    if (!isRegraftError(error)) throw error;
    const { code, message, details } = error;
    throw new RegraftError(code, `${path}: ${message.slice(code.length + 2)}`, { ...details, path }, { cause: error });
  }
}

function checkScope(scope: Scope, path: string, from: CompiledScenario): void {
  for (const list of ["includeSteps", "excludeSteps"] as const) {
    scope[list]?.forEach((id, at) => {
      checkStep(id, `${path}/${list}/${at}`, from);
    });
  }
  checkAges(scope, path);
  if (scope.condition !== undefined) checkCondition(scope.condition, `${path}/condition`);
}

/**
 * Refuses policies that would not mean what their author thinks: a misspelt filter must never be silently wider.
 *
 * @param policies - by old step id or `*`
 * @param from - the old version
 * @returns the same value, typed
 * @throws RegraftError, with the path within the terms of a plan, such as `/policies/pay/scope`: `PLAN.POLICY_INVALID` for a
 * wrong form or contradicting ages, `PLAN.UNKNOWN_ANCHOR` for a step that the old version lacks, `CONDITION.*` for a condition
 * that cannot be used
 *
 * @public
 */
export function validatePolicies(policies: unknown, from: CompiledScenario): Policies {
  if (typeof policies !== "object" || policies === null || Array.isArray(policies)) {
    throw new RegraftError("PLAN.POLICY_INVALID", "policies are an object by old step id", {
      path: pointer("policies"),
      expected: "an object",
      received: Array.isArray(policies) ? "an array" : String(policies),
    });
  }
  for (const [stepId, value] of Object.entries(policies)) {
    const path = pointer("policies", stepId);
    const policy = validPolicy(value, path);
    if (stepId !== everyStep) checkStep(stepId, path, from);
    if (policy.scope !== undefined) checkScope(policy.scope, `${path}/scope`, from);
  }
  return policies as Policies;
}

function validPolicy(value: unknown, path: string): Policy {
  try {
    return validate("policy", value, { code: "PLAN.POLICY_INVALID" });
  } catch (error) {
    if (!isRegraftError(error)) throw error;
    const { code, message, details } = error;
    const at = `${path}${details.path ?? ""}`;
    throw new RegraftError(
      code,
      `${path}: ${message.slice(code.length + 2)}`,
      { ...details, path: at },
      { cause: error },
    );
  }
}

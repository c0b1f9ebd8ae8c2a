import type { AccessPolicy, AccessRule } from "../contracts/types.js";
import { validate } from "../contracts/validate.js";
import { RegraftError } from "../errors.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import type { AccessRequest, AccessVerdict, Authorizer } from "../ports/authorizer.js";

/** Policies above a policy, one above the other. */
const mostLevels = 10;

/** Whether a name is one of a list; `*` is every name, `plan.*` and `plan/*` all that begin so. */
function matches(names: readonly string[] | undefined, name: string): boolean {
  if (names === undefined) return true;
  return names.some((one) => one === "*" || one === name || (/[./]\*$/.test(one) && name.startsWith(one.slice(0, -1))));
}

function applies(rule: AccessRule, { principal, role, tenant, action, resource }: AccessRequest): boolean {
  if (principal === undefined || principal === "") return false;
  const isRole = rule.roles === undefined || (role !== undefined && rule.roles.includes(role));
  // A name that looks like a pattern is a name: only the rules have patterns.
  const isPrincipal = rule.principals === undefined || rule.principals.some((one) => one === "*" || one === principal);
  const isTenant = rule.tenants === undefined || rule.tenants.includes(tenant);
  return (
    isRole &&
    isPrincipal &&
    isTenant &&
    matches(rule.actions, action) &&
    matches(rule.resources, `${resource.kind}/${resource.id}`)
  );
}

/** The rules of a policy and of all above it, or why they cannot be known. */
type Rules = { readonly rules: readonly AccessRule[] } | { readonly broken: string };

/** Depth first; how many levels lie above a policy is found once for each, so that shared parents cost nothing again. */
class Gatherer {
  readonly rules: AccessRule[] = [];
  readonly #policies: ReadonlyMap<string, AccessPolicy>;
  readonly #levels = new Map<string, number>();

  constructor(policies: ReadonlyMap<string, AccessPolicy>) {
    this.#policies = policies;
  }

  /**
   * Takes the rules of a policy and of all above it.
   *
   * @param below - ids on the way to it
   * @returns how many levels lie above it, or in words why that cannot be known
   */
  take(policy: AccessPolicy, below: readonly string[]): number | string {
    const way = [...below, policy.id];
    if (below.includes(policy.id)) return `the policies ${way.join(" > ")} go round in a circle`;
    const known = this.#levels.get(policy.id) ?? 0;
    if (below.length + known > mostLevels) return `there are more than ${mostLevels} policies above ${way[0]}`;
    if (this.#levels.has(policy.id)) return known;
    this.rules.push(...policy.rules);
    let levels = 0;
    for (const id of policy.parents ?? []) {
      const parent = this.#policies.get(id);
      if (parent === undefined) return `policy ${policy.id} names ${id}, which is missing`;
      const above = this.take(parent, way);
      if (typeof above === "string") return above;
      levels = Math.max(levels, above + 1);
    }
    this.#levels.set(policy.id, levels);
    return levels;
  }
}

function gather(policies: ReadonlyMap<string, AccessPolicy>, root: AccessPolicy): Rules {
  const gatherer = new Gatherer(policies);
  const levels = gatherer.take(root, []);
  return typeof levels === "string" ? { broken: levels } : { rules: gatherer.rules };
}

/**
 * An authorizer over rules: a rule that denies wins over all that allow, and what no rule allows is denied. Somebody without a name is
 * never allowed anything.
 *
 * The rules of the policies that `parents` names apply as well, up to ten above each other. Where one is missing, where there are more, or
 * where they go round in a circle, everything is denied: a rule that cannot be read might have denied.
 *
 * @param policy - rules, or a policy with parents
 * @param options - `policies`: those that parents may name
 * @throws RegraftError `SCHEMA.INVALID` for what is no policy, `INPUT.INVALID` for two policies of one id
 *
 * @example
 * const authorizer = accessPolicy([
 *   { effect: "allow", actions: ["plan.propose", "plan.amend"], roles: ["author"] },
 *   { effect: "allow", actions: ["plan.*"], roles: ["operator"] },
 *   { effect: "allow", actions: ["session.*", "scenario.publish"], principals: ["chat-service"] },
 * ]);
 *
 * @since 0.2.0
 * @public
 */
export function accessPolicy(
  policy: AccessPolicy | readonly AccessRule[],
  options: { readonly policies?: readonly AccessPolicy[] } = {},
): Authorizer {
  const root = checked(isRules(policy) ? { id: "access", rules: [...policy] } : policy);
  const policies = new Map<string, AccessPolicy>([[root.id, root]]);
  for (const other of (options.policies ?? []).map(checked)) {
    if (policies.has(other.id)) {
      throw new RegraftError("INPUT.INVALID", `there are two policies ${other.id}`, {
        path: "/policies",
        expected: "an id of its own",
        received: other.id,
      });
    }
    policies.set(other.id, other);
  }
  const gathered = gather(policies, root);
  return Object.freeze<Authorizer>({
    authorize: (request) => verdictOf(gathered, request),
    allowsSelfApproval: () => root.selfApproval === true,
  });
}

function isRules(policy: AccessPolicy | readonly AccessRule[]): policy is readonly AccessRule[] {
  return Array.isArray(policy);
}

function checked(policy: AccessPolicy): AccessPolicy {
  return frozenCopy(validate("access-policy", policy));
}

function verdictOf(gathered: Rules, request: AccessRequest): AccessVerdict {
  if ("broken" in gathered) return { allowed: false, note: gathered.broken, warning: gathered.broken };
  const found = gathered.rules.filter((rule) => applies(rule, request));
  if (found.some(({ effect }) => effect === "deny")) return { allowed: false, note: "a rule denies it" };
  return found.length > 0 ? { allowed: true } : { allowed: false, note: "no rule allows it" };
}

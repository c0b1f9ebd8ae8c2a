import type { Plan, PlanOutlook } from "../contracts/types.js";
import type { CompiledScenario } from "../scenario/compile.js";
import { policyFor } from "./policy.js";

/** A set of outcomes. */
export type Bits = number;

/** The outcomes that a plan can announce, one bit each. */
export const bit = {
  continue: 1,
  clean_graft: 2,
  gap_fill: 4,
  re_route: 8,
  collect: 16,
  execute_action: 32,
  blocked: 64,
  review: 128,
  exit_scenario: 256,
} as const;

const KINDS = ["clean_graft", "gap_fill", "re_route"] as const;
const MOVES = bit.clean_graft | bit.gap_fill | bit.re_route;

/** What the policy of a step makes of its outcomes: some sessions are held, and a forced kind asks less. */
export function under(terms: Pick<Plan, "policies">, stepId: string, bits: Bits): Bits {
  const { scope, updateDownstream, forceKind } = policyFor(terms, stepId);
  const { includeSteps = [], excludeSteps = [], ...rest } = scope;
  const isOutside = excludeSteps.includes(stepId) || (includeSteps.length > 0 && !includeSteps.includes(stepId));
  if (!updateDownstream || isOutside) return bit.continue;
  const held = Object.keys(rest).length > 0 ? bit.continue : 0;
  const waived = forceKind === "clean_graft" ? bit.collect | bit.gap_fill : 0;
  return held | (bits & ~waived);
}

/** Lists steps with the same outcomes together, in the order of the first of them. */
export function writeOutlook(c: CompiledScenario, bits: readonly Bits[]): PlanOutlook[] {
  const groups = new Map<Bits, string[]>();
  bits.forEach((own, at) => {
    const id = c.steps[at]?.id ?? "";
    const group = groups.get(own);
    if (group === undefined) groups.set(own, [id]);
    else group.push(id);
  });
  return [...groups].map(([own, steps]) => ({ steps, actions: actionsOf(own), kinds: kindsOf(own) }));
}

function actionsOf(bits: Bits): PlanOutlook["actions"] {
  const has = (mask: Bits) => (bits & mask) !== 0;
  return [
    ...(has(bit.continue) ? (["continue"] as const) : []),
    ...(has(MOVES) ? (["teleport"] as const) : []),
    ...(has(bit.collect) ? (["collect", "confirm"] as const) : []),
    ...(has(bit.execute_action) ? (["execute_action"] as const) : []),
    ...(has(bit.blocked) ? (["blocked"] as const) : []),
    ...(has(bit.review) ? (["review"] as const) : []),
    ...(has(bit.exit_scenario) ? (["exit_scenario"] as const) : []),
  ];
}

function kindsOf(bits: Bits): PlanOutlook["kinds"] {
  return KINDS.filter((kind) => (bits & bit[kind]) !== 0);
}

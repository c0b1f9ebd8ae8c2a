import type { ReasonCode } from "./api.js";

/** The word of a case for each reason code that a refused call may carry. */
const words: Readonly<Partial<Record<ReasonCode, string>>> = {
  "SCENARIO.INVALID": "invalid_graph",
  "SCENARIO.DANGLING_TRANSITION": "invalid_graph",
  "SCENARIO.ENTRY_MISSING": "invalid_graph",
  "SCENARIO.DUPLICATE_STEP": "invalid_graph",
  "SCENARIO.DUPLICATE_FIELD": "invalid_graph",
  "SCENARIO.UNKNOWN_FIELD": "invalid_graph",
  "SCENARIO.TWO_ELSE": "invalid_graph",
  "SCENARIO.PARALLEL_UNSUPPORTED": "invalid_graph",
  "SCENARIO.SKIP_ON_EFFECT": "invalid_graph",
  "SCENARIO.TOO_LARGE": "invalid_graph",
  "SCENARIO.VERSION_NOT_GREATER": "version",
  "SCENARIO.VERSION_TAKEN": "version",
  "SCENARIO.NOT_FOUND": "not_found",
  "SESSION.NOT_FOUND": "not_found",
  "PLAN.NOT_FOUND": "not_found",
  "TENANT.MISMATCH": "not_found",
  "PLAN.DUPLICATE": "duplicate",
  "PLAN.OTHER_OPEN": "other_plan_open",
  "PLAN.NOT_PENDING": "not_pending",
  "PLAN.NOT_APPROVED": "not_approved",
  "PLAN.EXPIRED": "not_approved",
  "PLAN.ALREADY_DEPLOYED": "already_deployed",
  "PLAN.STALE": "stale_plan",
  "PLAN.CHANGED": "stale_plan",
  "PLAN.POLICY_INVALID": "invalid_policy",
  "PLAN.UNKNOWN_ANCHOR": "unknown_anchor",
  "PLAN.MAPPING_INVALID": "unknown_anchor",
  "CONDITION.INVALID": "invalid_condition",
  "CONDITION.TYPE_MISMATCH": "invalid_condition",
  "CONDITION.DYNAMIC_FIELD": "invalid_condition",
  "CONDITION.UNSUPPORTED": "unsupported_condition",
  "CONDITION.TOO_COMPLEX": "unsupported_condition",
};

/** The word of the cases for a reason code; the code itself where they have none. */
export function errorWord(code: ReasonCode): string {
  return words[code] ?? code;
}

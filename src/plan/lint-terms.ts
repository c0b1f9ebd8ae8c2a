import type { DataChange, Plan, PlanOutlook } from "../contracts/types.js";
import type { SessionCounts } from "./summary.js";

/** What the rules look at beside the diff. */
export interface LintTerms {
  readonly policies: Plan["policies"];
  readonly data: readonly DataChange[];
  readonly counts: SessionCounts;
  readonly outlook: readonly PlanOutlook[];
}

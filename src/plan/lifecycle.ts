import { defineMachine } from "../contracts/machine.js";
import type { PlanStatus, ReasonCode } from "../contracts/types.js";
import { RegraftError } from "../errors.js";

/** What can happen to a plan. */
export type PlanEvent =
  | "approve"
  | "reject"
  | "supersede"
  | "expire"
  | "start_canary"
  | "deploy"
  | "pause"
  | "resume"
  | "roll_back";

/**
 * The life of a plan: which event leads from which status to which.
 *
 * `start_canary` on a canary is its next wave. A paused plan goes on as a canary with `resume` and for everybody with
 * `deploy`, so that a plan paused in its canary never reaches more sessions than before by being resumed.
 *
 * @public
 */
export const planLifecycle = defineMachine<PlanStatus, PlanEvent>({
  initial: "pending",
  table: {
    pending: { approve: "approved", reject: "rejected", supersede: "superseded", expire: "expired" },
    approved: {
      start_canary: "canary",
      deploy: "deployed",
      reject: "rejected",
      supersede: "superseded",
      expire: "expired",
    },
    canary: {
      start_canary: "canary",
      deploy: "deployed",
      pause: "paused",
      roll_back: "rolled_back",
      supersede: "superseded",
    },
    paused: { resume: "canary", deploy: "deployed", roll_back: "rolled_back", supersede: "superseded" },
    deployed: { pause: "paused", roll_back: "rolled_back", supersede: "superseded", expire: "expired" },
    rejected: {},
    superseded: {},
    expired: {},
    rolled_back: {},
  },
  illegal: "PLAN.ILLEGAL_TRANSITION",
});

function refusal(status: PlanStatus, event: PlanEvent): ReasonCode {
  if (event === "approve" || event === "reject") return "PLAN.NOT_PENDING";
  if (event !== "deploy" && event !== "start_canary") return "PLAN.ILLEGAL_TRANSITION";
  return status === "deployed" ? "PLAN.ALREADY_DEPLOYED" : "PLAN.NOT_APPROVED";
}

/**
 * The status of a plan after an event.
 *
 * @throws RegraftError `PLAN.NOT_PENDING`, `PLAN.NOT_APPROVED`, `PLAN.ALREADY_DEPLOYED` or `PLAN.ILLEGAL_TRANSITION`, with
 * `from`, `event` and `allowed` in its details, if the event is illegal in that status
 *
 * @example
 * planStatusAfter("pending", "approve"); // "approved"
 *
 * @public
 */
export function planStatusAfter(status: PlanStatus, event: PlanEvent): PlanStatus {
  const next = planLifecycle.next(status, event);
  if (next !== undefined) return next;
  const allowed = planLifecycle.allowed(status);
  throw new RegraftError(refusal(status, event), `"${event}" is not possible for a plan that is ${status}`, {
    expected: allowed.length > 0 ? `one of ${allowed.join(", ")}` : "nothing; the status is final",
    received: event,
    from: status,
    event,
    allowed,
  });
}

import type { ContractBudgets, GateMetric, ReasonCode } from "../contracts/types.js";
import { own } from "../hash/own.js";
import type { GateContext, Guard, GuardAnswer, GuardOutcome } from "./gate.js";

/** Names of what is measured about a plan. */
export const gateMetrics = Object.freeze({
  /** Sessions on the old version. */
  sessions: "sessions",
  /** The most fields that one session would be asked for. */
  questionsPerSession: "questionsPerSession",
  /** Share of sessions that are blocked or need review. */
  blockedRatio: "blockedRatio",
  /** Share of sessions whose outcome could not be found out. */
  failureRatio: "failureRatio",
});

function fail(note: string): GuardOutcome {
  return { answer: "fail", note };
}

/** A measured number against the least of the budgets that speak of it. */
function budget(
  id: string,
  key: Exclude<keyof ContractBudgets, "minSample">,
  metric: string,
  reason: ReasonCode,
  message: string,
): Guard {
  return {
    id,
    reason,
    message,
    check: ({ contracts = [], metrics }) => {
      const limits = contracts.flatMap(({ budgets }) => budgets?.[key] ?? []);
      if (limits.length === 0) return "skip";
      const measured: GateMetric | undefined = own(metrics, metric);
      if (measured === undefined) return { answer: "missing", note: `not measured: ${metric}` };
      const most = Math.min(...limits);
      if (measured.value <= most) return "pass";
      return fail(`${metric} is ${measured.value} of at most ${most}, measured on ${measured.sample}`);
    },
  };
}

function sampleGuard({ contracts = [], metrics }: GateContext): GuardOutcome {
  const wanted = contracts.flatMap(({ budgets }) => {
    const { minSample = 1, ...limits } = budgets ?? {};
    return Object.keys(limits).length > 0 ? [minSample] : [];
  });
  if (wanted.length === 0) return "skip";
  const measured: GateMetric | undefined = own(metrics, gateMetrics.sessions);
  if (measured === undefined) return { answer: "missing", note: "nothing was measured" };
  const least = Math.max(...wanted);
  return measured.sample >= least ? "pass" : fail(`${measured.sample} sessions were measured of at least ${least}`);
}

function transitionKnown({ transition }: GateContext): GuardAnswer {
  if (transition === undefined) return "skip";
  const { machine, from, event } = transition;
  return machine.states.includes(from) && machine.events.includes(event) ? "pass" : "fail";
}

function transitionLegal({ transition }: GateContext): GuardOutcome {
  if (transition === undefined) return "skip";
  const { machine, from, event } = transition;
  return machine.next(from, event) === undefined ? fail(`"${event}" is not possible in "${from}"`) : "pass";
}

function evidenceShown({ contracts = [], evidence = [] }: GateContext): GuardOutcome {
  const required = new Set(contracts.flatMap(({ requiredEvidence = [] }) => requiredEvidence));
  if (required.size === 0) return "skip";
  const shown = new Set(evidence.map(({ name }) => name));
  const lacking = [...required].filter((name) => !shown.has(name)).sort();
  return lacking.length === 0 ? "pass" : fail(`not shown: ${lacking.join(", ")}`);
}

function stepsKept({ contracts = [], plan }: GateContext): GuardOutcome {
  const wanted = new Set(contracts.flatMap(({ protectedSteps = [] }) => protectedSteps));
  if (wanted.size === 0) return "skip";
  if (plan === undefined) return { answer: "missing", note: "no plan was given" };
  // A person's mapping pairs steps whatever they say, so only what differs in their content counts.
  const kept = new Set(
    plan.map.pairs.flatMap(({ from, relation, changed }) =>
      relation === "content" || (relation === "explicit" && changed.length === 0) ? [from] : [],
    ),
  );
  const touched = [...wanted].filter((id) => !kept.has(id)).sort();
  return touched.length === 0 ? "pass" : fail(`not kept as they are: ${touched.join(", ")}`);
}

function targetsAllowed({ contracts = [], plan, targets }: GateContext): GuardOutcome {
  const forbidden = new Set(contracts.flatMap(({ forbiddenTargets = [] }) => forbiddenTargets));
  if (forbidden.size === 0) return "skip";
  if (targets === undefined || plan === undefined) return { answer: "missing", note: "targets were not measured" };
  const named = [...targets, ...Object.values(plan.mapping ?? {})];
  const hit = [...new Set(named)].filter((id) => forbidden.has(id)).sort();
  return hit.length === 0 ? "pass" : fail(`sessions would be put on: ${hit.join(", ")}`);
}

/**
 * The guards that stand before a plan is approved and deployed. Those of contracts say nothing where no contract asks.
 *
 * @since 0.2.0
 * @public
 */
export const planGuards: readonly Guard[] = Object.freeze<Guard[]>([
  {
    id: "transition-known",
    reason: "STATE.UNKNOWN",
    message: "Bring the plan back to a known status.",
    check: transitionKnown,
  },
  {
    id: "transition-legal",
    reason: "STATE.ILLEGAL_TRANSITION",
    message: "The plan is not in a status from which this is possible.",
    check: transitionLegal,
  },
  {
    id: "evidence-shown",
    reason: "EVIDENCE.MISSING",
    message: "Hand over what the contract wants to see.",
    check: evidenceShown,
  },
  {
    id: "protected-steps-kept",
    reason: "SCOPE.PROTECTED_STEP",
    message: "Keep the protected steps with the same content.",
    check: stepsKept,
  },
  {
    id: "targets-allowed",
    reason: "SCOPE.FORBIDDEN_TARGET",
    message: "Map the sessions to other steps.",
    check: targetsAllowed,
  },
  {
    id: "sample-large-enough",
    reason: "EVIDENCE.SAMPLE_TOO_SMALL",
    message: "Too few sessions to decide on: wait, or lower minSample.",
    check: sampleGuard,
  },
  budget(
    "sessions-within-budget",
    "maxSessions",
    gateMetrics.sessions,
    "BUDGET.SESSIONS_EXCEEDED",
    "Narrow the plan, or agree on another budget.",
  ),
  budget(
    "questions-within-budget",
    "maxQuestionsPerSession",
    gateMetrics.questionsPerSession,
    "BUDGET.QUESTIONS_EXCEEDED",
    "Find the values elsewhere or default them.",
  ),
  budget(
    "blocked-within-budget",
    "maxBlockedRatio",
    gateMetrics.blockedRatio,
    "BUDGET.BLOCKED_EXCEEDED",
    "Map the steps at which sessions stop.",
  ),
  budget(
    "failures-within-budget",
    "maxFailureRatio",
    gateMetrics.failureRatio,
    "BUDGET.FAILURES_EXCEEDED",
    "Look at the sessions whose outcome is unknown.",
  ),
]);

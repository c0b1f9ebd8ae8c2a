import { type Plan, policyFor } from "./api.js";
import type { Actual } from "./case.js";
import type { PairedPlan } from "./outcome.js";
import type { Trace } from "./trace.js";
import type { World } from "./world.js";

/** What became of the plans of a case. */
export function planFacts(world: World, trace: Trace, plans: readonly PairedPlan[]): Actual {
  const last = plans.at(-1)?.plan;
  return {
    statuses: trace.statuses,
    status: last?.status ?? null,
    statusOf: Object.fromEntries(plans.map(({ name, plan }) => [name, plan.status])),
    planCount: plans.length,
    ...(last === undefined ? {} : { ...termsOf(last), ...summaryOf(last), digest: last.digest }),
    versions: world.graphs.map((graph) => graph.version),
  };
}

/** The policies as they work: one for each anchor. */
function termsOf(plan: Plan): Actual {
  const each = plan.map.anchors.map(({ from }) => {
    const { scope, updateDownstream, forceKind } = policyFor(plan, from);
    const forced = forceKind ?? null;
    return {
      updateDownstream,
      forceKind: forced,
      forceScenario: forced,
      scopeFilterEmpty: Object.keys(scope).length === 0,
    };
  });
  const [first] = each;
  const same = first !== undefined && each.every((policy) => JSON.stringify(policy) === JSON.stringify(first));
  return { policyCount: each.length, eachPolicy: same ? first : each, policies: plan.policies };
}

function summaryOf(plan: Plan): Actual {
  const { summary, lint, map } = plan;
  const fields = summary.fieldsToCollect.map(({ field }) => field);
  const { total, byStep, counted } = summary.affectedSessions;
  const { clean_graft: cleanGraft, gap_fill: gapFill, re_route: reRoute } = summary.anchors;
  const aliases = {
    anchorCount: map.anchors.length,
    totalAnchors: map.anchors.length,
    cleanGraft,
    gapFill,
    reRoute,
    deleted: summary.removed,
    new: summary.inserted,
    fields,
    anchorsWithCleanGraft: cleanGraft,
    anchorsWithGapFill: gapFill,
    anchorsWithReRoute: reRoute,
    nodesDeleted: summary.removed,
    nodesInserted: summary.inserted,
    sessionsAffected: counted ? total : null,
    estimatedSessions: counted ? total : null,
    estimatedSessionsAffected: counted ? total : null,
    sessionsByAnchor: counted ? byStep : null,
    byAnchor: counted ? byStep : null,
  };
  return {
    summary: { ...summary, ...summary.anchors, ...aliases },
    warnings: lint.map(({ code, severity, stepId, message }) => ({ code, severity, stepId: stepId ?? null, message })),
    warningCount: summary.warnings,
    warningCodes: lint.map(({ code }) => code),
    requiredFields: fields,
    fieldsToCollect: fields,
    affected: counted ? total : null,
    affectedSessions: counted ? total : null,
    affectedByStep: byStep,
    kindOf: Object.fromEntries(map.anchors.map(({ from, kind }) => [from, kind])),
    inserted: map.inserted,
    removed: map.removed,
    moved: map.moved,
  };
}

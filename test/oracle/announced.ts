import { diffCompiled } from "../../src/diff/diff.js";
import type { Matching, StepMatch } from "../../src/diff/matching.js";
import { upstreamOf } from "../../src/diff/views.js";
import { compile } from "../../src/scenario/compile.js";
import { dominates } from "../../src/scenario/dominators.js";
import { type Decided, termsOf } from "./judge.js";

/**
 * Whether an unchanged decision lies above a step that sessions there need not have passed on the old version. The class of the step
 * does not count it yet.
 */
function meetsOldDecision({ from, to, preimagesOf }: Matching, { from: old, to: now }: StepMatch): boolean {
  const above = upstreamOf(to, now);
  return to.steps.some((_, step) => {
    const [only, second] = to.ways[step] ?? [];
    const decides = second !== undefined || only?.condition !== undefined || only?.conditionText !== undefined;
    return above[step] === 1 && decides && !(preimagesOf[step] ?? []).some((pair) => dominates(from, pair.from, old));
  });
}

const GUARDS = ["DECISION.GUARD_FALSE", "DECISION.UNKNOWN", "DECISION.NO_BRANCH"];

/** Why a decision lies outside what the plan announced for the session's step; undefined if it does not. */
export function unannounced({ triple, decision }: Decided): string | undefined {
  if (triple.forceKind !== undefined) return undefined;
  const [from, to] = [compile(triple.v1), compile(triple.v2)];
  const { mapping, effects } = termsOf(triple);
  const { matching, classes } = diffCompiled(from, to, { ...(mapping && { mapping }), ...(effects && { effects }) });
  const pair = matching.imageOf[from.index.get(triple.path.at(-1) ?? "") ?? -1];
  if (pair === undefined || pair.relation === "explicit") return undefined;
  const { kind } = classes.of(pair.to);
  if (kind === "re_route" || meetsOldDecision(matching, pair)) return undefined;
  const refusal = decision.action === "blocked" || decision.action === "review" ? decision.reason : "";
  if (refusal.startsWith("CHECKPOINT.") && refusal !== "CHECKPOINT.WOULD_SKIP") return undefined;
  if (refusal.startsWith("MATCH.") || refusal.startsWith("PLAN.")) return undefined;
  if (decision.action === "teleport" && decision.stepId === to.steps[pair.to]?.id) {
    if (decision.kind === "clean_graft" || (decision.kind === "gap_fill" && kind === "gap_fill")) return undefined;
  }
  if (kind === "gap_fill") {
    const asks = decision.action === "collect" || decision.action === "needs" || decision.action === "execute_action";
    if (asks || refusal === "CHECKPOINT.WOULD_SKIP" || GUARDS.includes(refusal)) return undefined;
  }
  const how = decision.action === "teleport" ? decision.kind : refusal;
  return `announced ${kind}: ${decision.action} ${how} at ${to.steps[pair.to]?.id}`;
}

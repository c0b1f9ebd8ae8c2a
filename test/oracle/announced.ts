import { diffCompiled } from "../../src/diff/diff.js";
import { compile } from "../../src/scenario/compile.js";
import { type Decided, termsOf } from "./judge.js";

const GUARDS = ["DECISION.GUARD_FALSE", "DECISION.UNKNOWN"];

/** Why a decision lies outside what the plan announced for the session's step; undefined if it does not. */
export function unannounced({ triple, decision }: Decided): string | undefined {
  if (triple.forceKind !== undefined) return undefined;
  const [from, to] = [compile(triple.v1), compile(triple.v2)];
  const { mapping, effects } = termsOf(triple);
  const { matching, classes } = diffCompiled(from, to, { ...(mapping && { mapping }), ...(effects && { effects }) });
  const pair = matching.imageOf[from.index.get(triple.path.at(-1) ?? "") ?? -1];
  if (pair === undefined) return undefined;
  const { kind } = classes.of(pair.to);
  if (kind === "re_route") return undefined;
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

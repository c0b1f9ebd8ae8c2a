import type { Plan, PlanOutlook } from "../../src/contracts/types.js";
import { diffCompiled } from "../../src/diff/diff.js";
import type { Matching } from "../../src/diff/matching.js";
import { outlookOf } from "../../src/plan/outlook.js";
import { policyFor } from "../../src/plan/policy.js";
import { inScope } from "../../src/plan/scope.js";
import { compile } from "../../src/scenario/compile.js";
import { type Decided, termsOf } from "./judge.js";
import { AT, sessionOf, type Triple } from "./triples.js";

/** What was announced for the step of a triple's session, and the matching it rests on. */
export interface Announced {
  readonly outlook: readonly PlanOutlook[];
  readonly matching: Matching;
}

function policiesOf({ path, policy, forceKind }: Triple): Plan["policies"] {
  const parts = { ...policy, ...(forceKind === undefined ? {} : { forceKind }) };
  return Object.keys(parts).length === 0 ? {} : { [path.at(-1) ?? ""]: parts };
}

/** What the plan of a triple announces. */
export function announcedIn(triple: Triple): Announced {
  const { allowRepeat, ...terms } = termsOf(triple);
  const diff = diffCompiled(compile(triple.v1), compile(triple.v2), terms);
  const repeat = allowRepeat === undefined ? {} : { allowRepeat: [...allowRepeat] };
  return { matching: diff.matching, outlook: outlookOf(diff, { policies: policiesOf(triple), ...repeat }) };
}

/** The outcomes that are announced for a step: kinds of moves, and the actions that move nobody. */
export function outcomesOf(outlook: readonly PlanOutlook[], stepId: string): string[] {
  const own = outlook.filter(({ steps }) => steps.includes(stepId));
  if (own.length !== 1) return [];
  return own.flatMap(({ actions, kinds }) => [...kinds, ...actions.filter((action) => action !== "teleport")]);
}

/** The outcome of a decision: of a move its kind, else the action; for needs, what they become where nobody knows. */
export function outcomeOf({ triple, decision }: Decided): string {
  const policy = policyFor({ policies: policiesOf(triple) }, triple.path.at(-1) ?? "");
  const isIn = inScope(policy.scope, sessionOf(triple), { deployedAt: AT }).matches === true;
  if (!policy.updateDownstream || !isIn) return "continue";
  if (decision.action === "needs") return decision.fields.length > 0 ? "collect" : "review";
  return decision.action === "teleport" ? decision.kind : decision.action;
}

/** Why an outcome lies outside what the plan announced for the session's step; undefined if it does not. */
export function unannounced(decided: Decided, known?: Announced): string | undefined {
  const { triple, decision } = decided;
  const { outlook, matching } = known ?? announcedIn(triple);
  const stepId = triple.path.at(-1) ?? "";
  const outcome = outcomeOf(decided);
  const announced = outcomesOf(outlook, stepId);
  const how = decision.action === "blocked" || decision.action === "review" ? ` ${decision.reason}` : "";
  if (!announced.includes(outcome)) return `outside: ${outcome}${how} at ${stepId}, announced ${announced.join()}`;
  if (outcome !== "clean_graft" && outcome !== "gap_fill") return undefined;
  const old = matching.from.index.get(stepId) ?? -1;
  const places = [matching.imageOf[old]?.to ?? -1, ...(matching.ambiguous.get(old) ?? [])];
  const target = decision.action === "teleport" ? matching.to.index.get(decision.stepId) : undefined;
  return target !== undefined && places.includes(target) ? undefined : `outside: ${outcome} away from ${stepId}`;
}

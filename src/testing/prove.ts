import type { Scenario, Session } from "../contracts/types.js";
import type { RehearsedSession } from "../engine/rehearse-session.js";
import type { PlanTerms } from "../plan/build.js";
import { policyFor } from "../plan/policy.js";
import { scenarioChecksum } from "../scenario/checksum.js";
import { verifyWitness, type WitnessInput, type WitnessProblem } from "../session/witness-check.js";

/** What `verifyWitness` has against a rehearsed move; nothing where it is none. */
export function problemsOf(
  input: PlanTerms & { readonly from: Scenario; readonly to: Scenario },
  { session, decision, basis }: RehearsedSession,
): readonly WitnessProblem[] {
  if (decision.action !== "teleport" || basis === undefined) return [];
  const { from, to, mapping, effects, allowRepeat, policies = {} } = input;
  const { forceKind } = policyFor({ policies }, session.stepId);
  const verdict = verifyWitness({
    to,
    session: { ...session, variables: basis.data },
    decision,
    facts: basis.facts,
    ...(session.scenarioChecksum === scenarioChecksum(from) ? { from } : {}),
    ...(mapping === undefined ? {} : { mapping }),
    ...(effects === undefined ? {} : { effects }),
    ...(allowRepeat === undefined ? {} : { allowRepeat }),
    ...(forceKind === undefined ? {} : { forceKind }),
    ...chosen(session, to),
  });
  return verdict.ok ? [] : verdict.problems;
}

/** The step that a person has chosen for the session's place. */
function chosen({ migration, stepId }: Session, to: Scenario): Pick<WitnessInput, "chosenStepId"> {
  const { resolution } = migration ?? {};
  if (resolution?.stepId === undefined || resolution.toVersion !== to.version) return {};
  return (resolution.fromStepId ?? stepId) === stepId ? { chosenStepId: resolution.stepId } : {};
}

import type { Decision, Obstacle, ReconciliationResult, Scenario, Witness, WitnessStep } from "../contracts/types.js";
import { hintOf, meaningOf } from "./words.js";

/**
 * Tells a decision in words: what happens, and the witness that proves it or the obstacle that forbids it.
 *
 * @param decision - a decision, or a result of `reconcile`
 * @param to - the new version, for the names of its steps; ids stand in without it
 * @returns sentences, the outcome first; the steps of a witness one by one, indented
 *
 * @remarks Pure.
 *
 * @example
 * const decision = {
 *   action: "continue" as const, reasons: ["MIGRATION.NOTHING_TO_DO" as const], replyBinding: "same_question" as const,
 *   audit: { fromVersion: 2, toVersion: 2, fromStep: "hello", planIds: [] },
 * };
 * explainDecision(decision); // ["Nothing happens to the session.", "The session is already where it should be."]
 *
 * @since 0.1.0
 * @public
 */
export function explainDecision(decision: Decision | ReconciliationResult, to?: Scenario): string[] {
  const name = (id: string): string => to?.steps.find((step) => step.id === id)?.name ?? id;
  switch (decision.action) {
    case "continue":
      return ["Nothing happens to the session.", ...decision.reasons.map(meaningOf)];
    case "teleport":
      return [
        `The session moves to "${name(decision.stepId)}" of version ${decision.version} (${decision.kind}).`,
        ...decision.reasons.filter((code) => code !== "MIGRATION.MOVED").map(meaningOf),
        ...witnessWords(decision.witness, name),
      ];
    case "collect":
      return [
        `The session stays, and the person is asked for ${decision.fields.join(", ")}.`,
        ...obstacleWords(decision.obstacle),
        ...decision.prompts.map(({ prompt }) => `Question: ${prompt}`),
      ];
    case "confirm":
      return [
        `The session stays, and the person is asked whether ${decision.field} is ${JSON.stringify(decision.value)}.`,
        ...(decision.quote === "" ? [] : [`It was taken from: "${decision.quote}".`]),
      ];
    case "execute_action":
      return [
        `The session stays until this has run: ${decision.stepIds.map(name).join(", ")}.`,
        ...obstacleWords(decision.obstacle),
      ];
    case "blocked":
      return [
        `The session stays whole on version ${decision.audit.fromVersion}.`,
        ...obstacleWords(decision.obstacle),
        hintOf(decision.reason),
      ];
    case "review":
      return [
        `The session stays whole on version ${decision.audit.fromVersion} until a person decides.`,
        ...obstacleWords(decision.obstacle),
        ...(decision.candidates.length === 0 ? [] : [`To choose from: ${decision.candidates.map(name).join(", ")}.`]),
        hintOf(decision.reason),
      ];
    case "exit_scenario":
      return ["The session leaves the flow.", ...decision.reasons.map(meaningOf)];
  }
}

function obstacleWords({ code, message, condition }: Obstacle): string[] {
  const told = `${message.charAt(0).toUpperCase()}${message.slice(1)}.`;
  return [
    `${meaningOf(code)} ${told}`,
    ...(condition === undefined || condition === "" ? [] : [`The condition is: ${condition}`]),
  ];
}

const statusWords: Readonly<Record<WitnessStep["status"], string>> = {
  visited: "visited",
  passed_over: "passed over on the old version",
  silent: "new, asks and does nothing",
  known: "its values are known",
  skipped: "passes by itself",
  done: "done",
  forced: "waived by the plan",
  target: "here the session goes on",
};

/** The run of the new version that proves a move, one line a step. */
function witnessWords({ run }: Witness, name: (id: string) => string): string[] {
  const lines = run.map(({ stepId, status, fields, via }) => {
    const asked = fields === undefined ? "" : ` (${fields.join(", ")})`;
    return `  ${name(stepId)}: ${statusWords[status]}${asked}${wayWords(via)}`;
  });
  return ["The run that proves it:", ...lines];
}

function wayWords(via: WitnessStep["via"]): string {
  if (via === undefined) return "";
  switch (via.because) {
    case "only_way":
      return "";
    case "taken_before":
      return "; the way the session took before";
    case "condition_true":
      return `; because ${via.condition}`;
    case "judged":
      return `; because it was judged: ${via.condition}`;
    case "else":
      return "; because no other condition holds";
    case "open_choice":
      return "; by a choice of the host";
    case "all_rejoin":
      return "; all ways lead here and ask nothing";
    case "forced":
      return "; the decision is waived by the plan";
  }
}

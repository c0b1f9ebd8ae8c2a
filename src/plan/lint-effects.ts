import type { LintFinding } from "../contracts/types.js";
import type { ScenarioDiff } from "../diff/diff.js";
import type { Matching } from "../diff/matching.js";
import { effectClass } from "../diff/pair.js";
import { undecidedEffects } from "./effects.js";
import { newReturns } from "./returns.js";

/** What happened to steps that cannot be undone or have to run. */
export function lintEffects(diff: ScenarioDiff): LintFinding[] {
  const { from, to } = diff.matching;
  const undecided = new Set(undecidedEffects(diff.matching));
  const moved = new Set(diff.map.moved);
  const returns = newReturns(
    diff.matching,
    diff.matching.pairs.filter((pair) => from.steps[pair.from]?.checkpoint === true),
  );
  const successors = new Map(
    [...diff.matching.suggested, ...diff.matching.proposed].map((pair) => [pair.from, pair.to]),
  );
  return from.steps.flatMap((step, old): LintFinding[] => {
    if (effectClass(step) === "none") return [];
    const about = { stepId: step.id, version: from.scenario.version };
    const pair = diff.matching.imageOf[old];
    const image = pair === undefined ? undefined : to.steps[pair.to];
    const candidates = diff.matching.ambiguous.get(old);
    if (undecided.has(step.id)) {
      return [
        {
          code: "LINT.EFFECT_EDITED",
          severity: "error",
          ...about,
          ...(image === undefined ? {} : { otherStepId: image.id }),
          message: `${step.id}: its ${pair?.changed.join(", ")} changed; is it still the same effect? Answer in "effects" or map it`,
        },
      ];
    }
    if (pair === undefined || image === undefined) {
      if (candidates !== undefined || step.checkpoint !== true) return [];
      const successor = to.steps[successors.get(old) ?? -1]?.id;
      const kept = "sessions that passed it keep their place or are blocked";
      if (successor === undefined) {
        return [{ code: "LINT.CHECKPOINT_REMOVED", severity: "warning", ...about, message: `${step.id}: ${kept}` }];
      }
      const message = `${step.id}: perhaps replaced by ${successor}, which does not count as done; map it if it is the same, else ${kept}`;
      return [{ code: "LINT.CHECKPOINT_REPLACED", severity: "warning", ...about, otherStepId: successor, message }];
    }
    const findings: LintFinding[] = [];
    if (!pair.effect && step.checkpoint === true) {
      const message = `${step.id}: ${image.id} is another effect, so having done one is not having done the other`;
      findings.push({
        code: "LINT.CHECKPOINT_REPLACED",
        severity: "warning",
        ...about,
        otherStepId: image.id,
        message,
      });
    }
    if (moved.has(step.id) && step.checkpoint === true) {
      findings.push({
        code: "LINT.CHECKPOINT_MOVED",
        severity: "warning",
        ...about,
        message: `${step.id}: stands elsewhere in the new version`,
      });
    }
    if (step.checkpoint === true) findings.push(...reachableAgain(diff.matching, old, returns.get(old)));
    return findings;
  });
}

/** A place after a checkpoint from which the new version leads back to it and the old one did not. */
function reachableAgain({ from, to }: Matching, old: number, other: number | undefined): LintFinding[] {
  if (other === undefined) return [];
  const [step, otherStep] = [from.steps[old]?.id ?? "", from.steps[other]?.id ?? ""];
  return [
    {
      code: "LINT.CHECKPOINT_REACHABLE_AGAIN",
      severity: "warning",
      stepId: step,
      otherStepId: otherStep,
      version: to.scenario.version,
      message: `${step}: the new version leads back to it from ${otherStep}; sessions that passed it are blocked there`,
    },
  ];
}

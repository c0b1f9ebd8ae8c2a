import type { LintFinding } from "../contracts/types.js";
import type { ScenarioDiff } from "../diff/diff.js";
import { effectClass } from "../diff/pair.js";
import { reachableFrom } from "../scenario/reachability.js";
import { undecidedEffects } from "./effects.js";

/** What happened to steps that cannot be undone or have to run. */
export function lintEffects(diff: ScenarioDiff): LintFinding[] {
  const { from, to } = diff.matching;
  const undecided = new Set(undecidedEffects(diff.matching));
  const moved = new Set(diff.map.moved);
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
      const replaced = [...diff.matching.proposed, ...diff.matching.suggested].find((other) => other.from === old);
      const successor = replaced === undefined ? undefined : to.steps[replaced.to]?.id;
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
    if (step.checkpoint === true) findings.push(...reachableAgain(diff, old, pair.to));
    return findings;
  });
}

/** Places after a checkpoint from which the new version leads back to it and the old one did not. */
function reachableAgain(diff: ScenarioDiff, old: number, now: number): LintFinding[] {
  const { from, to } = diff.matching;
  const after = reachableFrom(from, old);
  const looped = (from.outs[old] ?? []).some((next) => reachableFrom(from, next)[old] === 1);
  const returns = diff.matching.pairs.find(
    (pair) => pair.from !== old && after[pair.from] === 1 && reachableFrom(to, pair.to)[now] === 1,
  );
  if (looped || returns === undefined) return [];
  const [step, other] = [from.steps[old]?.id ?? "", from.steps[returns.from]?.id ?? ""];
  return [
    {
      code: "LINT.CHECKPOINT_REACHABLE_AGAIN",
      severity: "warning",
      stepId: step,
      otherStepId: other,
      version: to.scenario.version,
      message: `${step}: the new version leads back to it from ${other}; sessions that passed it are blocked there`,
    },
  ];
}

import type { LintFinding } from "../contracts/types.js";
import type { ScenarioDiff } from "../diff/diff.js";
import { lintData } from "./lint-data.js";
import { lintEffects } from "./lint-effects.js";
import { lintForks } from "./lint-forks.js";
import { lintSteps } from "./lint-steps.js";
import type { LintTerms } from "./lint-terms.js";

const SEVERITY = { error: 0, warning: 1, info: 2 } as const;

/**
 * Everything an operator should know before approving: forks that do not cover all cases, effects that were removed, replaced,
 * moved or reworded, new obligations above steps where sessions stand, where sessions of removed steps will go, fields that nobody
 * collects any more. Most severe first, then in the order of the steps.
 *
 * @remarks Pure. Linear, apart from forks, whose conditions are tried on sample values (bounded).
 */
export function lintPlan(diff: ScenarioDiff, terms: LintTerms): LintFinding[] {
  const findings = [
    ...lintEffects(diff),
    ...lintForks(diff.matching.to),
    ...lintSteps(diff, terms),
    ...lintData(diff, terms),
  ];
  return findings
    .map((finding, order) => ({ finding, order }))
    .sort((a, b) => SEVERITY[a.finding.severity] - SEVERITY[b.finding.severity] || a.order - b.order)
    .map(({ finding }) => finding);
}

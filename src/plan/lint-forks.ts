import type { LintFinding } from "../contracts/types.js";
import type { CompiledScenario } from "../scenario/compile.js";
import { analyseFork } from "../scenario/fork.js";

/** Forks of the new version in which no branch may hold, or several. */
export function lintForks(c: CompiledScenario): LintFinding[] {
  const { version } = c.scenario;
  return c.steps.flatMap((step, at): LintFinding[] => {
    const ways = c.ways[at] ?? [];
    if (c.reachable[at] !== 1 || !ways.some((way) => way.condition !== undefined || way.conditionText !== undefined))
      return [];
    const { exhaustive, overlapping } = analyseFork(ways, c.fields);
    const about = { stepId: step.id, version };
    const findings: LintFinding[] = [];
    if (exhaustive === false) {
      const what = ways.length === 1 ? "its only way out is conditioned" : "its branches do not cover all cases";
      findings.push({
        code: "LINT.NON_EXHAUSTIVE",
        severity: "warning",
        ...about,
        message: `${step.id}: ${what}, so a session may stand still there`,
      });
    }
    if (overlapping === true) {
      findings.push({
        code: "LINT.OVERLAPPING",
        severity: "info",
        ...about,
        message: `${step.id}: branches overlap; priority and order decide`,
      });
    }
    const open = [
      ...(exhaustive === "unknown" ? ["cover all cases"] : []),
      ...(overlapping === "unknown" ? ["overlap"] : []),
    ];
    if (open.length > 0) {
      findings.push({
        code: "LINT.CANNOT_TELL",
        severity: "info",
        ...about,
        message: `${step.id}: cannot tell whether its branches ${open.join(" or ")}`,
      });
    }
    return findings;
  });
}

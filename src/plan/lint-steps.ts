import type { LintFinding } from "../contracts/types.js";
import type { ScenarioDiff } from "../diff/diff.js";
import { effectClass } from "../diff/pair.js";
import { doesSomething } from "../diff/step-flags.js";
import { own } from "../hash/own.js";
import type { LintTerms } from "./lint-terms.js";

/** Steps that were added, removed, equal to each other, or of which somebody has to say what they mean. */
export function lintSteps(diff: ScenarioDiff, terms: LintTerms): LintFinding[] {
  return [...newSteps(diff, terms), ...oldSteps(diff, terms), ...forced(terms)];
}

function newSteps(diff: ScenarioDiff, terms: LintTerms): LintFinding[] {
  const { from, to } = diff.matching;
  const version = to.scenario.version;
  const below = dominatedAnchors(diff);
  const cutOff = (at: number) => {
    const pairs = (diff.matching.preimagesOf[at] ?? []).filter((pair) => from.reachable[pair.from] === 1);
    const ids = pairs.map((pair) => from.steps[pair.from]?.id ?? "");
    if (ids.length === 0) return "";
    return `; sessions on ${ids.join(", ")}${standing(terms, ids)} go on after the last step they visited that is still there`;
  };
  return to.steps.flatMap((step, at): LintFinding[] => {
    const about = { stepId: step.id, version };
    const findings: LintFinding[] = [];
    if (to.reachable[at] !== 1) {
      findings.push({
        code: "LINT.UNREACHABLE_STEP",
        severity: "warning",
        ...about,
        message: `${step.id}: no way from the entry leads to it${cutOff(at)}`,
      });
    }
    const ids = below.get(at) ?? [];
    if (diff.classes.owing[at] === 1 && ids.length > 0) {
      const kind = effectClass(step);
      const severity = kind === "none" ? "info" : "warning";
      const what = kind === "checkpoint" ? "it blocks" : kind === "none" ? "it may be asked of" : "it has to run for";
      const kept = ids.length === 1 ? "a kept step" : `${ids.length} kept steps`;
      const message = `${step.id}: new on every way to ${kept}; ${what} sessions there${standing(terms, ids)}`;
      findings.push({ code: "LINT.MANDATORY_ABOVE", severity, ...about, message });
    }
    if ((to.byHash.get(to.hashes[at] ?? "")?.length ?? 0) > 1) {
      findings.push({
        code: "LINT.TWINS",
        severity: "info",
        ...about,
        message: `${step.id}: another step of this version has equal content`,
      });
    }
    if ((step.tools?.length ?? 0) > 0 && effectClass(step) === "none" && !doesSomething(step)) {
      findings.push({
        code: "LINT.TOOLS_SKIPPABLE",
        severity: "info",
        ...about,
        message: `${step.id}: has tools but is no required action, so it may be skipped`,
      });
    }
    return findings;
  });
}

/** For each new step: the old steps whose images it dominates as their nearest owing step. */
function dominatedAnchors(diff: ScenarioDiff): Map<number, string[]> {
  const found = new Map<number, string[]>();
  for (const pair of diff.matching.pairs) {
    const nearest = diff.classes.nearestOwing[pair.to] ?? -1;
    if (nearest < 0) continue;
    const below = found.get(nearest) ?? [];
    found.set(nearest, below);
    below.push(diff.matching.from.steps[pair.from]?.id ?? "");
  }
  return found;
}

/** How many sessions stand on some old steps, where they were counted. */
function standing({ counts }: LintTerms, ids: readonly string[]): string {
  if (counts === undefined) return "";
  return ` (${ids.reduce((sum, id) => sum + (own(counts, id) ?? 0), 0)} stand there)`;
}

function oldSteps(diff: ScenarioDiff, terms: LintTerms): LintFinding[] {
  const { from, proposed, ambiguous, imageOf } = diff.matching;
  const version = from.scenario.version;
  const proposals = new Set(proposed.map((pair) => pair.from));
  const exits = new Set(
    terms.outlook.flatMap(({ steps, actions }) => (actions.includes("exit_scenario") ? steps : [])),
  );
  return from.steps.flatMap((step, at): LintFinding[] => {
    if (from.reachable[at] !== 1) return [];
    const about = { stepId: step.id, version };
    const there = standing(terms, [step.id]);
    const mayExit: LintFinding = {
      code: "LINT.MAY_EXIT",
      severity: "warning",
      ...about,
      message: `${step.id}: its sessions${there} may leave the flow`,
    };
    const leaving = exits.has(step.id) ? [mayExit] : [];
    if (imageOf[at] !== undefined) return leaving;
    if (proposals.has(at)) {
      const message = `${step.id}: does something else now; its sessions${there} wait until the plan maps it`;
      return [{ code: "LINT.PROPOSED_PAIR", severity: "warning", ...about, message }];
    }
    if (ambiguous.has(at)) {
      const message = `${step.id}: equal steps leave its counterpart open; the history of each session${there} decides`;
      return [{ code: "LINT.AMBIGUOUS_STEP", severity: "warning", ...about, message }, ...leaving];
    }
    const removed: LintFinding = {
      code: "LINT.STEP_REMOVED",
      severity: "warning",
      ...about,
      message: `${step.id}: removed; its sessions${there} go on after the last step they visited that is still there`,
    };
    return [removed, ...leaving];
  });
}

function forced(terms: LintTerms): LintFinding[] {
  return Object.entries(terms.policies).flatMap(([stepId, policy]): LintFinding[] => {
    if (policy.forceKind === undefined) return [];
    const message = `${stepId === "*" ? "every step" : stepId}: ${policy.forceKind} is forced; questions or new decisions are waived`;
    return [{ code: "LINT.FORCED", severity: "warning", ...(stepId === "*" ? {} : { stepId }), message }];
  });
}

import type { LintFinding } from "../contracts/types.js";
import type { ScenarioDiff } from "../diff/diff.js";
import { effectClass } from "../diff/pair.js";
import { doesSomething } from "../diff/step-flags.js";
import { own } from "../hash/own.js";
import type { LintTerms } from "./lint-terms.js";

/** Steps that were added, removed, equal to each other, or of which somebody has to say what they mean. */
export function lintSteps(diff: ScenarioDiff, terms: LintTerms): LintFinding[] {
  return [...newSteps(diff), ...oldSteps(diff, terms), ...forced(terms)];
}

function newSteps(diff: ScenarioDiff): LintFinding[] {
  const { to } = diff.matching;
  const version = to.scenario.version;
  const below = dominatedAnchors(diff);
  return to.steps.flatMap((step, at): LintFinding[] => {
    const about = { stepId: step.id, version };
    const findings: LintFinding[] = [];
    if (to.reachable[at] !== 1) {
      findings.push({
        code: "LINT.UNREACHABLE_STEP",
        severity: "warning",
        ...about,
        message: `${step.id}: no way from the entry leads to it`,
      });
    }
    const anchors = below.get(at) ?? 0;
    if (diff.classes.owing[at] === 1 && anchors > 0) {
      const kind = effectClass(step);
      const severity = kind === "none" ? "info" : "warning";
      const what = kind === "checkpoint" ? "it blocks" : kind === "none" ? "it may be asked of" : "it has to run for";
      const kept = anchors === 1 ? "a kept step" : `${anchors} kept steps`;
      const message = `${step.id}: new on every way to ${kept}; ${what} sessions there`;
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

/** For each new step: how many anchors it dominates as their nearest owing step. */
function dominatedAnchors(diff: ScenarioDiff): Map<number, number> {
  const count = new Map<number, number>();
  for (const pair of diff.matching.pairs) {
    const nearest = diff.classes.nearestOwing[pair.to] ?? -1;
    if (nearest >= 0) count.set(nearest, (count.get(nearest) ?? 0) + 1);
  }
  return count;
}

function oldSteps(diff: ScenarioDiff, terms: LintTerms): LintFinding[] {
  const { from, proposed, ambiguous, imageOf } = diff.matching;
  const version = from.scenario.version;
  const proposals = new Set(proposed.map((pair) => pair.from));
  const survives = imageOf.some((pair) => pair !== undefined);
  return from.steps.flatMap((step, at): LintFinding[] => {
    if (imageOf[at] !== undefined || from.reachable[at] !== 1) return [];
    const about = { stepId: step.id, version };
    const standing = terms.counts === undefined ? "" : ` (${own(terms.counts, step.id) ?? 0} stand there)`;
    if (proposals.has(at)) {
      const message = `${step.id}: does something else now; its sessions${standing} wait until the plan maps it`;
      return [{ code: "LINT.PROPOSED_PAIR", severity: "warning", ...about, message }];
    }
    if (ambiguous.has(at)) {
      const message = `${step.id}: equal steps leave its counterpart open; the history of each session${standing} decides`;
      return [{ code: "LINT.AMBIGUOUS_STEP", severity: "warning", ...about, message }];
    }
    const removed: LintFinding = {
      code: "LINT.STEP_REMOVED",
      severity: "warning",
      ...about,
      message: `${step.id}: removed; its sessions${standing} go on after the last step they visited that is still there`,
    };
    const exits: LintFinding = {
      code: "LINT.MAY_EXIT",
      severity: "warning",
      ...about,
      message: `${step.id}: its sessions${standing} may leave the flow`,
    };
    return survives && at !== from.entry ? [removed] : [removed, exits];
  });
}

function forced(terms: LintTerms): LintFinding[] {
  return Object.entries(terms.policies).flatMap(([stepId, policy]): LintFinding[] => {
    if (policy.forceKind === undefined) return [];
    const message = `${stepId === "*" ? "every step" : stepId}: ${policy.forceKind} is forced; questions or new decisions are waived`;
    return [{ code: "LINT.FORCED", severity: "warning", ...(stepId === "*" ? {} : { stepId }), message }];
  });
}

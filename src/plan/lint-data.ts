import type { LintFinding } from "../contracts/types.js";
import type { ScenarioDiff } from "../diff/diff.js";
import type { CompiledScenario } from "../scenario/compile.js";
import { compileCondition } from "../scenario/condition.js";
import type { LintTerms } from "./lint-terms.js";

/** Fields that conditions or policies read and nobody collects any more, that are asked and never used, or never declared. */
export function lintData(diff: ScenarioDiff, terms: LintTerms): LintFinding[] {
  const { from, to } = diff.matching;
  const version = to.scenario.version;
  const collected = collectedBy(to);
  const before = collectedBy(from);
  const made = new Set(
    terms.data.flatMap((change) =>
      "to" in change && change.op !== "convert" ? [change.to] : "field" in change ? [change.field] : [],
    ),
  );
  const reads = readsOf(to);
  const findings: LintFinding[] = [];
  for (const [field, stepId] of reads) {
    if (before.has(field) && !collected.has(field) && !made.has(field)) {
      const message = `${field}: ${stepId} reads it, and no step of the new version collects it any more`;
      findings.push({ code: "LINT.FIELD_NOT_COLLECTED", severity: "warning", stepId, field, version, message });
    }
    const told = to.fields.has(field) || (collected.has(field) && to.fields.size === 0);
    if (!told) {
      const message = `${field}: read by ${stepId}, and not declared; only the host can give it a value`;
      findings.push({ code: "LINT.UNDECLARED_FIELD", severity: "info", stepId, field, version, message });
    }
  }
  const used = usedByTerms(terms);
  for (const [field, stepId] of collected) {
    if (!reads.has(field) && !used.has(field)) {
      findings.push({
        code: "LINT.FIELD_UNUSED",
        severity: "info",
        stepId,
        field,
        version,
        message: `${field}: asked by ${stepId}, read by no condition, skip rule or data change`,
      });
    }
  }
  for (const [stepId, policy] of Object.entries(terms.policies)) {
    const condition = policy.scope?.condition;
    for (const field of condition === undefined ? [] : compileCondition(condition).fields) {
      if (before.has(field) || collected.has(field) || SESSION_NAMES.has(field)) continue;
      const message = `${field}: the policy of ${stepId} reads it, and no step of the old version collects it`;
      findings.push({ code: "LINT.FIELD_NOT_COLLECTED", severity: "info", field, message });
    }
  }
  return findings;
}

const SESSION_NAMES = new Set(["channel", "customerId", "status", "stepId"]);

/** Fields that data changes or conditions of policies of the plan read. */
function usedByTerms({ data, policies }: LintTerms): Set<string> {
  const used = new Set(data.flatMap((change) => ("from" in change ? [change.from] : [])));
  for (const { scope } of Object.values(policies))
    for (const field of scope?.condition === undefined ? [] : compileCondition(scope.condition).fields) used.add(field);
  return used;
}

function collectedBy(c: CompiledScenario): Map<string, string> {
  const found = new Map<string, string>();
  for (const step of c.steps) for (const field of step.collects ?? []) if (!found.has(field)) found.set(field, step.id);
  return found;
}

function readsOf(c: CompiledScenario): Map<string, string> {
  const found = new Map<string, string>();
  const read = (field: string, stepId: string) => {
    if (!found.has(field)) found.set(field, stepId);
  };
  c.steps.forEach((step, at) => {
    for (const way of c.ways[at] ?? []) {
      for (const field of way.condition?.fields ?? c.scenario.transitions[way.index]?.fields ?? [])
        read(field, step.id);
    }
    for (const field of c.skips[at]?.fields ?? []) read(field, step.id);
  });
  return found;
}

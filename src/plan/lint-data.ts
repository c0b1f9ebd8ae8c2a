import type { DataChange, LintFinding } from "../contracts/types.js";
import type { ScenarioDiff } from "../diff/diff.js";
import type { CompiledScenario } from "../scenario/compile.js";
import { compileCondition } from "../scenario/condition.js";
import { knownValue } from "../scenario/value.js";
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
  return [...findings, ...lintValues(terms, to), ...lintRenames(diff, terms)];
}

/** Data changes that write what the new version's definition of the field does not take. */
function lintValues({ data }: LintTerms, to: CompiledScenario): LintFinding[] {
  const { version } = to.scenario;
  return data.flatMap((change, at): LintFinding[] => {
    const field = "field" in change ? change.field : change.to;
    const definition = to.fields.get(field);
    if (definition === undefined) return [];
    const isWrong =
      change.op === "default" || change.op === "constant"
        ? !knownValue(definition, change.value)
        : change.op === "convert" &&
          change.to !== definition.type &&
          !data.slice(at + 1).some((later) => writes(later, field));
    if (!isWrong) return [];
    const message = `${field}: the ${change.op} gives it no ${definition.type} as defined in the new version`;
    return [{ code: "LINT.DATA_INVALID", severity: "warning", field, version, message }];
  });
}

function writes(change: DataChange, field: string): boolean {
  return "field" in change ? change.field === field : change.to === field;
}

/** Steps that collect one field less and one more of the same type: perhaps the same field under a new name. */
function lintRenames({ matching }: ScenarioDiff, { data }: LintTerms): LintFinding[] {
  const { from, to } = matching;
  const [before, after] = [collectedBy(from), collectedBy(to)];
  const told = new Set(
    data.flatMap((change) => ("from" in change ? [change.from] : "field" in change ? [change.field] : [])),
  );
  return matching.imageOf.flatMap((pair): LintFinding[] => {
    if (pair === undefined || pair.addedFields.length !== 1) return [];
    const kept = new Set(to.steps[pair.to]?.collects ?? []);
    const gone = (from.steps[pair.from]?.collects ?? []).filter((field) => !kept.has(field));
    const [old = "", added = ""] = [gone[0], pair.addedFields[0]];
    if (gone.length !== 1 || after.has(old) || before.has(added) || told.has(old)) return [];
    if ((from.fields.get(old)?.type ?? "string") !== (to.fields.get(added)?.type ?? "string")) return [];
    const stepId = to.steps[pair.to]?.id ?? "";
    const message = `${added}: takes the place of ${old} in ${stepId}; without a rename in data it is asked again`;
    return [
      { code: "LINT.FIELD_RENAMED", severity: "info", stepId, field: added, version: to.scenario.version, message },
    ];
  });
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

import type { LintFinding } from "../contracts/types.js";
import { counted, type RenderStyle, wrap } from "./render-table.js";
import { hintOf } from "./words.js";

const severities = ["error", "warning", "info"] as const;

/** How many findings of each severity. */
export type FindingCounts = Readonly<Record<LintFinding["severity"], number>>;

/** Counts findings by severity. */
export function countFindings(findings: readonly LintFinding[]): FindingCounts {
  const counts = { error: 0, warning: 0, info: 0 };
  for (const { severity } of findings) counts[severity] += 1;
  return counts;
}

/**
 * Writes lint findings for a person to read, most severe first, each code with its advice once.
 *
 * @returns lines; one sentence when there is nothing to say
 */
export function renderFindings(findings: readonly LintFinding[], style: RenderStyle): string[] {
  const { paint } = style;
  if (findings.length === 0) return ["No findings."];
  const colours = { error: paint.red, warning: paint.yellow, info: paint.cyan };
  const groups = new Map<string, LintFinding[]>();
  for (const severity of severities) {
    for (const finding of findings.filter((one) => one.severity === severity)) {
      const key = `${severity} ${finding.code}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [finding]);
      else group.push(finding);
    }
  }
  const lines: string[] = [];
  for (const [first, ...rest] of groups.values()) {
    if (first === undefined) continue;
    lines.push(`${colours[first.severity](first.severity)} ${paint.bold(first.code)}`);
    for (const { message } of [first, ...rest]) {
      const [start, ...more] = wrap(message, style.columns - 4);
      lines.push(`  - ${start ?? ""}`, ...more.map((line) => `    ${line}`));
    }
    lines.push(...wrap(`hint: ${hintOf(first.code)}`, style.columns, "  ").map((line) => paint.dim(line)));
  }
  return [...lines, "", findingTotals(findings)];
}

/** `1 error, 2 warnings, 5 notes`. */
export function findingTotals(findings: readonly LintFinding[]): string {
  const { error, warning, info } = countFindings(findings);
  return [counted(error, "error"), counted(warning, "warning"), counted(info, "note")].join(", ");
}

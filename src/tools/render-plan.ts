import type { Plan } from "../contracts/types.js";
import { own } from "../hash/own.js";
import type { ChangeEffect } from "./data-effects.js";
import { renderData } from "./render-data.js";
import { paintKind, section } from "./render-diff.js";
import { findingTotals, renderFindings } from "./render-findings.js";
import { type Column, counted, markdownText, type RenderStyle, table } from "./render-table.js";
import { kindWords } from "./words.js";

/**
 * Writes a plan for the person who reviews it: what it does in numbers, what can happen on each step, what may be asked, what is done to
 * the data, what to know, what to do next.
 *
 * @param effects - what the data changes do to the sessions that were looked at, one entry a change
 */
export function renderPlan(plan: Plan, style: RenderStyle, effects?: readonly ChangeEffect[]): string[] {
  const { summary, lint } = plan;
  return [
    ...head(plan, style),
    ...section("Changes", changes(plan, style), style),
    ...section("Steps that are kept", kinds(plan, style), style),
    ...section("Sessions", sessions(plan, style), style),
    ...section("What can happen", outcomes(plan, style), style),
    ...section("May be asked", questions(plan, style), style),
    ...section("Data, in this order", renderData(plan.data ?? [], effects, style), style),
    ...section("Terms", terms(plan, style), style),
    ...section(`Findings: ${findingTotals(lint)}`, findings(plan, style), style),
    "",
    next(plan, summary.warnings),
  ];
}

function head({ id, scenarioId, fromVersion, toVersion, status, digest }: Plan, style: RenderStyle): string[] {
  const { paint, format } = style;
  const versions = `version ${fromVersion} -> ${toVersion}`;
  if (format === "markdown") {
    return [
      `# Plan ${markdownText(id)}`,
      "",
      `${markdownText(scenarioId)} ${versions}, ${status}`,
      "",
      `\`${digest}\``,
    ];
  }
  return [`${paint.bold(`Plan ${id}`)}  ${scenarioId} ${versions}  ${paint.cyan(status)}`, paint.dim(digest)];
}

/** Lines that stand for themselves: the items of a list in Markdown. */
function items(lines: readonly string[], { format }: RenderStyle): string[] {
  return format === "markdown" ? lines.map((line) => `- ${markdownText(line)}`) : [...lines];
}

function findings({ lint }: Plan, style: RenderStyle): string[] {
  if (lint.length === 0) return [];
  if (style.format !== "markdown") return renderFindings(lint, style).slice(0, -2);
  const rows = lint.map(({ severity, code, message }) => [severity, code, message]);
  return table([{ title: "severity" }, { title: "code" }, { title: "finding" }], rows, style);
}

function changes({ summary }: Plan, style: RenderStyle): string[] {
  const { steps, inserted, removed, edited, moved, ambiguous, decisions } = summary;
  const lines = [
    `${steps.from} -> ${counted(steps.to, "step")}: ${inserted} inserted, ${removed} removed, ${edited} edited, ${moved} moved, ${ambiguous} ambiguous`,
    counted(decisions, "changed decision"),
  ];
  return items(lines, style);
}

function kinds({ summary }: Plan, style: RenderStyle): string[] {
  const { counted: isCounted, byKind } = summary.affectedSessions;
  const rows = (["clean_graft", "gap_fill", "re_route"] as const).map((kind) => [
    kind,
    String(summary.anchors[kind]),
    isCounted ? String(byKind[kind] ?? 0) : "?",
    kindWords[kind],
  ]);
  const others = byKind.no_anchor ?? 0;
  if (others > 0)
    rows.push([
      "no_anchor",
      "",
      String(others),
      "on steps that were edited, removed or are ambiguous: decided one by one",
    ]);
  const columns: Column[] = [
    { title: "kind", paint: (text) => paintKind(text, style) },
    { title: "steps", align: "right" },
    { title: "sessions", align: "right" },
    { title: "what it means" },
  ];
  return table(columns, rows, style);
}

function sessions({ summary, fromVersion }: Plan, style: RenderStyle): string[] {
  const { counted: isCounted, total, byStep } = summary.affectedSessions;
  if (!isCounted) return ["not counted: no store and no file of sessions was asked"];
  const rows = Object.entries(byStep)
    .sort(([, a], [, b]) => b - a)
    .map(([step, count]) => [String(count), step]);
  return [
    `${counted(total, "session")} on version ${fromVersion}`,
    ...(style.format === "markdown" ? [""] : []),
    ...table([{ title: "sessions", align: "right" }, { title: "on step" }], rows, style),
  ];
}

function outcomes({ outlook, summary }: Plan, style: RenderStyle): string[] {
  const { counted: isCounted, byStep } = summary.affectedSessions;
  const rows = outlook.map(({ steps, actions, kinds }) => [
    isCounted ? String(steps.reduce((sum, step) => sum + (own(byStep, step) ?? 0), 0)) : "?",
    String(steps.length),
    actions.flatMap((action) => (action === "teleport" ? kinds : [action])).join(", "),
    steps.join(", "),
  ]);
  const columns: Column[] = [
    { title: "sessions", align: "right" },
    { title: "steps", align: "right" },
    { title: "outcomes" },
    { title: "on", paint: style.paint.dim },
  ];
  return table(columns, rows, style);
}

function questions({ summary }: Plan, style: RenderStyle): string[] {
  const rows = summary.fieldsToCollect.map(({ field, displayName, steps }) => [
    field,
    displayName ?? "",
    steps.join(", "),
  ]);
  return table([{ title: "field" }, { title: "name" }, { title: "by", paint: style.paint.dim }], rows, style);
}

function terms({ policies, mapping, effects, allowRepeat }: Plan, style: RenderStyle): string[] {
  const lines = [
    ...Object.entries(policies).map(([step, policy]) => `policy of ${step}: ${JSON.stringify(policy)}`),
    ...Object.entries(mapping ?? {}).map(([from, to]) => `mapping ${from} -> ${to}`),
    ...Object.entries(effects ?? {}).map(([step, answer]) => `effect of ${step}: ${answer}`),
    ...(allowRepeat ?? []).map((step) => `may be repeated: ${step}`),
  ];
  return items(lines, style);
}

function next({ lint, status }: Plan, warnings: number): string {
  if (status !== "pending") return `The plan is ${status}.`;
  const errors = lint.filter(({ severity }) => severity === "error").length;
  if (errors > 0) return `It cannot be approved yet: ${counted(errors, "error")} to settle first.`;
  return warnings > 0 ? `It can be approved; read the ${counted(warnings, "warning")} first.` : "It can be approved.";
}

import type { Plan } from "../contracts/types.js";
import { own } from "../hash/own.js";
import { paintKind, section } from "./render-diff.js";
import { findingTotals, renderFindings } from "./render-findings.js";
import { type Column, counted, type RenderStyle, table } from "./render-table.js";
import { kindWords } from "./words.js";

/**
 * Writes a plan for the person who reviews it: what it does in numbers, what can happen on each step, what may be asked, what to know, what to do next.
 */
export function renderPlan(plan: Plan, style: RenderStyle): string[] {
  const { paint } = style;
  const { summary, lint } = plan;
  return [
    `${paint.bold(`Plan ${plan.id}`)}  ${plan.scenarioId} version ${plan.fromVersion} -> ${plan.toVersion}  ${paint.cyan(plan.status)}`,
    paint.dim(plan.digest),
    ...section("Changes", changes(plan), style),
    ...section("Steps that are kept", kinds(plan, style), style),
    ...section("Sessions", sessions(plan, style), style),
    ...section("What can happen", outcomes(plan, style), style),
    ...section("May be asked", questions(plan, style), style),
    ...section("Terms", terms(plan), style),
    ...section(
      `Findings: ${findingTotals(lint)}`,
      lint.length === 0 ? [] : renderFindings(lint, style).slice(0, -2),
      style,
    ),
    "",
    next(plan, summary.warnings),
  ];
}

function changes({ summary }: Plan): string[] {
  const { steps, inserted, removed, edited, moved, ambiguous, decisions } = summary;
  return [
    `${steps.from} -> ${counted(steps.to, "step")}: ${inserted} inserted, ${removed} removed, ${edited} edited, ${moved} moved, ${ambiguous} ambiguous`,
    counted(decisions, "changed decision"),
  ];
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

function terms({ policies, mapping, effects, allowRepeat, data }: Plan): string[] {
  return [
    ...Object.entries(policies).map(([step, policy]) => `policy of ${step}: ${JSON.stringify(policy)}`),
    ...Object.entries(mapping ?? {}).map(([from, to]) => `mapping ${from} -> ${to}`),
    ...Object.entries(effects ?? {}).map(([step, answer]) => `effect of ${step}: ${answer}`),
    ...(allowRepeat ?? []).map((step) => `may be repeated: ${step}`),
    ...(data ?? []).map((change) => `data: ${JSON.stringify(change)}`),
  ];
}

function next({ lint, status }: Plan, warnings: number): string {
  if (status !== "pending") return `The plan is ${status}.`;
  const errors = lint.filter(({ severity }) => severity === "error").length;
  if (errors > 0) return `It cannot be approved yet: ${counted(errors, "error")} to settle first.`;
  return warnings > 0 ? `It can be approved; read the ${counted(warnings, "warning")} first.` : "It can be approved.";
}

import type { Decision, Scenario } from "../contracts/types.js";
import type { Rehearsal } from "../engine/rehearse-tally.js";
import { explainDecision } from "./explain-decision.js";
import type { OutcomeGroup, Outcomes } from "./rehearse-outcomes.js";
import { outcomeName, type SessionOutcome } from "./rehearse-sessions.js";
import { section } from "./render-diff.js";
import { type Column, counted, type RenderStyle, table, wrap } from "./render-table.js";

const actionWords: Readonly<Record<Decision["action"], string>> = {
  continue: "stays, nothing to do or held",
  teleport: "moves to the new version",
  collect: "stays until the person answers",
  confirm: "stays until the person confirms",
  execute_action: "stays until an action has run",
  blocked: "stays on the old version: a checkpoint forbids the move",
  review: "stays on the old version: a person decides",
  exit_scenario: "leaves the flow",
};

const unknownWords = "hangs on what a model says";

/** A rehearsal as a person reads it. */
export interface ShownRehearsal {
  readonly totals: Rehearsal;
  readonly outcomes: Outcomes;
  readonly to: Scenario;
}

/** Writes a rehearsal for a person: totals, what happens on each step, and one session of each outcome explained. */
export function renderRehearsal({ totals, outcomes, to }: ShownRehearsal, style: RenderStyle): string[] {
  const { paint } = style;
  return [
    `${paint.bold("Rehearsal")}  ${to.id} to version ${to.version}: ${counted(totals.total, "session")}, nothing was changed`,
    ...section("Outcomes", outcomeTable(outcomes.groups, totals.total, style), style),
    ...section("By step", bySteps(totals, style), style),
    ...section("One of each", examples(outcomes.examples, to, style), style),
    ...unknown(totals),
  ];
}

function paintOutcome(name: string, { paint }: RenderStyle): string {
  if (name === "clean_graft") return paint.green(name);
  if (name === "blocked" || name === "review") return paint.red(name);
  return paint.yellow(name);
}

function outcomeTable(groups: readonly OutcomeGroup[], total: number, style: RenderStyle): string[] {
  const rows = groups.map(({ name, action, count, reasons }) => {
    const share = `${Math.round((100 * count) / total)} %`;
    return [name, String(count), share, name === "unknown" ? unknownWords : actionWords[action], reasonsOf(reasons)];
  });
  const columns: Column[] = [
    { title: "outcome", paint: (text) => paintOutcome(text, style) },
    { title: "sessions", align: "right" },
    { title: "share", align: "right" },
    { title: "the session" },
    { title: "reasons", paint: style.paint.dim },
  ];
  return table(columns, rows, style);
}

function reasonsOf(counts: OutcomeGroup["reasons"]): string {
  const sorted = [...counts].sort(([, a], [, b]) => b - a);
  return sorted.map(([code, count]) => (sorted.length === 1 ? code : `${code} ${count}`)).join(", ");
}

function bySteps({ byStep }: Rehearsal, style: RenderStyle): string[] {
  const rows = Object.entries(byStep).map(([step, actions]) => {
    const total = Object.values(actions).reduce((sum, count) => sum + count, 0);
    const told = Object.entries(actions).map(([action, count]) => `${action} ${count}`);
    return { total, row: [step, String(total), told.join(", ")] };
  });
  rows.sort((a, b) => b.total - a.total);
  return table(
    [{ title: "on step" }, { title: "sessions", align: "right" }, { title: "outcomes" }],
    rows.map(({ row }) => row),
    style,
  );
}

function examples(firsts: readonly SessionOutcome[], to: Scenario, style: RenderStyle): string[] {
  return firsts.flatMap((outcome, at) => [
    ...(at === 0 ? [] : [""]),
    `${paintOutcome(outcomeName(outcome), style)}  session ${outcome.sessionId}, on ${outcome.stepId}`,
    ...explainDecision(outcome.decision, to).flatMap((line) => wrapped(line, style)),
  ]);
}

/** Breaks a line at the width and keeps its indentation. */
function wrapped(line: string, { columns }: RenderStyle): string[] {
  const indent = /^ */.exec(line)?.[0] ?? "";
  return wrap(line.trim(), columns, `  ${indent}`);
}

function unknown(totals: Rehearsal): string[] {
  if (totals.unknown === 0) return [];
  return [
    "",
    `${counted(totals.unknown, "session")} hang on a condition in words that only a judge decides; their outcome may be another.`,
  ];
}

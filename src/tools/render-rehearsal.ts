import type { Decision, Scenario } from "../contracts/types.js";
import type { Rehearsal } from "../engine/rehearse.js";
import { explainDecision } from "./explain-decision.js";
import type { SessionOutcome, SessionsRehearsal } from "./rehearse-sessions.js";
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

/** Writes a rehearsal for a person: totals, what happens on each step, and one session of each outcome explained. */
export function renderRehearsal({ totals, results }: SessionsRehearsal, to: Scenario, style: RenderStyle): string[] {
  const { paint } = style;
  return [
    `${paint.bold("Rehearsal")}  ${to.id} to version ${to.version}: ${counted(totals.total, "session")}, nothing was changed`,
    ...section("Outcomes", outcomes(results, style), style),
    ...section("By step", bySteps(totals, style), style),
    ...section("One of each", examples(results, to, style), style),
    ...unknown(totals),
  ];
}

/** An outcome in one word: the kind of a move, else the action. */
export function outcomeName(decision: Decision): string {
  return decision.action === "teleport" ? decision.kind : decision.action;
}

function paintOutcome(name: string, { paint }: RenderStyle): string {
  if (name === "clean_graft") return paint.green(name);
  if (name === "blocked" || name === "review") return paint.red(name);
  return paint.yellow(name);
}

function outcomes(results: readonly SessionOutcome[], style: RenderStyle): string[] {
  const groups = new Map<string, SessionOutcome[]>();
  for (const result of results) {
    const name = outcomeName(result.decision);
    const group = groups.get(name);
    if (group === undefined) groups.set(name, [result]);
    else group.push(result);
  }
  const rows = [...groups]
    .sort(([, a], [, b]) => b.length - a.length)
    .map(([name, group]) => {
      const share = `${Math.round((100 * group.length) / results.length)} %`;
      const action = group[0]?.decision.action ?? "continue";
      return [name, String(group.length), share, actionWords[action], reasonsOf(group)];
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

function reasonsOf(group: readonly SessionOutcome[]): string {
  const counts = new Map<string, number>();
  for (const { decision } of group) for (const code of decision.reasons) counts.set(code, (counts.get(code) ?? 0) + 1);
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

function examples(results: readonly SessionOutcome[], to: Scenario, style: RenderStyle): string[] {
  const first = new Map<string, SessionOutcome>();
  for (const result of results) {
    const key = `${outcomeName(result.decision)} ${result.decision.reasons[0]}`;
    if (!first.has(key)) first.set(key, result);
  }
  return [...first.values()].flatMap(({ sessionId, stepId, decision }, at) => [
    ...(at === 0 ? [] : [""]),
    `${paintOutcome(outcomeName(decision), style)}  session ${sessionId}, on ${stepId}`,
    ...explainDecision(decision, to).flatMap((line) => wrapped(line, style)),
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

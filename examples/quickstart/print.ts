import {
  type Decision,
  explainDecision,
  type Plan,
  type ReconciliationResult,
  type Scenario,
  type TransformationMap,
} from "../../src/index.js";

const width = 100;

/** Prints a line, broken between words where it is too long; what goes on stands further in. */
export function say(text = "", indent = ""): void {
  let line = `${indent}${/^ */.exec(text)?.[0] ?? ""}`;
  const further = `${line}${line === "" ? "" : "  "}`;
  let isEmpty = true;
  for (const word of text.trim().split(" ")) {
    if (!isEmpty && line.length + word.length >= width) {
      console.log(line);
      line = further + word;
    } else line = isEmpty ? line + word : `${line} ${word}`;
    isEmpty = false;
  }
  console.log(line.trimEnd());
}

export function heading(text: string): void {
  say();
  say(text);
  say("-".repeat(text.length));
}

/** Prints names with their counts, the greatest first. */
export function counts(of: ReadonlyMap<string, number>): void {
  const sorted = [...of].sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  for (const [name, count] of sorted) say(`${String(count).padStart(5)}  ${name}`);
}

export function changes(map: TransformationMap): void {
  for (const id of map.inserted) say(`+ ${id}`, "  ");
  for (const id of map.removed) say(`- ${id}`, "  ");
  for (const { from, to, changed, relation } of map.pairs) {
    if (relation === "suggested") say(`  ${from} reads like ${to}, perhaps it is the same`, "  ");
    else if (changed.length > 0) say(`~ ${to}: another ${changed.join(", ")}`, "  ");
  }
  for (const { stepId, change, fields } of map.decisions)
    say(`? ${stepId}: ${change}, reads ${fields.join(", ")}`, "  ");
}

export function review(plan: Plan): void {
  const { anchors, affectedSessions, fieldsToCollect } = plan.summary;
  say(`${plan.id}, ${plan.status}, ${plan.digest.slice(0, 20)}...`, "  ");
  for (const [kind, steps] of Object.entries(anchors)) {
    const sessions = affectedSessions.byKind[kind] ?? 0;
    say(`${kind.padEnd(12)}${String(steps).padStart(3)} steps${String(sessions).padStart(5)} sessions`, "  ");
  }
  const others = affectedSessions.byKind.no_anchor ?? 0;
  if (others > 0) say(`${"edited, gone".padEnd(12)}         ${String(others).padStart(5)} sessions`, "  ");
  say(`may be asked: ${fieldsToCollect.map(({ field, displayName }) => displayName ?? field).join("; ")}`, "  ");
  for (const { severity, code, message } of plan.lint)
    if (severity !== "info") say(`${severity} ${code}: ${message}`, "  ");
}

/** The name of an outcome: the kind of a move, else the action. */
function outcomeOf(decision: Decision): string {
  return decision.action === "teleport" ? decision.kind : decision.action;
}

/** Prints how many sessions had which outcome, and one of each in words. */
export function outcomes(results: readonly ReconciliationResult[], to: Scenario): void {
  const found = new Map<string, number>();
  for (const result of results) found.set(outcomeOf(result), (found.get(outcomeOf(result)) ?? 0) + 1);
  counts(found);
  const shown = new Set<string>();
  for (const result of results) {
    const key = `${outcomeOf(result)} ${result.reasons[0]}`;
    if (shown.has(key)) continue;
    shown.add(key);
    example(result.sessionId, result, to);
  }
}

/** Prints the outcome of one session in words. */
export function example(sessionId: string, decision: Decision, to: Scenario): void {
  say();
  say(`${outcomeOf(decision)}: ${sessionId}, on ${decision.audit.fromStep}`, "  ");
  for (const line of explainDecision(decision, to)) say(line, "    ");
}

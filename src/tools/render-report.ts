import type { MigrationReport } from "../contracts/types.js";

/** A text in a cell of a Markdown table. */
function cell(text: string): string {
  return text.replace(/[\\|`*_<>[\]]/g, "\\$&").replace(/\s+/g, " ");
}

function counts(title: string, rows: Readonly<Record<string, number>>): string[] {
  const entries = Object.entries(rows);
  if (entries.length === 0) return [];
  return ["", `| ${title} | count |`, "|---|---:|", ...entries.map(([name, count]) => `| ${cell(name)} | ${count} |`)];
}

/** A migration report as Markdown. */
export function renderReport({ header, body }: MigrationReport): string {
  const { planId, scenarioId, fromVersion, toVersion, status, events, operations, summary } = body;
  const lines = [
    `# Migration ${cell(planId)}`,
    "",
    `${cell(scenarioId)}, version ${fromVersion} to ${toVersion}: ${status}. ${summary.sessions} sessions, ${summary.operations} operations.`,
    `Report made at ${header.createdAt}; its digest \`${header.digest}\`.`,
    ...counts("action", summary.byAction),
    ...counts("kind", summary.byKind),
    ...counts("reason", summary.byReason),
    "",
    "| time | plan | by |",
    "|---|---|---|",
    ...events.map(({ at, type, by }) => `| ${at} | ${cell(type)} | ${cell(by ?? "")} |`),
    "",
    "| session | entry | time | action | kind | reasons |",
    "|---|---:|---|---|---|---|",
    ...operations.map(
      ({ sessionId, seq, at, action, kind, reasons }) =>
        `| ${cell(sessionId)} | ${seq} | ${at} | ${cell(action)} | ${cell(kind ?? "")} | ${cell(reasons.join(", "))} |`,
    ),
  ];
  return `${lines.join("\n")}\n`;
}

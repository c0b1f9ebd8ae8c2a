import { DEFAULTS } from "../../src/config/defaults.js";
import { metrics } from "../../src/ports/telemetry-metrics.js";
import { breakerDefaults } from "../../src/resilience/breaker.js";
import { retryDefaults } from "../../src/resilience/retry.js";
import { defaultAlerts } from "../../src/tools/alerts.js";
import { defaultObjectives } from "../../src/tools/slo.js";

/** A part of a page that is written from what the program does. */
export interface GeneratedBlock {
  readonly file: string;
  readonly name: string;
  readonly text: string;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(titles), line(titles.map(() => "---")), ...rows.map(line)].join("\n");
}

function code(value: unknown): string {
  return `\`${String(value)}\``;
}

/** All such parts. */
export function generatedBlocks(): readonly GeneratedBlock[] {
  const [observability, resilience] = ["docs/observability.md", "docs/resilience.md"];
  const constants = { ...retryDefaults, ...breakerDefaults, "limits.maxAttempts": DEFAULTS.limits.maxAttempts };
  return [
    {
      file: observability,
      name: "metrics",
      text: table(
        ["metric", "kind", "unit", "attributes", "what"],
        Object.entries(metrics).map(([name, { kind, unit, attributes, description }]) => [
          ...[code(name), kind, code(unit), attributes.map(code).join(", "), description],
        ]),
      ),
    },
    {
      file: observability,
      name: "objectives",
      text: table(
        ["objective", "at least"],
        Object.entries(defaultObjectives).map(([name, least]) => [code(name), code(least)]),
      ),
    },
    {
      file: observability,
      name: "alerts",
      text: table(
        ["rule", "fires", "severity", "what to do"],
        defaultAlerts.map(({ id, number, when, limit, severity, runbook }) => [
          ...[code(id), `${code(number)} ${when} ${limit}`, severity, runbook],
        ]),
      ),
    },
    {
      file: resilience,
      name: "defaults",
      text: table(
        ["what", "default"],
        Object.entries(constants).map(([name, value]) => [code(name), code(value)]),
      ),
    },
  ];
}

/** The page with the text of a block between its marks. */
export function withBlock(page: string, { name, text }: GeneratedBlock): string {
  const [start, end] = [`<!-- ${name}: generated -->`, `<!-- ${name}: end -->`];
  const [before = "", rest] = page.split(start);
  const after = rest?.split(end)[1];
  if (after === undefined) throw new TypeError(`no place for ${name}`);
  return `${before}${start}\n\n${text}\n\n${end}${after}`;
}

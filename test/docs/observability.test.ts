import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { generatedBlocks, withBlock } from "../../scripts/docs/registry-tables.js";
import { type MetricDefinition, metrics } from "../../src/index.js";
import { alertRules } from "../../src/tools/alerts.js";

const folder = "examples/observability";
const definitions: readonly (readonly [string, MetricDefinition])[] = Object.entries(metrics);

/** Names under which OpenTelemetry's exporter for Prometheus writes a metric, with the labels that each may have. */
function exported([name, { kind, unit, attributes }]: readonly [string, MetricDefinition]): [string, string[]][] {
  const base = `${name.replaceAll(".", "_")}${unit === "s" ? "_seconds" : ""}`;
  if (kind === "counter") return [[`${base}_total`, [...attributes]]];
  if (kind === "gauge") return [[base, [...attributes]]];
  return ["_bucket", "_sum", "_count"].map((end) => [`${base}${end}`, [...attributes, "le"]]);
}

const known = new Map(definitions.flatMap(exported));

/** What is wrong with an expression: metrics and labels that nobody writes. */
function faults(expr: string): string[] {
  const named = [...expr.matchAll(/regraft_\w+/g)].map(([name]) => name);
  const unknown = named.length === 0 ? ["no metric"] : named.filter((name) => !known.has(name));
  const allowed = new Set(named.flatMap((name) => known.get(name) ?? []));
  const grouped = [...expr.matchAll(/by \(([^)]*)\)/g)].flatMap(([, list = ""]) =>
    list.split(",").map((one) => one.trim()),
  );
  const matched = [...expr.matchAll(/(\w+)=~?"/g)].map(([, label = ""]) => label);
  return [...unknown, ...[...grouped, ...matched].filter((label) => !allowed.has(label))];
}

interface Dashboard {
  readonly panels: readonly {
    readonly id: number;
    readonly title: string;
    readonly targets: readonly { readonly expr: string }[];
  }[];
}

const { panels } = JSON.parse(readFileSync(`${folder}/dashboard.json`, "utf8")) as Dashboard;
const rules = readFileSync(`${folder}/prometheus-rules.yaml`, "utf8");
const ruleExprs = [...rules.matchAll(/^\s+expr: (.+)$/gm)].map(([, expr = ""]) => expr);

describe("the dashboard", () => {
  it.each(
    panels.map(({ title, targets }) => [title, targets] as const),
  )("asks only for what there is: %s", (_, targets) => {
    expect(targets.length).toBeGreaterThan(0);
    for (const { expr } of targets) expect(faults(expr)).toEqual([]);
  });

  it("shows every metric, each panel with its own id", () => {
    const shown = panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)).join(" ");
    for (const definition of definitions) {
      expect(exported(definition).some(([name]) => shown.includes(name))).toBe(true);
    }
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });

  it("would not pass with a metric or a label that nobody writes", () => {
    expect(faults("rate(regraft_nothing_total[1m])")).toEqual(["regraft_nothing_total"]);
    expect(faults("sum by (person) (regraft_marks_total)")).toEqual(["person"]);
    expect(faults("up")).toEqual(["no metric"]);
  });
});

describe("the alert rules", () => {
  it("for Prometheus ask only for what there is", () => {
    expect(ruleExprs).toHaveLength(5);
    for (const expr of ruleExprs) expect(faults(expr)).toEqual([]);
  });

  it("for the command line can be used", () => {
    expect(alertRules(JSON.parse(readFileSync(`${folder}/alerts.json`, "utf8")))).toHaveLength(3);
  });
});

describe("tables of metrics, objectives, alerts and defaults", () => {
  it.each(generatedBlocks().map((block) => [`${block.file}: ${block.name}`, block] as const))("%s", (_, block) => {
    const page = readFileSync(block.file, "utf8");
    expect(withBlock(page, block)).toBe(page);
  });
});

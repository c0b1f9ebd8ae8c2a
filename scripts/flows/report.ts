import { readFileSync, writeFileSync } from "node:fs";
import type { Flow } from "./pack.js";
import type { PairResult } from "./pair.js";

const line = (cells: readonly (string | number)[]): string => `| ${cells.join(" | ")} |`;

const table = (head: readonly string[], rows: readonly (readonly (string | number)[])[]): string[] => [
  line(head),
  line(head.map(() => "---")),
  ...rows.map(line),
];

const sum = (numbers: readonly number[]): number => numbers.reduce((total, number) => total + number, 0);

/** One row a language: what became of the conditions. */
export function conditionTable(flows: readonly Flow[]): string[] {
  const languages = [...new Set(flows.flatMap(({ versions }) => versions.map(({ language }) => language)))].sort();
  const rows = languages.map((language) => {
    const versions = flows.flatMap((flow) => flow.versions).filter((version) => version.language === language);
    const ways = versions.flatMap(({ scenario }) => scenario.transitions);
    const notes = versions.flatMap((version) => version.notes);
    const skips = versions.flatMap(({ scenario }) => scenario.steps).filter(({ skipWhen }) => skipWhen !== undefined);
    return [
      language,
      versions.length,
      ways.length,
      ways.filter(({ condition }) => condition !== undefined).length,
      ways.filter(({ conditionText }) => conditionText !== undefined).length,
      ways.filter(({ condition, conditionText }) => condition === undefined && conditionText === undefined).length,
      skips.length,
      notes.filter(({ code }) => code === "skip_merged").length,
      notes.filter(({ code }) => code === "open_choice").length,
    ];
  });
  const head = [
    "language",
    "versions",
    "transitions",
    "CEL",
    "judged",
    "none",
    "`skipWhen`",
    "skip ways merged",
    "open choices",
  ];
  return table(head, rows);
}

const short: Readonly<Record<string, string>> = { exit_scenario: "exit", execute_action: "act" };

const counts = (values: Readonly<Record<string, number>>): string =>
  Object.entries(values)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, number]) => `${short[name] ?? name} ${number}`)
    .join(", ");

const head = [
  "flow",
  "pair",
  "steps",
  "clean / fill / re-route",
  "+",
  "−",
  "edited",
  "proposed",
  "ambiguous",
  "decisions",
  "lint e / w / i",
  "first outcome of 20 sessions",
  "questions",
  "moved",
  "errors",
];

/** The cells of one pair. */
export function rowOf({
  flow,
  from,
  to,
  diff,
  lint,
  outcomes,
  questions,
  moved,
  errors,
}: PairResult): (string | number)[] {
  const kinds = (kind: string): number => diff?.map.anchors.filter((anchor) => anchor.kind === kind).length ?? 0;
  const severe = (severity: string): number => lint.filter((finding) => finding.severity === severity).length;
  const map = diff?.map;
  return [
    flow,
    `${from}→${to}`,
    `${diff?.matching.from.size ?? "?"}→${diff?.matching.to.size ?? "?"}`,
    `${kinds("clean_graft")} / ${kinds("gap_fill")} / ${kinds("re_route")}`,
    map?.inserted.length ?? "?",
    map?.removed.length ?? "?",
    map?.pairs.filter(({ relation }) => relation === "edited").length ?? "?",
    map?.pairs.filter(({ relation }) => relation === "proposed").length ?? "?",
    map?.ambiguous.length ?? "?",
    map?.decisions.length ?? "?",
    `${severe("error")} / ${severe("warning")} / ${severe("info")}`,
    counts(outcomes),
    questions,
    moved,
    errors.length,
  ];
}

/** One row a pair, and a line of totals. */
export function pairTable(results: readonly PairResult[]): string[] {
  const total = (pick: (result: PairResult) => number): number => sum(results.map(pick));
  const all: Record<string, number> = {};
  const why: Record<string, number> = {};
  for (const result of results) {
    for (const [name, number] of Object.entries(result.outcomes)) all[name] = (all[name] ?? 0) + number;
    for (const [name, number] of Object.entries(result.reasons)) why[name] = (why[name] ?? 0) + number;
  }
  return [
    `${results.length} pairs. First outcomes: ${counts(all)}. In the end ${total(({ moved }) => moved)} sessions moved after`,
    `${total(({ questions }) => questions)} questions. Errors: ${total(({ errors }) => errors.length)}.`,
    "",
    `Why the others stayed: ${counts(why)}.`,
    "",
    ...table(head, results.map(rowOf)),
  ];
}

/** Replaces what stands between two markers of a file. */
export function writeBetween(path: string, marker: string, lines: readonly string[]): void {
  const text = readFileSync(path, "utf8");
  const [start, end] = [`<!-- ${marker}:start -->`, `<!-- ${marker}:end -->`];
  const [before, rest] = text.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined) throw new Error(`${path} has no markers for ${marker}`);
  writeFileSync(path, [before, start, "\n\n", lines.join("\n"), "\n\n", end, after].join(""));
}

import type { Anchor, Scenario, Step, TransformationMap, Transition } from "../contracts/types.js";
import { type Column, counted, plain, type RenderStyle, table } from "./render-table.js";
import { decisionWords, kindWords, relationWords } from "./words.js";

/** A map together with the two versions it was made from. */
export interface MapInput {
  readonly map: TransformationMap;
  readonly from: Scenario;
  readonly to: Scenario;
}

/**
 * Writes what differs between two versions for a person to read.
 *
 * @returns lines; steps without any change are counted, not listed
 */
export function renderDiff({ map, from, to }: MapInput, style: RenderStyle): string[] {
  const { paint } = style;
  const name = to.name === undefined ? "" : `  ${paint.dim(plain(to.name))}`;
  const head = `${paint.bold(plain(to.id))}  version ${from.version} -> ${to.version}${name}`;
  const sections = [
    section("Steps", stepsChanged({ map, from, to }, style), style),
    section("Sessions on kept steps", kinds(map, style), style),
    section("Decisions", decisions(map, to, style), style),
    section("Transitions", transitions({ map, from, to }, style), style),
    section("Fields", fields(map, style), style),
  ];
  const changes = sections.flat();
  return [head, overview(map, from, to), ...(changes.length === 0 ? ["", "Nothing differs."] : changes)];
}

/** A titled block with an empty line before it; nothing where there is nothing to show. */
export function section(title: string, lines: readonly string[], { paint, format }: RenderStyle): string[] {
  if (lines.length === 0) return [];
  return format === "markdown" ? ["", `## ${title}`, "", ...lines] : ["", paint.bold(title), ...lines];
}

function overview(map: TransformationMap, from: Scenario, to: Scenario): string {
  const parts: [number, string][] = [
    [map.inserted.length, "inserted"],
    [map.removed.length, "removed"],
    [edited(map).length, "edited"],
    [map.pairs.filter(({ relation }) => relation === "proposed").length, "to be mapped"],
    [map.moved.length, "moved"],
    [map.ambiguous.length, "ambiguous"],
  ];
  const told = parts.filter(([count]) => count > 0).map(([count, word]) => `${count} ${word}`);
  return [`${from.steps.length} -> ${counted(to.steps.length, "step")}`, ...told].join(", ");
}

function edited(map: TransformationMap): TransformationMap["pairs"] {
  return map.pairs.filter(
    ({ changed, relation }) => changed.length > 0 && relation !== "proposed" && relation !== "suggested",
  );
}

function stepsChanged({ map, from, to }: MapInput, style: RenderStyle): string[] {
  const { paint } = style;
  const before = new Map(from.steps.map((step) => [step.id, step]));
  const after = new Map(to.steps.map((step) => [step.id, step]));
  const moved = new Set(map.moved);
  const rows: string[][] = [
    ...map.inserted.map((id) => ["+", id, "inserted", about(after.get(id))]),
    ...map.removed.map((id) => ["-", id, "removed", about(before.get(id))]),
  ];
  for (const pair of map.pairs) {
    const renamed = pair.from === pair.to ? pair.from : `${pair.from} -> ${pair.to}`;
    const told = [
      ...(pair.changed.length > 0 ? [`differs in ${pair.changed.join(", ")}`] : []),
      ...(pair.addedFields.length > 0 ? [`asks ${pair.addedFields.join(", ")} in addition`] : []),
    ];
    if (told.length > 0 || pair.relation === "suggested" || pair.relation === "explicit") {
      rows.push(["~", renamed, relationWords[pair.relation], told.join("; ")]);
    } else if (pair.from !== pair.to) rows.push(["=", renamed, "new id", ""]);
    if (moved.has(pair.from)) rows.push([">", renamed, "moved", ""]);
  }
  for (const { from: id, candidates } of map.ambiguous) {
    rows.push(["?", id, "ambiguous", `equal steps: ${candidates.join(", ")}`]);
  }
  const marks: Readonly<Record<string, (text: string) => string>> = {
    "+": paint.green,
    "-": paint.red,
    "~": paint.yellow,
    "?": paint.magenta,
  };
  const columns: Column[] = [
    { title: "", paint: (text) => (marks[text] ?? paint.cyan)(text) },
    { title: "step" },
    { title: "change" },
    { title: "what", paint: paint.dim },
  ];
  return table(columns, rows, style);
}

/** What a step is and does, in a few words. */
function about(step: Step | undefined): string {
  if (step === undefined) return "";
  const title = step.name ?? step.intent;
  return [
    ...(title === undefined || title === step.id ? [] : [title]),
    ...(step.collects !== undefined && step.collects.length > 0 ? [`asks ${step.collects.join(", ")}`] : []),
    ...(step.checkpoint === true ? ["checkpoint"] : []),
    ...(step.requiredAction === true ? ["required action"] : []),
  ].join("; ");
}

const shownIds = 4;

function kinds(map: TransformationMap, style: RenderStyle): string[] {
  const rows = (["clean_graft", "gap_fill", "re_route"] as const).flatMap((kind) => {
    const anchors = map.anchors.filter((anchor) => anchor.kind === kind);
    return anchors.length === 0 ? [] : [[kind, String(anchors.length), kindWords[kind], someOf(anchors)]];
  });
  const columns: Column[] = [
    { title: "kind", paint: (text) => paintKind(text, style) },
    { title: "steps", align: "right" },
    { title: "sessions there" },
    { title: "which", paint: style.paint.dim },
  ];
  return table(columns, rows, style);
}

/** Colours a kind of migration by how much it asks of a session. */
export function paintKind(kind: string, { paint }: RenderStyle): string {
  if (kind === "clean_graft") return paint.green(kind);
  if (kind === "gap_fill") return paint.yellow(kind);
  return kind === "re_route" ? paint.magenta(kind) : kind;
}

function someOf(anchors: readonly Anchor[]): string {
  const ids = anchors.slice(0, shownIds).map(({ from }) => from);
  const more = anchors.length - ids.length;
  return more > 0 ? `${ids.join(", ")} and ${more} more` : ids.join(", ");
}

function decisions(map: TransformationMap, to: Scenario, style: RenderStyle): string[] {
  const ways = new Map<string, string[]>(map.decisions.map(({ stepId }) => [stepId, []]));
  for (const way of to.transitions) ways.get(way.from)?.push(`${conditionOf(way)} -> ${way.to}`);
  const rows = map.decisions.map(({ stepId, change, fields: read }) => [
    stepId,
    decisionWords[change],
    read.join(", "),
    (ways.get(stepId) ?? []).join("; "),
  ]);
  const columns: Column[] = [
    { title: "step" },
    { title: "change" },
    { title: "reads" },
    { title: "now", paint: style.paint.dim },
  ];
  return table(columns, rows, style);
}

/** When a transition is taken, as short as it is written. */
export function conditionOf(way: Transition): string {
  return way.condition ?? way.conditionText ?? (way.else === true ? "else" : "always");
}

function transitions({ map, from, to }: MapInput, style: RenderStyle): string[] {
  const { paint } = style;
  const rows = map.transitions.map(({ change, from: source, to: target, index }) => {
    const way = (change === "removed" ? from : to).transitions[index];
    return [change, `${source} -> ${target}`, way === undefined ? "" : conditionOf(way)];
  });
  const colours: Readonly<Record<string, (text: string) => string>> = {
    added: paint.green,
    removed: paint.red,
    modified: paint.yellow,
  };
  const columns: Column[] = [
    { title: "change", paint: (text) => (colours[text] ?? paint.reset)(text) },
    { title: "way" },
    { title: "taken when", paint: paint.dim },
  ];
  return table(columns, rows, style);
}

function fields(map: TransformationMap, { paint }: RenderStyle): string[] {
  const { added, removed, changed } = map.fields;
  const line = (names: readonly string[], word: string) => (names.length === 0 ? [] : [`${word} ${names.join(", ")}`]);
  return [
    ...line(added, paint.green("added")),
    ...line(removed, paint.red("removed")),
    ...line(changed, paint.yellow("changed")),
  ];
}

import type { DataChange, FieldType } from "../contracts/types.js";
import type { ChangeEffect } from "./data-effects.js";
import { type Column, type RenderStyle, table } from "./render-table.js";

/** What cannot be said in a type; such a value stays as it is, and counts as missing. */
const unsaid: Readonly<Partial<Record<FieldType, string>>> = {
  number: "text that is no number",
  integer: "what is no whole number",
  boolean: "what is not true, false, yes or no",
  object: "what is no object",
};

/** A change as it reads: field, what is done, from where, to what, and what it leaves alone. */
function cellsOf(change: DataChange): string[] {
  switch (change.op) {
    case "rename":
    case "copy":
      return [change.to, change.op, change.from, change.to, `a value that ${change.to} has already`];
    case "convert":
      return [change.field, "convert", "any type", change.to, `${unsaid[change.to] ?? "objects"}; asked if needed`];
    case "default":
      return [change.field, "default", "nothing", JSON.stringify(change.value), "a value that is there"];
    case "constant":
      return [change.field, "constant", "anything", JSON.stringify(change.value), ""];
    case "remove":
      return [change.field, "remove", "anything", "nothing", ""];
  }
}

/**
 * Writes the data changes of a plan as a table, in the order in which they are applied.
 *
 * @param effects - what they do to the sessions that were looked at, one entry a change; absent where none were
 */
export function renderData(
  changes: readonly DataChange[],
  effects: readonly ChangeEffect[] | undefined,
  style: RenderStyle,
): string[] {
  const counts = (i: number) => [String(effects?.[i]?.changed ?? "?"), String(effects?.[i]?.left ?? "?")];
  const rows = changes.map((change, i) => [
    ...cellsOf(change).slice(0, 4),
    ...(effects === undefined ? [] : counts(i)),
    ...cellsOf(change).slice(4),
  ]);
  const columns: Column[] = [
    { title: "field" },
    { title: "change", paint: style.paint.cyan },
    { title: "from" },
    { title: "to" },
    ...(effects === undefined
      ? []
      : ([
          { title: "sessions", align: "right" },
          { title: "left alone", align: "right" },
        ] satisfies Column[])),
    { title: "leaves alone", paint: style.paint.dim },
  ];
  return table(columns, rows, style);
}

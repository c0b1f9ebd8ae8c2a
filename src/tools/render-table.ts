import type picocolors from "picocolors";

/** Paints text, or leaves it as it is where colour is off. */
export type Paint = ReturnType<typeof picocolors.createColors>;

/** How text is laid out and painted for a person. */
export interface RenderStyle {
  /** Width of the terminal in characters. */
  readonly columns: number;
  readonly paint: Paint;
  /** `markdown` for a page or a pull request: nothing is cut then. Plain text if absent. */
  readonly format?: "markdown";
}

/** One column of a table. */
export interface Column {
  readonly title: string;
  /** Numbers read better on the right. */
  readonly align?: "left" | "right";
  readonly paint?: (text: string) => string;
}

const gap = "  ";
const least = 8;

/**
 * Lays out rows under titles, as wide as they need to be; where that is wider than the terminal, the widest columns are cut.
 *
 * @param rows - one text for each column; line breaks become spaces
 * @returns lines without a line break at the end; none when there are no rows
 */
export function table(columns: readonly Column[], rows: readonly (readonly string[])[], style: RenderStyle): string[] {
  if (rows.length === 0) return [];
  const cells = rows.map((row) => columns.map((_, i) => plain(row[i] ?? "").trim()));
  if (style.format === "markdown") return markdownTable(columns, cells);
  const needed = columns.map(({ title }, i) =>
    cells.reduce((most, row) => Math.max(most, row[i]?.length ?? 0), title.length),
  );
  const widths = fitted(needed, style.columns - gap.length * (columns.length - 1));
  const line = (row: readonly string[], paint: (column: Column, text: string) => string): string =>
    columns
      .map((column, i) => {
        const text = cut(row[i] ?? "", widths[i] ?? 0);
        const last = i === columns.length - 1 && column.align !== "right";
        const padding = last ? "" : " ".repeat(Math.max(0, (widths[i] ?? 0) - text.length));
        const painted = paint(column, text);
        return column.align === "right" ? padding + painted : painted + padding;
      })
      .join(gap);
  const titles = columns.map(({ title }) => title);
  return [
    line(titles, (_, text) => style.paint.dim(text)).trimEnd(),
    ...cells.map((row) => line(row, (column, text) => column.paint?.(text) ?? text).trimEnd()),
  ];
}

/** The same as a table of Markdown, which has no width. */
function markdownTable(columns: readonly Column[], cells: readonly (readonly string[])[]): string[] {
  const line = (row: readonly string[]) => `| ${row.join(" | ")} |`;
  const rules = columns.map(({ align }) => (align === "right" ? "---:" : "---"));
  return [line(columns.map(({ title }) => title)), line(rules), ...cells.map((row) => line(row.map(markdownText)))];
}

/** A text that Markdown shows as it is: no sign of it starts a table cell, a link, HTML or emphasis. */
export function markdownText(text: string): string {
  return plain(text).replace(/[\\`*_{}[\]<>|~#&!]/g, (sign) => `\\${sign}`);
}

/** Cuts the widest columns to one common width until all fit, but leaves each something to read. */
function fitted(needed: readonly number[], available: number): number[] {
  const within = (most: number) => needed.map((width) => Math.min(width, most));
  let most = Math.max(...needed);
  while (most > least && within(most).reduce((sum, width) => sum + width, 0) > available) most -= 1;
  return within(most);
}

/** A text of at most that many characters, the end marked where it was cut. */
export function cut(text: string, width: number): string {
  return text.length <= width ? text : `${text.slice(0, Math.max(0, width - 1))}…`;
}

/** A text on one line, without the control characters with which a flow's text could steer a terminal. */
export function plain(text: string): string {
  return text.replace(/\s+/g, " ").replace(/\p{Cc}/gu, "�");
}

/** Breaks a text into lines between words. */
export function wrap(text: string, width: number, indent = ""): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of plain(text).split(" ")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  if (line !== "") lines.push(indent + line);
  return lines;
}

/** `1 step`, `2 steps`. */
export function counted(count: number, noun: string, plural = `${noun}s`): string {
  return `${count} ${count === 1 ? noun : plural}`;
}

import { type JsonNode, jsonNodes } from "./json-text.js";

/** A value that takes the place of another one in a JSON text. */
export interface JsonEdit {
  /** Keys and positions from the top. */
  readonly path: readonly (string | number)[];
  readonly value: unknown;
}

interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * Changes values of a JSON text and leaves all other text as it is: what is equal keeps its own form, new properties come last,
 * and what has to be written anew follows the indentation of the file, on one line where the old value was on one.
 *
 * @param text - valid JSON
 * @param edits - of places that exist
 * @remarks O(length of the text and of the values).
 */
export function editJson(text: string, edits: readonly JsonEdit[]): string {
  const top = jsonNodes(text);
  const splices: Splice[] = [];
  for (const { path, value } of edits) {
    const node = path.reduce<JsonNode | undefined>(childOf, top);
    if (node !== undefined) change(text, node, value, splices);
  }
  return splices
    .sort((a, b) => b.start - a.start)
    .reduce((changed, { start, end, text: put }) => changed.slice(0, start) + put + changed.slice(end), text);
}

function childOf(node: JsonNode | undefined, key: string | number): JsonNode | undefined {
  if (node?.kind === "array") return node.items[Number(key)];
  return node?.kind === "object" ? node.members.find((member) => member.key === key)?.value : undefined;
}

function change(text: string, node: JsonNode, next: unknown, splices: Splice[]): void {
  const old: unknown = JSON.parse(text.slice(node.start, node.end));
  if (JSON.stringify(old) === JSON.stringify(next)) return;
  if (node.kind === "array" && Array.isArray(next) && next.length === node.items.length) {
    for (const [at, item] of node.items.entries()) change(text, item, next[at], splices);
    return;
  }
  if (node.kind === "object" && isObject(next) && node.members.every(({ key }) => Object.hasOwn(next, key))) {
    for (const { key, value } of node.members) change(text, value, next[key], splices);
    const known = new Set(node.members.map(({ key }) => key));
    const added = Object.entries(next).filter(([key]) => !known.has(key));
    const last = node.members.at(-1);
    if (added.length === 0) return;
    if (last !== undefined) {
      const put = added.map(
        ([key, value]) => `,${gapOf(text, node)}${JSON.stringify(key)}: ${written(text, node, value)}`,
      );
      splices.push({ start: last.value.end, end: last.value.end, text: put.join("") });
      return;
    }
  }
  splices.push({ start: node.start, end: node.end, text: anew(text, node, next) });
}

/** What stands before a further property: a line break, or a space where the object is on one line. */
function gapOf(text: string, node: JsonNode): string {
  return isOneLine(text, node) ? " " : breakOf(text) + indentAt(text, node.start) + unitOf(text);
}

function written(text: string, node: JsonNode, value: unknown): string {
  return isOneLine(text, node) ? inOneLine(value) : inLines(text, value, indentAt(text, node.start) + unitOf(text));
}

function anew(text: string, node: JsonNode, value: unknown): string {
  const isFilled = text.slice(node.start, node.end).replace(/[[\]{}\s]/g, "") !== "";
  if (isOneLine(text, node) && (isFilled || !isObject(value))) return inOneLine(value);
  return inLines(text, value, indentAt(text, node.start));
}

function isOneLine(text: string, { start, end }: JsonNode): boolean {
  return !text.slice(start, end).includes("\n");
}

function inLines(text: string, value: unknown, indent: string): string {
  return JSON.stringify(value, null, unitOf(text)).replaceAll("\n", breakOf(text) + indent);
}

function inOneLine(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(inOneLine).join(", ")}]`;
  if (!isObject(value)) return JSON.stringify(value);
  const members = Object.entries(value).map(([key, item]) => `${JSON.stringify(key)}: ${inOneLine(item)}`);
  return members.length === 0 ? "{}" : `{ ${members.join(", ")} }`;
}

/** White space at the beginning of the line of an offset. */
function indentAt(text: string, offset: number): string {
  const line = text.slice(text.lastIndexOf("\n", offset - 1) + 1, offset);
  return /^[ \t]*/.exec(line)?.[0] ?? "";
}

/** One level of indentation: that of the first indented line. */
function unitOf(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? "  ";
}

function breakOf(text: string): string {
  return text.includes("\r\n") ? "\r\n" : "\n";
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

import type { ExtractedValue } from "../ports/extractor.js";

/** Longest answer that is read as JSON text. */
const maxAnswerLength = 200_000;
/** Most entries of an answer that are looked at. */
const maxEntries = 100;
const maxQuoteLength = 1000;

/** An entry that has the shape of a value, or why it has not. */
export type AnswerEntry = { readonly entry: ExtractedValue } | { readonly why: string };

/**
 * Reads what an extractor answered: an array, an object with an array in `values`, or either as JSON text, which may stand in one code
 * fence. Nothing else is repaired. It never throws, whatever the answer does.
 */
export function readAnswer(answer: unknown): AnswerEntry[] {
  try {
    const list = listOf(typeof answer === "string" ? parsed(answer) : answer);
    if (typeof list === "string") return [{ why: list }];
    const entries = Array.from({ length: Math.min(list.length, maxEntries) }, (_, at) => entryOf(list[at]));
    return list.length > maxEntries
      ? [...entries, { why: `it has ${list.length} entries, ${maxEntries} are read` }]
      : entries;
  } catch {
    return [{ why: "it cannot be read" }];
  }
}

function parsed(text: string): unknown {
  if (text.length > maxAnswerLength) return undefined;
  const trimmed = text.trim();
  const fenced = trimmed.startsWith("```") && trimmed.endsWith("```") && trimmed.length >= 6;
  const body = fenced ? trimmed.slice(3, -3).replace(/^[A-Za-z]*\s/, "") : trimmed;
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}

function listOf(answer: unknown): readonly unknown[] | string {
  if (Array.isArray(answer)) return answer;
  const inside = property(answer, "values");
  return Array.isArray(inside) ? inside : "it is neither an array nor JSON text of one";
}

/** Only own data properties: an accessor could answer differently each time. */
function property(holder: unknown, key: string): unknown {
  if (typeof holder !== "object" || holder === null) return undefined;
  return Object.getOwnPropertyDescriptor(holder, key)?.value;
}

function entryOf(item: unknown): AnswerEntry {
  const field = property(item, "field");
  const quote = property(item, "quote");
  const turn = property(item, "turn");
  const confidence = property(item, "confidence");
  const acceptedIn = property(item, "acceptedIn") ?? undefined;
  if (typeof field !== "string" || field === "") return { why: "an entry names no field" };
  if (typeof quote !== "string" || quote.trim() === "" || quote.length > maxQuoteLength)
    return { why: "an entry has no quote" };
  if (!isIndex(turn)) return { why: "an entry names no turn" };
  if (typeof confidence !== "number" || !(confidence >= 0 && confidence <= 1))
    return { why: "an entry has no confidence from 0 to 1" };
  if (acceptedIn !== undefined && !isIndex(acceptedIn)) return { why: "an entry names no turn that accepts" };
  const span = spanOf(property(item, "span"));
  return {
    entry: {
      field,
      value: property(item, "value"),
      confidence,
      quote,
      turn,
      ...(span === undefined ? {} : { span }),
      ...(acceptedIn === undefined ? {} : { acceptedIn }),
    },
  };
}

function isIndex(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0;
}

function spanOf(span: unknown): readonly [number, number] | undefined {
  if (!Array.isArray(span) || span.length !== 2) return undefined;
  const [start, end]: unknown[] = [property(span, "0"), property(span, "1")];
  return isIndex(start) && isIndex(end) && start < end ? [start, end] : undefined;
}

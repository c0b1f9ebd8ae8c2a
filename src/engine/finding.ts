import type { Field } from "../contracts/types.js";
import { canonicalJson } from "../hash/canonical-json.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import type { FieldFinding } from "../ports/field-source.js";
import type { CompiledScenario } from "../scenario/compile.js";
import { knownValue } from "../scenario/value.js";
import { kindOf } from "./by.js";

const maxQuoteLength = 100_000;
const maxPlace = 2_147_483_647;
/** Characters of a value as JSON. */
const maxValueLength = 100_000;
/** Findings in one answer. */
const maxFindings = 10_000;

/** What a source said about a field, or why that cannot be used; of a value never more than its kind. */
export type Checked =
  | { readonly finding: FieldFinding; readonly why?: never }
  | { readonly why: string; readonly field?: string; readonly finding?: never };

type Unknown = { readonly [K in keyof FieldFinding]?: unknown };

/** A copy of plain data, or undefined where the value is none. */
function copyOf(value: unknown): unknown {
  try {
    const copy = frozenCopy(value);
    canonicalJson(copy);
    return copy;
  } catch {
    return undefined;
  }
}

function isConfidence(value: unknown): value is number {
  return typeof value === "number" && value >= 0 && value <= 1;
}

/** How sure somebody claims to be, where that is no confidence. */
function describeConfidence(value: unknown): string {
  return typeof value === "number" ? String(value) : kindOf(value);
}

function checkOne(item: unknown, open: ReadonlySet<string>, target: CompiledScenario): Checked | undefined {
  if (typeof item !== "object" || item === null || Array.isArray(item)) return { why: `${kindOf(item)} is no finding` };
  const { field, value, confidence, quote, ...origin } = item as Unknown;
  if (typeof field !== "string") return { why: "it names no field" };
  if (!open.has(field)) return undefined;
  if (!isConfidence(confidence)) {
    return { field, why: `its confidence is ${describeConfidence(confidence)}, not a number from 0 to 1` };
  }
  if (quote !== undefined && (typeof quote !== "string" || quote.length > maxQuoteLength)) {
    return { field, why: `its quote is no text of at most ${maxQuoteLength} characters` };
  }
  const definition: Field | undefined = target.fields.get(field);
  const copy = copyOf(value);
  if (copy !== undefined && JSON.stringify(copy).length > maxValueLength) {
    return { field, why: `its value takes more than ${maxValueLength} characters` };
  }
  if (!knownValue(definition, copy)) {
    const wanted = definition === undefined ? "a value that is not empty" : `a ${definition.type} as defined`;
    return { field, why: `${kindOf(value)} is not ${wanted}` };
  }
  // Half a character, where somebody has cut the words, is no JSON.
  const words = quote === undefined ? {} : { quote: quote.replace(/\p{Surrogate}/gu, "\ufffd") };
  return { finding: { field, value: copy, confidence, ...words, ...originOf(origin, quote) } };
}

function isPlace(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 && value <= maxPlace;
}

/** Where a finding says it comes from; what is malformed of that is left out. */
function originOf({ turn, span, extractor, model, at }: Unknown, quote: string | undefined): Partial<FieldFinding> {
  const [start, end]: readonly unknown[] = Array.isArray(span) ? span : [];
  const isSpan = isPlace(start) && isPlace(end) && quote !== undefined && end - start === quote.length;
  const isName = (value: unknown): value is string =>
    typeof value === "string" && value !== "" && value.length <= 512 && copyOf(value) !== undefined;
  return {
    ...(isPlace(turn) ? { turn } : {}),
    ...(isPlace(turn) && isSpan ? { span: [start, end] as const } : {}),
    ...(isName(extractor) ? { extractor } : {}),
    ...(isName(model) ? { model } : {}),
    ...(typeof at === "string" && isTimestamp(at) ? { at } : {}),
  };
}

function isTimestamp(text: string): boolean {
  return /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d{1,3})?Z$/.test(text) && !Number.isNaN(Date.parse(text));
}

/**
 * Checks what a source returned, whatever it is. What it says about fields that are not open is left out.
 *
 * @param open - the fields that the source was asked for
 */
export function checkFindings(answer: unknown, open: ReadonlySet<string>, target: CompiledScenario): Checked[] {
  if (!Array.isArray(answer)) return [{ why: `it returned ${kindOf(answer)}, not an array` }];
  if (answer.length > maxFindings) return [{ why: `it returned ${answer.length} findings, more than ${maxFindings}` }];
  return Array.from(answer, (item) => checkOne(item, open, target)).filter((checked) => checked !== undefined);
}

import type { Field } from "../../src/contracts/types.js";
import type { ExtractedValue, Extractor } from "../../src/ports/extractor.js";

/**
 * What an afternoon would write: one regular expression for each type over the person's turns, the last match wins, every match is used.
 * Dates in words are left as they are written.
 */
export function naiveExtractor(): Extractor {
  return {
    name: "naive",
    extract: async ({ turns, fields }) =>
      fields.flatMap((field): ExtractedValue[] => {
        const expression = expressionOf(field);
        if (expression === undefined) return [];
        let last: ExtractedValue | undefined;
        for (const [turn, { role, text }] of turns.entries()) {
          if (role !== "user") continue;
          for (const match of text.matchAll(expression)) {
            const quote = match[1] ?? match[0];
            last = { field: field.name, value: readingOf(field, quote), confidence: 1, quote, turn };
          }
        }
        return last === undefined ? [] : [last];
      }),
  };
}

const months = "jan\\w*|feb\\w*|mar\\w*|apr\\w*|may|jun\\w*|jul\\w*|aug\\w*|sep\\w*|oct\\w*|nov\\w*|dec\\w*";
const days = "(?:next |this )?(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: (?:next|this) week)?";

function expressionOf(field: Field): RegExp | undefined {
  switch (field.type) {
    case "enum":
      return new RegExp(`\\b(?:${(field.values ?? []).map(({ value }) => escaped(value)).join("|")})\\b`, "gi");
    case "number":
    case "integer":
      return /\b\d+(?:\.\d+)?\b/g;
    case "boolean":
      return /^(yes|no)\b/gi;
    case "date":
      return new RegExp(
        `\\d{4}-\\d{2}-\\d{2}|\\d{1,2}/\\d{1,2}/\\d{2,4}|(?:${months}) \\d{1,2}(?:st|nd|rd|th)?|\\d{1,2}(?:st|nd|rd|th)? (?:of )?(?:${months}|this month)|the \\d{1,2}(?:st|nd|rd|th)|today|tomorrow|${days}`,
        "gi",
      );
    case "time":
      return /\b\d{1,2}(?::\d{2})? ?[ap]\.?m\b|\b\d{1,2}:\d{2}\b/gi;
    case "email":
      return /\S+@\S+\.\w+/g;
    case "phone":
      return /\+?\d[\d\s().-]{7,}\d/g;
    case "string":
      return /\bname\b/i.test(`${field.name} ${field.extractionHint ?? ""}`)
        ? /\bmy name is (\w+(?: [A-Z]\w+)?)/gi
        : undefined;
    default:
      return undefined;
  }
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

function readingOf(field: Field, quote: string): unknown {
  if (field.type === "enum")
    return field.values?.find(({ value }) => value.toLowerCase() === quote.toLowerCase())?.value;
  if (field.type === "boolean") return quote.toLowerCase() === "yes";
  return field.type === "number" || field.type === "integer" ? Number(quote) : quote;
}

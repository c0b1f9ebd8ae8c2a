import { languageCode } from "./normal-language.js";
import type { Found } from "./normal-text.js";

/** A time of day in a text: `HH:MM`. */
export interface FoundTime extends Found<string> {
  /** Whether morning or afternoon was said, or follows from the hour. */
  readonly sure: boolean;
}

type Half = "am" | "pm" | "night" | undefined;

const hour = "(\\d{1,2}|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve)";
const minute = "(?:\\s?[:.h]\\s?([0-5]\\d))";
const half = "(am\\b|a\\.m\\.|a\\.m\\b|pm\\b|p\\.m\\.|p\\.m\\b)";
const part = "(morning|afternoon|evening|night)";
const clockWord = "(?:\\s?o['\"\u2019 ]?clock)";

const hourWords = [
  "zero",
  "one",
  "two",
  "three",
  "four",
  "five",
  "six",
  "seven",
  "eight",
  "nine",
  "ten",
  "eleven",
  "twelve",
];

interface Form {
  readonly expression: RegExp;
  read(match: RegExpMatchArray): Omit<FoundTime, "start" | "end"> | undefined;
}

const english: readonly Form[] = [
  form(
    `\\b(half|quarter) (past|to|after|before) ${hour}${clockWord}?(?:\\s?${half}| in the ${part})?`,
    ([, size, side, h, ap, p]) => shifted(h, size === "half" ? 30 : 15, side, halfOf(ap, p)),
  ),
  form(
    `\\b${part}(?: at| around|,)?\\s+${hour}${minute}?(?!\\d|\\s?%)${clockWord}?(?:\\s?${half})?`,
    ([, p, h, m, ap]) => clock(h, m, halfOf(ap, p)),
  ),
  form(`\\b${hour}${minute}?${clockWord}?\\s?(?:${half}|(?:in|at|of) (?:the )?${part})`, ([, h, m, ap, p]) =>
    clock(h, m, halfOf(ap, p)),
  ),
  form(`(?<![\\d:.,/-])(\\d{1,2}):([0-5]\\d)(?::[0-5]\\d)?(?![\\d:]|\\s?%)`, ([, h, m]) => clock(h, m, undefined)),
  form(`\\b${hour}${clockWord}`, ([, h]) => clock(h, undefined, undefined)),
  form("\\b(noon|midday|midnight)\\b", ([, word]) => ({
    value: word?.toLowerCase() === "midnight" ? "00:00" : "12:00",
    sure: true,
  })),
];

const german: readonly Form[] = [
  form("\\b(\\d{1,2})(?:[:.]([0-5]\\d))?\\s?Uhr(?:\\s([0-5]?\\d)(?!\\d))?", ([, h, m, late]) =>
    clock(h, m ?? late, undefined, true),
  ),
  form("(?<![\\d:.,/-])(\\d{1,2}):([0-5]\\d)(?![\\d:])", ([, h, m]) => clock(h, m, undefined, true)),
];
const french: readonly Form[] = [
  form("\\b(\\d{1,2})\\s?(?:h|heures?)\\s?([0-5]\\d)?\\b", ([, h, m]) => clock(h, m, undefined, true)),
  form("(?<![\\d:.,/-])(\\d{1,2}):([0-5]\\d)(?![\\d:])", ([, h, m]) => clock(h, m, undefined, true)),
];
const others: readonly Form[] = [
  form("(?<![\\d:.,/-])(\\d{1,2}):([0-5]\\d)(?![\\d:])", ([, h, m]) => clock(h, m, undefined, true)),
];

/** All times of day of a text. In English an hour from 1 to 11 without morning or afternoon is not sure. */
export function findTimes(text: string, locale: string | undefined): FoundTime[] {
  const code = languageCode(locale);
  const forms = code === "en" ? english : code === "de" ? german : code === "fr" ? french : others;
  const found: FoundTime[] = [];
  for (const { expression, read } of forms) {
    for (const match of text.matchAll(expression)) {
      const value = read(match);
      const span = { start: match.index, end: match.index + match[0].trimEnd().length };
      if (value === undefined || found.some((other) => span.start < other.end && other.start < span.end)) continue;
      found.push({ ...span, ...value });
    }
  }
  return found.sort((one, other) => one.start - other.start);
}

function form(source: string, read: Form["read"]): Form {
  return { expression: new RegExp(source, "giu"), read };
}

function halfOf(meridiem: string | undefined, partOfDay: string | undefined): Half {
  if (meridiem !== undefined) return /^a/i.test(meridiem) ? "am" : "pm";
  if (partOfDay === undefined) return undefined;
  if (/^night$/i.test(partOfDay)) return "night";
  return /^morning$/i.test(partOfDay) ? "am" : "pm";
}

function hourOf(written: string | undefined): number {
  const word = hourWords.indexOf((written ?? "").toLowerCase());
  return word >= 0 ? word : Number(written);
}

function clock(h: string | undefined, m: string | undefined, which: Half, wholeDay = false): ReturnType<Form["read"]> {
  const named = hourOf(h);
  if (!(named <= 23) || (which !== undefined && named === 0)) return undefined;
  const value = which === undefined || named > 12 ? named : (named % 12) + (isLate(which, named % 12) ? 12 : 0);
  return { value: written(value, Number(m ?? 0)), sure: wholeDay || which !== undefined || named > 12 || named === 0 };
}

/** Twelve to four at night is after midnight. */
function isLate(which: Half, named: number): boolean {
  return which === "pm" || (which === "night" && named > 4);
}

/** "quarter to five". */
function shifted(h: string | undefined, by: number, side: string | undefined, which: Half): ReturnType<Form["read"]> {
  const base = clock(h, undefined, which);
  if (base === undefined) return undefined;
  const before = /^(?:to|before)$/i.test(side ?? "");
  const minutes = (Number(base.value.slice(0, 2)) * 60 + (before ? 1440 - by : by)) % 1440;
  return { value: written(Math.floor(minutes / 60), minutes % 60), sure: base.sure };
}

function written(hours: number, minutes: number): string {
  return `${String(hours).padStart(2, "0")}:${String(minutes).padStart(2, "0")}`;
}

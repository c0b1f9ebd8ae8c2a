import { languageCode, regionOf } from "./normal-language.js";
import type { DateReader, Libraries, ReadMoment } from "./normal-libraries.js";
import { byMonth } from "./normal-month.js";
import { calendarDay, type Found, isReadable, overlaps } from "./normal-text.js";

/** What "tomorrow" counts from. */
export interface Reference {
  readonly locale?: string | undefined;
  /** ISO 8601 with zone. Without it only dates with a year are read. */
  readonly at?: string | undefined;
  /** IANA name; UTC if absent. */
  readonly timeZone?: string | undefined;
}

/** All dates of a text as `YYYY-MM-DD`. Months, weeks and years alone are no dates. */
export function findDates(text: string, reference: Reference, { dates }: Libraries): Found<string>[] {
  const today = localDay(reference);
  const found = numericDates(text, reference.locale);
  const add = (others: readonly Found<string>[]) => {
    for (const other of others) if (!found.some((known) => overlaps(known, other))) found.push(other);
  };
  if (today !== undefined) {
    add(inWords(text, today, languageCode(reference.locale)));
    add(byMonth(text, today, reference.locale));
    const reader = readerFor(reference.locale, dates);
    if (reader !== undefined && isReadable(text)) add(readBy(reader, text, today));
  }
  return found.sort((one, other) => one.start - other.start);
}

/** Whether a text has a date whose day and month only a locale could tell apart: "03/04/2026". */
export function isUndecided(text: string): boolean {
  const dates = text.matchAll(/(?<![\d.,/-])(\d{1,2})([./-])(\d{1,2})\2\d{4}(?![\d/-])/g);
  return [...dates].some(([, first, , second]) => first !== second && Number(first) <= 12 && Number(second) <= 12);
}

/** Whether the locale writes the month before the day. */
function monthFirst(locale: string | undefined): boolean {
  return languageCode(locale) === "en" && (regionOf(locale) ?? "US") === "US";
}

function readerFor(locale: string | undefined, dates: Libraries["dates"]): DateReader | undefined {
  if (dates === undefined) return undefined;
  const code = languageCode(locale);
  const key = code === "en" && !monthFirst(locale) ? "en-GB" : code;
  return Object.hasOwn(dates, key) ? dates[key] : undefined;
}

/** The day of the reference in its zone, as midnight UTC: so that nothing on that day is over. */
function localDay({ at, timeZone }: Reference): Date | undefined {
  const instant = at === undefined ? Number.NaN : Date.parse(at);
  if (Number.isNaN(instant)) return undefined;
  try {
    const parts = new Intl.DateTimeFormat("en-CA", { timeZone: timeZone ?? "UTC", dateStyle: "short" }).format(instant);
    return new Date(`${parts}T00:00:00Z`);
  } catch {
    return undefined;
  }
}

function numericDates(text: string, locale: string | undefined): Found<string>[] {
  const found: Found<string>[] = [];
  const expression = /(?<![\d.,/-])(?:(\d{4})-(\d{1,2})-(\d{1,2})|(\d{1,2})([./-])(\d{1,2})\5(\d{4}))(?![\d/-])/g;
  for (const match of text.matchAll(expression)) {
    const [all, isoYear, isoMonth, isoDay, first, , second, year] = match;
    const value =
      isoYear === undefined
        ? inOrder(Number(year), Number(first), Number(second), monthFirst(locale))
        : calendarDay(Number(isoYear), Number(isoMonth), Number(isoDay));
    if (value !== undefined) found.push({ start: match.index, end: match.index + all.length, value });
  }
  return found;
}

function inOrder(year: number, first: number, second: number, monthIsFirst: boolean): string | undefined {
  const usual = monthIsFirst ? calendarDay(year, first, second) : calendarDay(year, second, first);
  return usual ?? (monthIsFirst ? calendarDay(year, second, first) : undefined);
}

/** What the date library leaves out in English: "the 14th", "the 14th of this month", "the day after tomorrow". */
function inWords(text: string, today: Date, language: string): Found<string>[] {
  if (language !== "en") return [];
  const found: Found<string>[] = [];
  for (const match of text.matchAll(/\b(?:the )?day after tomorrow\b/gi)) {
    found.push({ start: match.index, end: match.index + match[0].length, value: dayAfter(today, 2) });
  }
  const expression =
    /\b(?:the )?(\d{1,2})(?:st|nd|rd|th)\b(?: (?:of |day )?(?:of )?(this|the|next) month)?(?!\s+(?:of )?\p{L}*(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|street|st\b|ave|floor|street|time|century|grade|st\.|th))/giu;
  for (const match of text.matchAll(expression)) {
    if (
      /(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,? (?:the )?$/i.test(
        text.slice(Math.max(0, match.index - 16), match.index),
      )
    )
      continue;
    const value = dayOfMonth(today, Number(match[1]), match[2]?.toLowerCase());
    if (value !== undefined) found.push({ start: match.index, end: match.index + match[0].length, value });
  }
  return found;
}

function dayAfter(today: Date, days: number): string {
  return new Date(today.getTime() + days * 86_400_000).toISOString().slice(0, 10);
}

/** The next such day: of this month, or of the one after if it is over. */
function dayOfMonth(today: Date, day: number, which: string | undefined): string | undefined {
  const month = today.getUTCFullYear() * 12 + today.getUTCMonth();
  const later = which === "next" || (which === undefined && day < today.getUTCDate()) ? month + 1 : month;
  return calendarDay(Math.floor(later / 12), (later % 12) + 1, day);
}

function readBy(reader: DateReader, text: string, today: Date): Found<string>[] {
  const reference = { instant: today, timezone: 0 };
  const back = /\b(?:last|past)\s/i.test(text);
  // A library reads "from the 2nd to Wednesday" as one range, of which only the first day would be left.
  const parted = text.replace(/ (?:to|until|till|through|thru|bis|-|\u2013) /giu, (link) => " ;".padEnd(link.length));
  return reader.parse(parted, reference, { forwardDate: !back }).flatMap((moment) => {
    const [year, month, day] = [moment.start.get("year"), moment.start.get("month"), moment.start.get("day")];
    if (!namesDay(moment, text) || year === null || month === null || day === null) return [];
    const value = calendarDay(year, month, day);
    return value === undefined
      ? []
      : [{ start: moment.index, end: moment.index + moment.text.trimEnd().length, value }];
  });
}

/** A library also reads "two seconds", "now", "a week" and the word "sat" as moments. */
function namesDay({ start, text: written, index }: ReadMoment, text: string): boolean {
  if (/^(?:the |for |that |this )?(?:same )?days?$|^for /i.test(written)) return false;
  if (/^today$/i.test(written) && /\b(?:all|else|help|need|day|bye|you)\b[^.!?]{0,24}$/i.test(text.slice(0, index)))
    return false;
  if (!start.isCertain("day") && !start.isCertain("weekday")) return false;
  if (/^(?:sat|sun|mon|wed|thu|fri|mar|may)$/.test(written)) return false;
  if (/^(?:now|right now|weekend|the weekend|jetzt|maintenant|ahora)$/i.test(written)) return false;
  if (/(?:second|minute|hour|moment|sekunde|stunde)/i.test(written)) return false;
  if (
    /\b(?:week|month|year|weeks|months|years)\b/i.test(written) &&
    !start.isCertain("weekday") &&
    !/^(?:in|within) /i.test(written)
  )
    return false;
  if (/^\d/.test(written) && /^(?:\d+[.:]\d+|\d+)$/.test(written)) return false;
  return (
    !/\b(?:from|after|before) $/i.test(text.slice(Math.max(0, index - 8), index)) ||
    !/^(?:today|tomorrow)/i.test(written)
  );
}

import { languageCode } from "./normal-language.js";
import { calendarDay, type Found } from "./normal-text.js";

/** Languages that write "12 kwietnia 2026" and that the date library does not read, or reads in part. */
const languages: ReadonlySet<string> = new Set(["pl", "cs", "sk", "hr", "sl", "ro", "ru", "uk"]);
const known = new Map<string, ReadonlyMap<string, number>>();

/** Dates with the month in words, as the locale data of the platform spell it: a day without a year is the next such day. */
export function byMonth(text: string, today: Date, locale: string | undefined): Found<string>[] {
  const language = languageCode(locale);
  if (!languages.has(language)) return [];
  const months = monthsOf(language);
  const found: Found<string>[] = [];
  for (const match of text.matchAll(/(?<!\p{N})(\d{1,2})\.?\s(\p{L}{3,12})(?:,?\s(\d{4}))?(?!\p{N})/gu)) {
    const [all, day, word = "", year] = match;
    const month = months.get(word.toLowerCase());
    if (month === undefined) continue;
    const value = nextSuch(today, month, Number(day), year === undefined ? undefined : Number(year));
    if (value !== undefined) found.push({ start: match.index, end: match.index + all.length, value });
  }
  return found;
}

function nextSuch(today: Date, month: number, day: number, year: number | undefined): string | undefined {
  if (year !== undefined) return calendarDay(year, month, day);
  const now = today.getUTCFullYear();
  const value = calendarDay(now, month, day);
  return value !== undefined && value < today.toISOString().slice(0, 10) ? calendarDay(now + 1, month, day) : value;
}

/** Names of the months as they stand in a date, and alone. */
function monthsOf(language: string): ReadonlyMap<string, number> {
  const before = known.get(language);
  if (before !== undefined) return before;
  const names = new Map<string, number>();
  for (const options of [{ day: "numeric", month: "long" }, { month: "long" }] as const) {
    const format = new Intl.DateTimeFormat(language, { ...options, timeZone: "UTC" });
    for (let month = 1; month <= 12; month += 1) {
      const parts = format.formatToParts(Date.UTC(2026, month - 1, 1));
      const name = parts.find(({ type }) => type === "month")?.value;
      if (name !== undefined) names.set(name.toLowerCase(), month);
    }
  }
  known.set(language, names);
  return names;
}

/** Something found in a text: UTF-16 offsets, the end exclusive. */
export interface Found<T> {
  readonly start: number;
  readonly end: number;
  readonly value: T;
}

/** One word of a text, in the form in which words are compared. */
export interface Token {
  readonly word: string;
  readonly start: number;
  readonly end: number;
}

/** Text in the form in which words and quotes are compared: NFKC, plain quotes and dashes, one space, lower case. */
export function fold(text: string): string {
  return text
    .normalize("NFKC")
    .replace(/[\u2018\u2019\u201A\u201B\u2032`\u00B4]/g, "'")
    .replace(/[\u201C-\u201F\u2033\u00AB\u00BB]/g, '"')
    .replace(/[\u2010-\u2015\u2212]/g, "-")
    .replace(/\p{Cf}/gu, "")
    .replace(/\s+/g, " ")
    .trim()
    .toLowerCase();
}

/** The words of a text with their places. Apostrophes belong to a word (`don't`), hyphens part words. */
export function tokens(text: string): Token[] {
  const found: Token[] = [];
  for (const match of text.matchAll(/[\p{L}\p{N}]+(?:['\u2019][\p{L}]+)*/gu)) {
    found.push({ word: fold(match[0]), start: match.index, end: match.index + match[0].length });
  }
  return found;
}

/** Whether two spans share a character. */
export function overlaps(one: Found<unknown>, other: Found<unknown>): boolean {
  return one.start < other.end && other.start < one.end;
}

/** Digits that a message of a person has at most. The libraries' patterns take their time on texts of nothing but digits. */
const maxDigits = 200;

/** Whether a text is one that the libraries may be given. */
export function isReadable(text: string): boolean {
  let digits = 0;
  for (const char of text) if (char >= "0" && char <= "9") digits += 1;
  return digits <= maxDigits;
}

/** A day as `YYYY-MM-DD`, if the calendar has it. */
export function calendarDay(year: number, month: number, day: number): string | undefined {
  const date = new Date(Date.UTC(year, month - 1, day));
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return undefined;
  return date.toISOString().slice(0, 10);
}

import { decimalSign } from "./normal-language.js";
import { spokenNumbers } from "./normal-spoken.js";
import type { Found } from "./normal-text.js";

/** A number in a text. */
export interface FoundNumber extends Found<number> {
  /** A sign of a currency stands beside it. */
  readonly money?: true;
  /** It is written as a word. */
  readonly word?: true;
  /** Digits as written, where a number would lose leading zeros or be too long. */
  readonly digits?: string;
}

const numeral = /(?<![\p{L}\p{N}_.,])[-+\u2212]?\d[\d.,'\u2019\u00A0\u202F]*(?![\p{N}_])/gu;
const moneyBefore = /(?:[$€£¥₹]|\b(?:USD|EUR|GBP|CHF|JPY))\s?$/;
const moneyAfter = /^\s?(?:[€$£¥₹]|(?:USD|EUR|GBP|CHF|JPY|dollars?|euros?|pounds?|bucks)\b)/i;
const scale = /^\s?(?:(k|thousand|tausend|mille|mil)|(m|mio|million|millions|millionen)|(hundred|hundert))\b/i;

/** All numbers of a text, written in digits or as words, in the order in which they stand. Ordinals, times and dates are not told apart. */
export function findNumbers(text: string, locale: string | undefined): FoundNumber[] {
  const found = [...inDigits(text, locale), ...spokenNumbers(text, locale)];
  return found.map((one) => negated(text, one)).sort((one, other) => one.start - other.start);
}

/** "minus five". */
function negated(text: string, one: FoundNumber): FoundNumber {
  const said = /\b(?:minus|negative) $/i.exec(text.slice(Math.max(0, one.start - 10), one.start));
  if (said === null || one.value <= 0) return one;
  const { digits: _, ...rest } = one;
  return { ...rest, start: one.start - said[0].length, value: -one.value };
}

/**
 * Reads a number written in digits. The locale's decimal sign decides what `1,234` and `1.234` are; a sign that stands twice, or
 * both signs, are told apart without it.
 */
export function readNumber(written: string, locale: string | undefined): number | undefined {
  const text = written.replace(/\u2212/g, "-").replace(/['\u2019\u00A0\u202F\s]/g, "");
  if (!/^[-+]?\d[\d.,]*$/.test(text) || /[.,]$/.test(text)) return undefined;
  const decimal = decimalMark(text, locale);
  const [whole = "", fraction, ...more] = decimal === undefined ? [text] : text.split(decimal);
  if (more.length > 0) return undefined;
  if (/[.,]/.test(whole) && !/^[-+]?\d{1,3}(?:([.,])\d{3})(?:\1\d{3})*$/.test(whole)) return undefined;
  if (fraction !== undefined && !/^\d+$/.test(fraction)) return undefined;
  const value = Number(`${whole.replace(/[.,]/g, "")}${fraction === undefined ? "" : `.${fraction}`}`);
  return Number.isFinite(value) ? value : undefined;
}

function decimalMark(text: string, locale: string | undefined): string | undefined {
  const marks = [...text].filter((char) => char === "." || char === ",");
  const last = marks.at(-1);
  if (last === undefined) return undefined;
  if (new Set(marks).size === 2) return last;
  if (marks.length > 1) return undefined;
  if (last === decimalSign(locale)) return last;
  return /^[-+]?[1-9]\d{0,2}[.,]\d{3}$/.test(text) ? undefined : last;
}

function inDigits(text: string, locale: string | undefined): FoundNumber[] {
  const found: FoundNumber[] = [];
  for (const match of text.matchAll(numeral)) {
    const written = match[0].replace(/[.,'\u2019\u00A0\u202F]+$/, "");
    const read = readNumber(written, locale);
    // "1e5" and "0x10" are no 1 and no 0.
    const isPart = /^\p{L}{1,3}\p{N}/u.test(text.slice(match.index + written.length, match.index + written.length + 8));
    if (read === undefined || isPart) continue;
    const [times, length] = scaleOf(text.slice(match.index + written.length, match.index + written.length + 12));
    const end = match.index + written.length + length;
    const money =
      moneyBefore.test(text.slice(Math.max(0, match.index - 5), match.index)) ||
      moneyAfter.test(text.slice(end, end + 10));
    const digits =
      /^\d{2,}$/.test(written) && (written.startsWith("0") || written.length > 15) ? { digits: written } : {};
    found.push({ start: match.index, end, value: read * times, ...(money ? { money } : {}), ...digits });
  }
  return found;
}

function scaleOf(after: string): [times: number, length: number] {
  const match = scale.exec(after);
  if (match === null) return [1, 0];
  return [match[1] !== undefined ? 1000 : match[2] !== undefined ? 1e6 : 100, match[0].length];
}

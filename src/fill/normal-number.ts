import { decimalSign, languageOf } from "./normal-language.js";
import { type Found, tokens } from "./normal-text.js";

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
const scale = /^\s?(?:(k|thousand|tausend|mille|mil)|(m|mio|million|millions|millionen))\b/i;

/** All numbers of a text, written in digits or as words, in the order in which they stand. Ordinals, times and dates are not told apart. */
export function findNumbers(text: string, locale: string | undefined): FoundNumber[] {
  const found = [...inDigits(text, locale), ...inWords(text, locale)];
  return found.sort((one, other) => one.start - other.start);
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
    if (read === undefined) continue;
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
  return [match[1] === undefined ? 1e6 : 1000, match[0].length];
}

/** "two", "twenty one", "twenty-one". */
function inWords(text: string, locale: string | undefined): FoundNumber[] {
  const { numbers } = languageOf(locale);
  const words = tokens(text);
  const found: FoundNumber[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const first = words[at];
    const value = first === undefined ? undefined : numbers.get(first.word);
    if (first === undefined || value === undefined) continue;
    const next = words[at + 1];
    const unit = next === undefined || value < 20 || value % 10 !== 0 ? undefined : numbers.get(next.word);
    const joined = next !== undefined && unit !== undefined && unit > 0 && unit < 10 && next.start - first.end === 1;
    found.push({
      start: first.start,
      end: joined ? next.end : first.end,
      value: joined ? value + unit : value,
      word: true,
    });
    if (joined) at += 1;
  }
  return found;
}

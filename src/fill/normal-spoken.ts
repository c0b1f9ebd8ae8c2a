import { type Language, languageOf } from "./normal-language.js";
import { type Found, type Token, tokens } from "./normal-text.js";

/** A number that is written in words. */
export interface SpokenNumber extends Found<number> {
  readonly word: true;
}

/**
 * The numbers of a text that are written in words: "two", "twenty-one", "one hundred and twenty". Words of numbers that stand together
 * and make no number that is known here ("quatre-vingt") are several numbers, so that nobody takes one of them for the whole.
 */
export function spokenNumbers(text: string, locale: string | undefined): SpokenNumber[] {
  const language = languageOf(locale);
  const words = tokens(text);
  const found: SpokenNumber[] = [];
  for (let at = 0; at < words.length; ) {
    const read = readSpoken(text, words, at, language);
    const [first, last] = [words[at], words[at + (read?.length ?? 1) - 1]];
    if (read !== undefined && first !== undefined && last !== undefined) {
      found.push({ start: first.start, end: last.end, value: read.value, word: true });
    }
    at += read?.length ?? 1;
  }
  return found;
}

/** The longest number that begins at a word, and how many words it has. */
function readSpoken(
  text: string,
  words: readonly Token[],
  from: number,
  { numbers, scales, joints }: Language,
): { readonly value: number; readonly length: number } | undefined {
  let whole = 0;
  let part: number | undefined;
  let length = 0;
  for (let at = from; at < words.length; at += 1) {
    const word = words[at];
    if (word === undefined || (at > from && !isBeside(text, words[at - 1], word))) break;
    const unit = numbers.get(word.word);
    const scale = scales.get(word.word);
    const joint = joints.get(word.word) ?? Number.NaN;
    if (unit !== undefined && fits(part, unit)) {
      part = (part ?? 0) + unit;
    } else if (scale !== undefined && (part === undefined ? whole === 0 && at > from : part > 0 && part < scale)) {
      part = (part ?? 1) * scale;
      if (scale >= 1000) [whole, part] = [whole + part, undefined];
    } else if (at > from && part !== 0 && (part ?? 0) % joint === 0) {
      continue;
    } else if (at > from || word.word !== "a" || !scales.has(words[at + 1]?.word ?? "")) {
      break;
    }
    length = at - from + 1;
  }
  return length === 0 || (part === undefined && whole === 0) ? undefined : { value: whole + (part ?? 0), length };
}

/** Whether a number goes on with another: hundreds with what is less, tens with units. */
function fits(part: number | undefined, unit: number): boolean {
  if (part === undefined) return true;
  if (part % 100 === 0) return part > 0 && unit > 0 && unit < 100;
  const rest = part % 100;
  return rest >= 20 && rest % 10 === 0 && unit > 0 && unit < 10;
}

function isBeside(text: string, before: Token | undefined, word: Token): boolean {
  return before !== undefined && /^(?:[ \u00A0]|-)$/.test(text.slice(before.end, word.start));
}

import { consentWords } from "./normal-language.js";
import { fold, tokens } from "./normal-text.js";

/** More words than these are no bare yes or no. */
const maxWords = 6;

/** What stands beside a yes or a no and changes nothing. */
const beside = new Set(
  (
    "that that's thats that'll is it it's its this this's i i'd said say please thanks thank you of course very much way really thing all so so's the a am do would be will sir madam " +
    "bitte danke das ist es so leider merci s'il vous te plaît c'est bien gracias por favor es así proszę dziękuję будь ласка дякую пожалуйста спасибо это"
  ).split(" "),
);
const positive = new Set("y exactly precisely confirm confirmed affirmative agreed".split(" "));
const negative = new Set("n wrong incorrect not isn't isnt nicht pas nie не".split(" "));
/** What takes back the word behind it. */
const taker = /^(?:not|isn't|isnt|nicht|pas|nie|не)$/;
/** What "not right" takes back. */
const adjectives = new Set("right correct true richtig wahr vrai correcto prawda верно правда вірно точно".split(" "));

/**
 * Whether a text says yes or no to "is this right?" and nothing else: "yes, that's correct", "no way", "not right", a thumb. Undefined
 * for what says both, or anything more.
 */
export function bareConsent(text: string, locale: string | undefined): boolean | undefined {
  if (/^\s*(?:👍\p{Emoji_Modifier}?|✅|✔️?)\s*$/u.test(text)) return true;
  if (/^\s*(?:👎\p{Emoji_Modifier}?|❌)\s*$/u.test(text)) return false;
  if (text.length > 100 || text.includes("?")) return undefined;
  const words = tokens(fold(text)).map(({ word }) => word);
  const { yes, no } = consentWords(locale);
  const isNo = (word: string) => no.has(word) || negative.has(word);
  const isYes = (word: string) => yes.has(word) || positive.has(word);
  if (words.length === 0 || words.length > maxWords) return undefined;
  if (words.some((word) => !isNo(word) && !isYes(word) && !beside.has(word))) return undefined;
  const [agreed, denied] = [words.filter((word) => isYes(word) && !isNo(word)), words.filter(isNo)];
  if (denied.length === 0) return agreed.length > 0 ? true : undefined;
  const takenBack = denied.some((word) => taker.test(word));
  // "not wrong" is no no.
  const told = words.filter((word) => isNo(word) || isYes(word));
  if (told.some((word, at) => at > 0 && taker.test(told[at - 1] ?? "") && isNo(word) && !taker.test(word)))
    return undefined;
  return agreed.every((word) => takenBack && adjectives.has(word)) ? false : undefined;
}

/** Whether a text begins with a yes or a no that its other words go on from: "no, Anna". */
export function leadingConsent(text: string, locale: string | undefined): boolean | undefined {
  const folded = fold(text);
  const { yes, no } = consentWords(locale);
  const first =
    /^([\p{L}']+)\s?(?:[,;:.!-]|$)/u.exec(folded)?.[1] ?? /^([\p{L}']+) [\p{L}']+$/u.exec(folded)?.[1] ?? "";
  return no.has(first) ? false : yes.has(first) && folded.length > first.length ? true : undefined;
}

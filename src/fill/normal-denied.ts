import { languageCode, languageOf } from "./normal-language.js";
import { fold, tokens } from "./normal-text.js";

/** Characters on each side of a place that are looked at. */
const reach = 80;
/** A word that begins another thought, so that what was denied before does not reach over it. */
const turning =
  /^(?:but|sondern|mais|sino|ale|але|но|а|because|if|so|since|unless|until|then|later|more|less|earlier)$/;
/** "I don't mind Tuesday" denies nothing, and neither does "I forgot". */
const harmless = /^(?:mind|care|matter|forget|worry|know|hesitate|see|problem|worries|doubt)$/;
/** "Why don't we try 5 pm", "can't you do Monday". */
const subject = /^(?:i|we|you|they|it|he|she)$/;
/** "No, it's Tuesday" without its comma: the no answers what was said before. */
const restarting =
  /^(?:its|it's|it|i|i'm|i'd|we|that's|thats|make|let's|lets|please|actually|change|sorry|wait|the|my|on|at|for|to)$/;

/**
 * Whether what stands before a place, in the same part of the sentence, denies what stands there: "not Monday", "I don't want to go on
 * Monday", "anything but Monday".
 */
export function isDenied(text: string, place: number, locale: string | undefined): boolean {
  const { not } = languageOf(locale);
  const part = /[^,.;!?:\n]*$/.exec(text.slice(Math.max(0, place - reach), place))?.[0] ?? "";
  const before = tokens(fold(part)).map(({ word }) => word);
  if (isExcepted(before)) return true;
  const last = before.findLastIndex(
    (word, index) => not.has(word) && (word !== "than" || /^(?:other|rather)$/.test(before[index - 1] ?? "")),
  );
  if (last < 0) return false;
  const between = before.slice(last + 1);
  const [next = ""] = between;
  if (between.some((word) => turning.test(word)) || harmless.test(next)) return false;
  if (before[last] === "no" && languageCode(locale) === "en") return between.length <= 3 && !restarting.test(next);
  return subject.test(next) ? false : between.length <= (isVerbal(before, last) ? 8 : 3);
}

/** A denied verb reaches to the end of its clause, a denied noun to the noun. */
function isVerbal(words: readonly string[], at: number): boolean {
  const word = words[at] ?? "";
  return (
    /n't$|^(?:dont|doesnt|didnt|isnt|cant|wont|cannot)$/.test(word) ||
    (word === "not" && /^(?:do|does|did|can|could|will|would|should|is|are|am|was)$/.test(words[at - 1] ?? ""))
  );
}

/** "Anything but Monday", "every day except Monday". */
function isExcepted(words: readonly string[]): boolean {
  const but = words.findLastIndex((word) => /^(?:but|except|besides|excluding)$/.test(word));
  if (but < 0 || words.length - but > 4) return false;
  return words.slice(Math.max(0, but - 3), but).some((word) => /^(?:any\w*|every\w*|all|each)$/.test(word));
}

const deniedAfter =
  /^(?: (?!and\b|but\b|or\b)[\p{L}']+){0,2}? (?:(?:is|are|was|were|does|do|did|will|would|can|could|should|has|had)(?:n't| not)|won't|can't|cannot|isnt|doesnt|wont|cant) (?!(?:a )?(?:bad|problem|issue|matter|wrong)\b)|^(?: [\p{L}']+){0,2}? (?:is|was|are|were) (?:no (?:good|longer)|out|off|impossible|wrong|the (?:old|wrong|former|previous))\b|^ used to\b|^ no longer\b/u;

/**
 * Whether what follows a place denies what stood there: "Monday doesn't work", "Monday is no good", "Montag geht nicht".
 */
export function isDeniedAfter(text: string, place: number, locale: string | undefined): boolean {
  const rest = /^[^,.;!?:\n]*/.exec(text.slice(place, place + reach))?.[0] ?? "";
  if (rest.trim() === "" || !/^\s/.test(rest)) return false;
  const folded = ` ${fold(rest)} `;
  if (languageCode(locale) === "en") return deniedAfter.test(folded);
  const { not } = languageOf(locale);
  const words = tokens(folded).map(({ word }) => word);
  const at = words.findIndex((word) => not.has(word));
  return at >= 0 && at <= 3 && words.length - at <= 2 && !/\d/.test(rest);
}

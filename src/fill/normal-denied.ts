import { languageOf } from "./normal-language.js";
import { fold, tokens } from "./normal-text.js";

/** Whether one of the four words before a place, in the same part of the sentence, denies what stands there. */
export function isDenied(text: string, place: number, locale: string | undefined): boolean {
  const { not } = languageOf(locale);
  const part = /[^,.;!?:]*$/.exec(text.slice(Math.max(0, place - 60), place))?.[0] ?? "";
  const before = tokens(fold(part))
    .map(({ word }) => word)
    .slice(-4);
  const last = before.findLastIndex(
    (word, index) => not.has(word) && (word !== "than" || /^(?:other|rather)$/.test(before[index - 1] ?? "")),
  );
  return (
    last >= 0 &&
    !before.slice(last + 1).some((word) => /^(?:but|sondern|mais|sino|later|more|less|earlier)$/.test(word))
  );
}

import { fold } from "./normal-text.js";

/** Longest turn in which a quote is looked for. */
const maxTurnLength = 20_000;

/**
 * Where a quote stands in a text, compared without case, spacing, typographic quotes and compatibility forms. The place that was named is
 * taken if the quote stands there, else the first one. The ends of the quote have to be ends of words.
 *
 * O(length of the text).
 */
export function locateQuote(
  text: string,
  quote: string,
  named: readonly [number, number] | undefined,
): readonly [start: number, end: number] | undefined {
  const wanted = fold(quote);
  if (wanted === "" || text.length > maxTurnLength) return undefined;
  if (named !== undefined && named[1] <= text.length && fold(text.slice(...named)) === wanted)
    return trimmed(text, named);
  const { folded, places } = foldWithPlaces(text);
  for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + 1)) {
    const start = places[at];
    const end = places[at + wanted.length];
    if (start === undefined || end === undefined || !atWordEnds(folded, at, at + wanted.length)) continue;
    const span = trimmed(text, [start, end]);
    if (fold(text.slice(...span)) === wanted) return span;
  }
  return undefined;
}

function trimmed(text: string, [start, end]: readonly [number, number]): readonly [number, number] {
  const part = text.slice(start, end);
  return [start + part.length - part.trimStart().length, end - (part.length - part.trimEnd().length)];
}

/** "art" is no quote of "party". */
function atWordEnds(text: string, start: number, end: number): boolean {
  const isWord = (char: string | undefined) => char !== undefined && /[\p{L}\p{N}]/u.test(char);
  return !(isWord(text[start - 1]) && isWord(text[start])) && !(isWord(text[end - 1]) && isWord(text[end]));
}

/** The folded text, and for each of its characters (and its end) the place in the text it comes from. */
function foldWithPlaces(text: string): { folded: string; places: number[] } {
  let folded = "";
  const places: number[] = [];
  for (const match of text.matchAll(/\s+|\S\p{M}*/gu)) {
    const part = /^\s/u.test(match[0]) ? (folded === "" || folded.endsWith(" ") ? "" : " ") : fold(match[0]);
    for (let at = 0; at < part.length; at += 1) places.push(match.index);
    folded += part;
  }
  places.push(text.length);
  return { folded, places };
}

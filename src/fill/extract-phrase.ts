import type { Found } from "./normal-text.js";

const small = "of|the|and|de|la|del|von|van|der|&|'n'|at|on|vs|for";

const word = "(?!I\\b|I['\u2019])(?:\\p{Lu}|\\d)[\\p{L}\\p{N}'\u2019-]*(?:(?<=\\b(?:Dr|St|Mt|Mr|Mrs|Ms|Jr))\\.)?";
const proper = new RegExp(
  `^${word}(?: (?:(?:${small}) (?!\\d))?${word}){0,5}(?:, \\p{Lu}\\p{L}+(?: \\p{Lu}\\p{L}+)?(?=[\\s.,!?]|$))?`,
  "u",
);

/** A run of words with capitals or digits that begins at a place: "One on Center Apartments", "San Jose, CA", "4501 Rosewood Drive". */
export function properAt(text: string, start: number): Found<string> | undefined {
  const match = proper.exec(text.slice(start, start + 120));
  if (match === null) return undefined;
  const written = match[0]
    .replace(/[.'\u2019-]+$/, "")
    .replace(/,? (?:My|The|Is|Can|Please|And|On|In|At|Yes|No|Also)$/u, "");
  return written === "" ? undefined : { start, end: start + written.length, value: written };
}

const openers =
  /^(?:(?:yes|yeah|yep|sure|ok|okay|of course|hi|hello|hey|thanks|thank you|well|um|uh|oh|great|alright|no problem|certainly|absolutely|actually|sorry|no)[,.!;:-]*\s+)+/i;
const leads =
  /^(?:(?:it(?:'s|;s| is| was)|its|that(?:'s| is| would be)|this is|they(?:'re| are)|(?:my|the|his|her) (?:\p{L}+[ ']?s? ){0,3}(?:is|was|are)|i(?:'m| am|'ll be| will be)? (?:\p{L}+ ){0,3}(?:to go to|to|in|from|for|at)|(?:please )?(?:give|find|get|show|book|try|make|search)(?: me| it| for)?(?: (?:something|one|some|a|an))?(?: in| at| near| around| for| from| to)?|in|at|to|from|near|around|for|by|on|some|try|the|a|an|i(?:'d| would)? (?:like|prefer|want|love|need)(?: to (?:go to|see|visit|hear|watch|eat|have))?(?: some| the| a| an)?|i(?:'m| am)) )+/iu;
const pause = /,(?! \p{Lu})/u;
const ends =
  /[.!?;\n]|,? (?:please|thanks|thank you|would|will|sounds?|is|are|was|and|but|on|for|by|with|from|at|as|because|if|i|i'm|i'd|can|could|that|which|to|so|when|or)\b/iu;
const sentenceEnd = /[.!?;\n]|,? (?:please|thanks|thank you)\b/iu;

/** What is left of an answer without the words that lead to it and those that follow: "Sure, it's in Long Beach please" gives "Long Beach". */
export function answerIn(text: string, open: boolean): (Found<string> & { readonly bare: boolean }) | undefined {
  let start = /^\s*/.exec(text)?.[0].length ?? 0;
  const opener = openers.exec(text.slice(start));
  start += opener?.[0].length ?? 0;
  const lead = leads.exec(text.slice(start));
  start += lead?.[0].length ?? 0;
  const rest = text.slice(start);
  const run = properAt(text, start);
  const stop = (open ? sentenceEnd : ends).exec(rest)?.index ?? rest.length;
  const rested = open ? rest.length : (pause.exec(rest)?.index ?? rest.length);
  const end = Math.max(start + Math.min(stop, rested), run?.end ?? 0);
  const value = text.slice(start, end).trimEnd();
  if (value === "" || value.split(/\s+/).length > (open ? 14 : 6)) return undefined;
  const after = text.slice(start + value.length).replace(/^[\s.!,]*(?:please|thanks|thank you|i think)?[\s.!?]*/i, "");
  return { start, end: start + value.length, value, bare: after === "" };
}

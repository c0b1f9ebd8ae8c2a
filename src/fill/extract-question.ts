import { type FieldView, type Kind, weightOf } from "./extract-field.js";
import { isContent, type SenseToken, senseTokens } from "./normal-words.js";

/** A part of a text between marks that end a sentence. */
export interface Sentence {
  readonly start: number;
  readonly end: number;
  readonly text: string;
  readonly tokens: readonly SenseToken[];
  readonly isQuestion: boolean;
}

/** How much a question asks for a field, from 0 to 1, and whether it can be answered with yes or no. */
export interface Asked {
  readonly score: number;
  readonly closed: boolean;
  /** Share of the question's words that the field has. */
  readonly overlap: number;
  /** Share of the words of the field's name that the question has. */
  readonly own: number;
}

/** A question that does not ask for a field. */
export const nothing: Asked = Object.freeze({ score: 0, closed: false, overlap: 0, own: 0 });

const starters =
  /^(?:(?:and|so|ok|okay|sure|great|thanks|alright|sorry|perfect|hi|hello|please|also|then|well|got it|no problem|may i ask)[,.!]? )*(?:what|when|which|where|who|whose|how|do|does|did|is|are|was|were|will|would|can|could|may|should|shall|have|has|any|at what|for what|in what|in which|on what|on which|from where|to where|to which|from which|for how)\b/i;
const requests =
  /\b(?:please (?:provide|tell|give|enter|specify|share|state|confirm)|(?:tell|give|let) me|i(?:'ll| will)? need (?:to know|your|the)|may i (?:have|know|get)|provide (?:me|your|the|a))\b/i;
const closed =
  /^(?:(?:and|so|ok|okay|sure|great|thanks|alright|sorry|perfect|please|also|then|well)[,.!]? )*(?:do|does|did|is|are|was|were|will|would|should|shall|have|has|any)\b/i;

/** The sentences of a text. A question ends with a question mark, or begins or asks as one. */
export function sentencesOf(text: string): Sentence[] {
  const found: Sentence[] = [];
  for (const match of text.matchAll(/(?:[^.!?;\n]|[.](?=\S)|(?<=\b(?:Dr|Mr|Mrs|Ms|St|[ap]\.m))\.)+[.!?;\n]*/gu)) {
    const sentence = match[0];
    const trimmed = sentence.trim();
    if (trimmed === "") continue;
    const start = match.index + sentence.indexOf(trimmed);
    const words = senseTokens(trimmed).map((token) => ({
      ...token,
      start: token.start + start,
      end: token.end + start,
    }));
    const isQuestion =
      trimmed.endsWith("?") || /\?\s*$/.test(sentence) || starters.test(trimmed) || requests.test(trimmed);
    found.push({ start, end: start + trimmed.length, text: trimmed, tokens: words, isQuestion });
  }
  return found;
}

/** What kinds of value the words of a question ask for; empty if they leave it open. */
function kindsAsked(text: string): ReadonlySet<Kind> {
  const lower = text.toLowerCase();
  if (
    /\b(?:what|which|at what|preferred) (?:\w+ )?times?\b|\bhow (?:early|late)\b|\bo'?clock\b|\bwhat hour\b/.test(lower)
  )
    return new Set(["time", "datetime"]);
  if (/\b(?:what|which) (?:\w+ )?(?:day|date)s?\b|\bdates?\b|\bwhich day\b/.test(lower))
    return new Set(["date", "datetime"]);
  if (/\bwhen\b/.test(lower)) return new Set(["date", "time", "datetime"]);
  if (/\bhow many\b|\bnumber of\b|\bhow (?:big|large)\b|\bhow much\b/.test(lower)) return new Set(["number"]);
  if (/\be-?mail\b/.test(lower)) return new Set(["email"]);
  if (/\b(?:phone|mobile|cell|telephone)\b|\bcall you\b/.test(lower)) return new Set(["phone"]);
  if (/\btime\b/.test(lower)) return new Set(["time", "datetime"]);
  if (/\b(?:where|city|location|area|address|place|who|whose|name)\b/.test(lower)) return new Set(["text", "choice"]);
  return new Set();
}

/** How much a question asks for each field, in the order of `views`. */
export function askedBy(question: Sentence, views: readonly FieldView[]): Asked[] {
  const kinds = kindsAsked(question.text);
  const isClosed = closed.test(question.text) && kinds.size === 0;
  const words = new Set(question.tokens.filter(isContent).map(({ sense }) => sense));
  const counted = countedBy(question);
  return views.map((view) => {
    let matched = 0;
    for (const sense of words) matched += weightOf(view, sense);
    const overlap = Math.min(1, matched);
    const own = view.own.size === 0 ? 0 : [...view.own].filter((sense) => words.has(sense)).length / view.own.size;
    if (view.kind === "number" && counted.length > 0 && !counted.some((sense) => weightOf(view, sense) > 0))
      return nothing;
    const fits =
      kinds.has(view.kind) || (view.kind === "choice" && kinds.size > 0 && overlap >= 0.5 && !kinds.has("number"));
    const known = overlap > 0 || words.size === 0;
    const kind = fits ? (known ? 0.5 : 0.3) : kinds.size > 0 ? -0.6 : view.kind === "boolean" && isClosed ? 0.4 : 0;
    return { score: Math.max(0, Math.min(1, kind + overlap * 0.6)), closed: isClosed, overlap, own };
  });
}

/** What "how many" counts: the words behind it. */
function countedBy({ tokens }: Sentence): string[] {
  const many = tokens.findIndex(({ word }) => word === "many");
  if (many < 0) return [];
  const behind = tokens.slice(many + 1, many + 4);
  const stop = behind.findIndex((token) => !isContent(token));
  return behind.slice(0, stop < 0 ? 3 : stop).map(({ sense }) => sense);
}

import { type FieldView, weightOf } from "./extract-field.js";
import type { Mention } from "./extract-mention.js";
import type { ReadTurn } from "./extract-turn.js";
import { isContent, type SenseToken } from "./normal-words.js";

/** How well a mention goes with a field. All from 0 to 1. */
export interface Fit {
  readonly view: FieldView;
  readonly asked: number;
  /** Words of the field stand beside the mention. */
  readonly near: number;
  /** Words of the field were said lately. */
  readonly topic: number;
  /** Its place in a range ("from … to …") is the field's. */
  readonly side: number;
  readonly total: number;
}

/** What was said before a mention. */
export interface Situation {
  readonly views: readonly FieldView[];
  readonly turn: ReadTurn;
  /** Questions that the turn answers; absent for a turn of the assistant. */
  readonly question?: ReadTurn | undefined;
  /** For each field, how much its words were said up to here. */
  readonly topics: readonly number[];
}

const beginnings = new Set(["begin", "leave", "checkin", "pickup"]);
const endings = new Set(["end", "arrive", "return", "checkout"]);

/** The fields that a mention can belong to, best first. */
export function fitsOf(mention: Mention, situation: Situation): Fit[] {
  const { views, turn, question, topics } = situation;
  const isStay = views.some(({ words }) => words.has("checkout")) && !views.some(({ words }) => words.has("leave"));
  const side = sideOf(mention, turn, isStay);
  const candidates = views.flatMap((view, index) => {
    if (mention.view === undefined ? !takes(view, mention) : mention.view !== view) return [];
    const counts = mention.kind === "number" && countsOther(mention, turn, view);
    const asked = (question?.asked[index]?.score ?? 0) * (counts ? 0.5 : 1);
    const near = counts ? 0 : Math.min(1, nearness(mention, turn, view) + signs(mention, turn, view));
    const topic = topics[index] ?? 0;
    const own = sideOfField(view);
    const sided = side === undefined || own === undefined ? 0 : own === side ? 1 : -1;
    const first = side === undefined && own === "from" ? 0.4 : 0;
    return [{ view, asked, near, topic, side: sided, total: 2.5 * asked + 2 * near + topic + 1.5 * sided + first }];
  });
  return candidates.sort((one, other) => other.total - one.total);
}

function takes({ kind }: FieldView, mention: Mention): boolean {
  return kind === mention.kind || (kind === "datetime" && (mention.kind === "date" || mention.kind === "time"));
}

/**
 * Words of the field around the mention in its sentence; what follows directly counts most, what lies beyond a mention alike, or is
 * counted by it ("4 people" of "for 4 people to 10 High Street"), least.
 */
function nearness(mention: Mention, turn: ReadTurn, view: FieldView): number {
  const sentence = turn.sentences.find(({ start, end }) => start <= mention.start && mention.end <= end + 1);
  if (sentence === undefined) return 0;
  const rivals = turn.mentions.filter((other) => other !== mention && other.kind === mention.kind);
  let total = 0;
  const counted = new Set<string>();
  for (const [place, token] of sentence.tokens.entries()) {
    const weight = isContent(token) ? weightOf(view, token.sense) : 0;
    if (weight === 0 || counted.has(token.sense) || within(token, mention)) continue;
    counted.add(token.sense);
    total += weight * closeness(token, place, mention, sentence.tokens, turn.text, rivals);
  }
  return Math.min(1, total);
}

/** "2 days" is no number of rooms: the word that a number counts belongs to another thing. */
function countsOther({ end, money }: Mention, { tokens, text }: ReadTurn, view: FieldView): boolean {
  // Whatever a price counts is its currency.
  if (money === true || view.words.has("money")) return false;
  const next = tokens.findIndex(({ start }) => start >= end);
  const first = tokens[next];
  if (first === undefined || next < 0 || !isContent(first) || !/^[\s-]$/.test(text.slice(end, first.start)))
    return false;
  const counted = tokens.slice(next, next + 3);
  const stop = counted.findIndex((token) => !isContent(token) || /[,.;!?]/.test(text.slice(end, token.start)));
  return !counted.slice(0, stop < 0 ? 3 : stop).some(({ sense }) => weightOf(view, sense) > 0) && /s$/.test(first.word);
}

/** A sign of money for a field about money, "number 279" for a code. */
function signs({ start, money }: Mention, { text }: ReadTurn, { words }: FieldView): number {
  if (money === true && words.has("money")) return 0.6;
  return words.has("identity") && /(?:\b(?:number|no\.?|nr\.?)|#)\s?$/i.test(text.slice(Math.max(0, start - 9), start))
    ? 0.7
    : 0;
}

function within(token: SenseToken, { start, end }: Mention): boolean {
  return token.start < end && start < token.end;
}

function closeness(
  token: SenseToken,
  place: number,
  mention: Mention,
  words: readonly SenseToken[],
  text: string,
  rivals: readonly Mention[],
): number {
  const after = token.start >= mention.end;
  const [from, to] = after ? [mention.end, token.start] : [token.end, mention.start];
  const between = words.filter(({ start, end }) => start >= from && end <= to).length;
  const gap = text.slice(from, to);
  const distance = after
    ? between === 0
      ? 1
      : between === 1
        ? 0.8
        : 0.5
    : between <= 3
      ? 0.9
      : between <= 6
        ? 0.7
        : 0.45;
  const isCounted = mention.kind === "number" && rivals.some(({ end }) => text.slice(end, token.start) === " ");
  const blocked = isCounted || rivals.some((rival) => rival.start >= from && rival.end <= to) ? 0.25 : 1;
  const parted = /[,;]|\b(?:and|but|then)\b/i.test(gap) ? 0.6 : 1;
  return place < 0 ? 0 : distance * blocked * parted;
}

/** Whether a mention stands at the beginning or the end of a range. */
function sideOf(mention: Mention, { text, sentences }: ReadTurn, isStay: boolean): "from" | "to" | undefined {
  const before = text.slice(Math.max(0, mention.start - 24), mention.start).toLowerCase();
  const after = text.slice(mention.end, mention.end + 16).toLowerCase();
  if (/\b(?:to|until|till|through|thru)(?: the| on| about| around)? $/.test(before)) return "to";
  if (/\b(?:from|between|starting|beginning)(?: the| on| about| around)? $/.test(before)) return "from";
  if (/^ ?(?:to|until|till|through|thru|-) ?(?:the )?\d?/.test(after) && mention.kind !== "number") return "from";
  if (mention.kind !== "date" && mention.kind !== "time") return undefined;
  const sentence = sentences.find(({ start, end }) => start <= mention.start && mention.end <= end + 1);
  const word = sentence?.tokens.findLast(
    ({ sense, end }) => end <= mention.start && (beginnings.has(sense) || endings.has(sense)),
  );
  if (word === undefined || /[,;]/.test(text.slice(word.end, mention.start))) return undefined;
  // Whoever checks in and leaves has not set out yet: of a stay, leaving is the end.
  if (word.sense === "leave" && isStay) return "to";
  return beginnings.has(word.sense) ? "from" : "to";
}

function sideOfField({ words }: FieldView): "from" | "to" | undefined {
  const begins = [...beginnings].some((sense) => words.has(sense));
  const ends = [...endings].some((sense) => words.has(sense));
  return begins === ends ? undefined : begins ? "from" : "to";
}

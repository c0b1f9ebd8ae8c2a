import { type Token, tokens } from "./normal-text.js";

/**
 * Words that say the same thing in questions and in field names. It is about how people ask, not about any trade: what begins and
 * ends, leaves and arrives, how many people, how much money.
 */
const senses: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries({
    people:
      "person people persons guest traveler traveller passenger adult rider party group attendee participant visitor individual us member folk",
    money: "price cost fare rent fee budget charge spend pay amount",
    leave: "depart departure leave outbound origin origination",
    arrive: "arrive arrival destination reach",
    return: "return back inbound dropoff",
    begin: "start begin commence",
    end: "end finish conclude wrap until till",
    place: "city location town area place where address",
    seat: "seat ticket",
    floor: "floor level storey",
    kid: "kid child children",
    identity: "id identifier code reference",
    birth: "birth birthday born",
    size: "size big large",
  }).flatMap(([sense, words]) => words.split(" ").map((word) => [stem(word), sense])),
);

/** Verbs with a second part, which may stand a few words later ("pick it up"), and what the two mean. */
const joined: readonly (readonly [first: string, second: string, sense: string, apart: number])[] = [
  ["check", "in", "checkin", 0],
  ["check", "out", "checkout", 0],
  ["pick", "up", "pickup", 4],
  ["drop", "off", "return", 4],
  ["wi", "fi", "wifi", 0],
];

const stopWords = new Set(
  (
    "a an and any are as at be been by can could do does did for from had has have how i in into is it its like may me my need of on or our " +
    "please shall should so that the their them then there these they this to was we were what when where which who will with would you your " +
    "whether if flag indicating value user customer client total number many much count want wish name text"
  ).split(" "),
);
const typeWords = new Set("date day time hour number amount type kind name".split(" "));

/** A word without its endings: enough to see that "departing" and "departure" belong together. English and harmless elsewhere. */
export function stem(word: string): string {
  if (word.length <= 3) return word;
  const plain = word.replace(/'s?$/, "").replace(/ies$/, "y");
  const cut = plain.replace(/(?:ations?|ings?|ures?|ments?|ers|es|ed|er|s|e)$/, "");
  return cut.length >= 3 ? cut : plain;
}

/** What a word stands for: its sense if it has one, else its stem. */
export function senseOf(word: string): string {
  const root = stem(word);
  return Object.hasOwn(senses, root) ? (senses[root] ?? root) : root;
}

/** A word of a turn with what it stands for. */
export interface SenseToken extends Token {
  readonly sense: string;
}

/** The words of a text with their senses; "check in" and "pick it up" are one sense. */
export function senseTokens(text: string): SenseToken[] {
  const words = tokens(text);
  const made: SenseToken[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at];
    if (word === undefined) continue;
    const root = stem(word.word);
    const verb = joined.find(
      ([first, second, , apart]) =>
        first === root && words.slice(at + 1, at + 2 + apart).some((later) => later.word === second),
    );
    const next = words[at + 1];
    if (verb === undefined || next === undefined) {
      made.push({ ...word, sense: senseOf(word.word) });
    } else if (next.word === verb[1]) {
      made.push({ word: verb[2], sense: verb[2], start: word.start, end: next.end });
      at += 1;
    } else {
      made.push({ ...word, word: verb[2], sense: verb[2] });
    }
  }
  return made;
}

/** Words of a name such as `FloorSquareMeters`, `check_in_date` or a phrase. */
export function nameWords(name: string): SenseToken[] {
  const local = name.slice(name.lastIndexOf(".") + 1);
  return senseTokens(local.replace(/([\p{Ll}\p{N}])(\p{Lu})/gu, "$1 $2").replace(/[_\-.]+/g, " "));
}

/** Whether a word says something by itself. */
export function isContent({ word }: { word: string }): boolean {
  return !stopWords.has(word) && !typeWords.has(word) && word.length > 1;
}

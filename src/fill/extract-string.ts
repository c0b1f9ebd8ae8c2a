import type { Claim } from "./extract-claim.js";
import type { Situation } from "./extract-fit.js";
import { answerIn, properAt } from "./extract-phrase.js";
import { isDated, type Role, roleOf } from "./extract-role.js";
import type { ReadTurn } from "./extract-turn.js";
import { isDenied } from "./normal-denied.js";
import { type Found, fold } from "./normal-text.js";
import { nameWords } from "./normal-words.js";

const openQuestion = /\b(?:what|what's|which|where|who|whose|name|tell me|provide|may i have|give me|describe)\b/i;
const offering = /\b(?:confirm|how about|what about|i(?:'ve| have)? found|is (?:that|this) (?:correct|right|ok))\b/i;
const calendar =
  /^(?:mon|tues|wednes|thurs|fri|satur|sun)day|^(?:january|february|march|april|may|june|july|august|september|october|november|december)\b/i;

const noAnswer =
  /\b(?:don't|do not|dont|not sure|no idea|can't|cannot|forgot|remember|any|anything|anywhere|doesn't matter|what|why|how|you|help|looking|wait|which|another|else)\b|\?/i;

/** "For my son John": the value is somebody else's, or the name that was given so far is not the one that counts. */
const another =
  /\bmy (?:\p{Ll}+ )?(?:son|daughter|kid|child|children|baby|wife|husband|partner|mother|father|mom|dad|sister|brother|friend|colleague|boss)\b/iu;

/** Whether a turn speaks of another person, so that a name that is known may not be the one that is meant. */
export function speaksOfAnother(text: string): boolean {
  return another.test(text);
}

/** Free text, only where the question or the words before it make sure what it is. */
export function textsOf(situation: Situation): Claim[] {
  const all = situation.views.flatMap((view, index): Role[] =>
    view.kind === "text" ? [{ view, index, ...roleOf(view) }] : [],
  );
  if (all.length === 0) return [];
  return [
    ...labelled(situation, all),
    ...introduced(situation, all),
    ...placed(situation, all),
    ...answered(situation, all),
  ];
}

function claim(role: Role, turn: ReadTurn, found: Found<string>, confidence: number): Claim {
  const { view } = role;
  const { start, end, value } = role.city ? bareCity(found) : found;
  return { view, turn: turn.index, start, end, value: fold(value), confidence };
}

/** "City of Springfield" and "Springfield city" say what the field says already. */
function bareCity({ start, end, value }: Found<string>): Found<string> {
  const lead = /^(?:the )?(?:city|town) of (?=\S)/i.exec(value)?.[0].length ?? 0;
  const tail = lead > 0 ? 0 : (/ (?:city|town)$/.exec(value)?.[0].length ?? 0);
  return { start: start + lead, end: end - tail, value: value.slice(lead, value.length - tail) };
}

/** "My account number is 1234", "PIN: 1596". */
function labelled({ turn }: Situation, all: readonly Role[]): Claim[] {
  return all.flatMap((role) => {
    const label = nameWords(role.view.field.displayName ?? role.view.field.name).map(({ word }) => word);
    const end = label.at(-1);
    if (end === undefined || !role.code) return [];
    for (const [at, token] of turn.tokens.entries()) {
      if (token.word !== end || !label.every((word, back) => turn.tokens[at - label.length + 1 + back]?.word === word))
        continue;
      const link = /^(?:(?: number| code)?(?: is|'s| was| are)?:?|\s?[:=#]|,) (?:it's )?/i.exec(
        turn.text.slice(token.end),
      )?.[0].length;
      const code = /^(?=[\p{L}-]*\d)[\p{L}\p{N}-]{2,40}/u.exec(turn.text.slice(token.end + (link ?? 0)))?.[0];
      if (link === undefined || code === undefined) continue;
      const start = token.end + link;
      return [claim(role, turn, { start, end: start + code.length, value: code }, 0.97)];
    }
    return [];
  });
}

/** "My name is Mark". Of several fields for a name it is the one that was asked for, or that the conversation is about. */
function introduced({ turn, topics, question }: Situation, all: readonly Role[]): Claim[] {
  const people = all.filter(({ person }) => person);
  const match = /\b(my name is|my name's|i'm|i am|this is|it's) (?=(\p{L}+))/iu.exec(turn.text);
  if (people.length === 0 || match === null || (question !== undefined && asksOther(question))) return [];
  const start = match.index + match[0].length;
  const named = /name/i.test(match[1] ?? "");
  const name = nameAt(turn.text, start, named);
  if (name === undefined || (/^it's$/i.test(match[1] ?? "") && !asksName(question))) return [];
  const ranked = [...people].sort((one, other) => rank(other, topics, question) - rank(one, topics, question));
  const [first, second] = ranked;
  if (first === undefined) return [];
  const sole = second === undefined || rank(first, topics, question) - rank(second, topics, question) > 0.2;
  return [claim(first, turn, name, sole ? (named ? 0.96 : 0.95) : 0.7)];
}

function rank({ index }: Role, topics: readonly number[], question: ReadTurn | undefined): number {
  return (topics[index] ?? 0) + 2 * (question?.asked[index]?.overlap ?? 0);
}

function asksName(question: ReadTurn | undefined): boolean {
  return question !== undefined && /\bname\b/i.test(question.text);
}

/** "What is your mother's maiden name?" asks for the name of somebody else. */
function asksOther({ text }: ReadTurn): boolean {
  return /\bname of\b|['\u2019]s (?:\p{L}+ )?name\b|\bmaiden\b/iu.test(text);
}

function nameAt(text: string, start: number, lower: boolean): Found<string> | undefined {
  const expression = lower
    ? /^\p{L}[\p{L}'\u2019-]+(?: (?!I\b)\p{Lu}[\p{L}'\u2019-]+){0,2}/u
    : /^(?!I\b)\p{Lu}[\p{L}'\u2019-]+(?: (?!I\b)\p{Lu}[\p{L}'\u2019-]+){0,2}/u;
  const written = expression.exec(text.slice(start, start + 80))?.[0];
  return written === undefined ? undefined : { start, end: start + written.length, value: written };
}

/** "from Seattle to Portland", "in San Jose". */
function placed({ turn, topics, question }: Situation, all: readonly Role[]): Claim[] {
  const places = all.filter(({ place }) => place);
  if (places.length === 0) return [];
  const found: Claim[] = [];
  for (const match of turn.text.matchAll(
    /\b(from|out of|leaving|to|in|near|around|visit|visiting|at) (?=[\p{Lu}\d])/gu,
  )) {
    const word = match[1] ?? "";
    const side = /^(?:from|out of|leaving)$/.test(word)
      ? "from"
      : /^(?:to|visit|visiting)$/.test(word)
        ? "to"
        : undefined;
    const phrase = properAt(turn.text, match.index + match[0].length);
    if (
      phrase === undefined ||
      turn.mentions.some(({ start, end, kind }) => kind !== "number" && start < phrase.end && phrase.start < end)
    )
      continue;
    if (isDenied(turn.text, phrase.start, undefined)) continue;
    if (calendar.test(phrase.value) || !/\p{L}{2}/u.test(phrase.value) || /^\d+(?:st|nd|rd|th)?$/.test(phrase.value))
      continue;
    const fitting = places.filter((role) =>
      side === undefined
        ? role.side === undefined || (question?.asked[role.index]?.score ?? 0) >= 0.6
        : role.side === side,
    );
    const ranked = fitting
      .map((role) => ({
        role,
        score:
          (topics[role.index] ?? 0) +
          1.5 * (question?.asked[role.index]?.score ?? 0) +
          (word === "in" && role.city ? 0.5 : 0),
      }))
      .sort((one, other) => other.score - one.score);
    const [first, second] = ranked;
    if (first === undefined) continue;
    if (second !== undefined && first.score - second.score < 0.3) {
      // It may be any of them: nothing is filled with it, but what was known before is less sure.
      for (const { role, score } of ranked) if (first.score - score < 0.3) found.push(claim(role, turn, phrase, 0.6));
      continue;
    }
    const asked = question?.asked[first.role.index]?.score ?? 0;
    const sure =
      asked >= 0.6
        ? 0.95
        : side !== undefined && first.role.side === side
          ? 0.92
          : first.role.city && (topics[first.role.index] ?? 0) >= 0.3
            ? 0.87
            : 0.7;
    found.push(claim(first.role, turn, phrase, sure));
  }
  return found;
}

/** The answer to a question that asked for one field of free text and nothing else. */
function answered({ turn, question, views }: Situation, all: readonly Role[]): Claim[] {
  if (question === undefined || turn.reaction === "ask") return [];
  const questions = question.sentences.filter(({ isQuestion }) => isQuestion);
  if (!questions.some(({ text }) => openQuestion.test(text)) || offering.test(question.text)) return [];
  const ranked = all
    .map((role) => ({ role, asked: question.asked[role.index] }))
    .filter(({ asked }) => asked !== undefined && !asked.closed)
    .sort((one, other) => (other.asked?.score ?? 0) - (one.asked?.score ?? 0));
  const [first, second] = ranked;
  const best = first?.asked?.score ?? 0;
  if (first === undefined || best < 0.55 || best - (second?.asked?.score ?? 0) < 0.15) return [];
  const { role } = first;
  if (role.person && asksOther(question)) return [];
  const open = !role.person && !role.place && !role.code;
  const others = views.some((view, index) => view.kind !== "text" && (question.asked[index]?.score ?? 0) > best);
  const answer = role.code ? codeIn(turn.text) : answerIn(turn.text, open);
  if (others || answer === undefined || noAnswer.test(answer.value)) return [];
  const typed = turn.mentions.some(
    ({ start, end, kind }) => kind !== "number" && kind !== "choice" && start <= answer.start && answer.end <= end,
  );
  if (typed && !role.code && !isDated(role.view)) return [];
  const sole = questions.length <= 1;
  const proper = /^[\p{Lu}\d]/u.test(answer.value);
  if (role.place && (!proper || /\b(?:from|to|in|at|near|around) \p{Lu}/u.test(turn.text.slice(0, answer.start + 1))))
    return [];
  const spoken =
    open && (!proper || isPhrase(answer.value) || /\b(?:is|are|was|were|would|sounds?|i|it|my)\b/i.test(answer.value));
  const sure = spoken ? 0.7 : !answer.bare ? 0.8 : sole ? (proper ? 0.96 : 0.9) : proper ? 0.9 : 0.8;
  return [claim(role, turn, answer, sure)];
}

/** A request, or a thing with what is said about it: "Transfer 100 to Amir", "Fantasy movies directed by somebody". */
function isPhrase(value: string): boolean {
  const lower = value.split(/\s+/).filter((word) => /^\p{Ll}/u.test(word));
  return (
    /^(?:find|get|give|show|transfer|send|book|make|play|look|search|try|please|put|set|reserve|pay|buy|need)\b/i.test(
      value,
    ) ||
    (lower.length > 2 && /\b(?:by|with|to|for|from|directed|called|named|that|which|who)\b/.test(value))
  );
}

/** The only word with digits of an answer. */
function codeIn(text: string): (Found<string> & { readonly bare: boolean }) | undefined {
  const found = [
    ...text.slice(0, 400).matchAll(/(?<![\p{L}\p{N}])(?=[\p{L}-]{0,12}\d)[\p{L}\p{N}-]{2,40}(?![\p{L}\p{N}])/gu),
  ];
  const [match] = found;
  if (match === undefined || found.length > 1) return undefined;
  return { start: match.index, end: match.index + match[0].length, value: match[0], bare: text.length < 60 };
}

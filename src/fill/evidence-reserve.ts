import type { Kind } from "./extract-field.js";

/** Characters on each side of a value that are looked at. */
const reach = 120;

const hedges =
  /(?<![\p{L}'])(?:maybe|perhaps|possibly|probably|presumably|not (?:quite |entirely |completely |really )?sure|unsure|i guess|or so|approximately|roughly|vielleicht|ungefähr|etwa|circa|wahrscheinlich|vermutlich|nicht sicher|peut-être|environ|quizás?|tal vez|más o menos|chyba|może|około|можливо|мабуть|приблизно|наверное|может быть|примерно)(?![\p{L}'])/iu;
const nearly = /(?<!\p{L})(?:about|around|say|almost|nearly) $/iu;
const reported = /(?<!\p{L})(?:wrote|writes|says?|said|told (?:me|us)|schrieb|sagte|a écrit|escribió):? ?["'„“”«‘’]/iu;
const ofAnother =
  /(?<!\p{L})(?:(?:my|our) (?:\p{Ll}+ )?(?:son|daughter|kid|child|children|baby|wife|husband|partner|mother|father|mom|dad|sister|brother|friend|colleague|boss|assistant|secretary)|his|her|their|somebody|someone|(?!(?:it|that|here|there|what|let|this|who|where)'s)\p{L}+'s (?:\p{L}+ )?(?:e-?mail|mail|phone|number|cell|mobile|address|telephone))(?!\p{L})/iu;
const takenBack =
  /^ ?(?:[,;–—-]|\.\.\.?|…) ?(?:no|nope|nein|non|nie|ні|нет|wait|sorry|i mean|i meant|rather)(?!\p{L}| (?:problem|worries|more|less|later|earlier|need|preference|thanks|thank))/iu;

/**
 * Whether the words around a value leave it open: it is a guess ("maybe 4"), is taken back at once ("two, no three"), was reported
 * ("my boss wrote: ..."), or, for an address or a number to call, belongs to another person ("my wife's email is ...").
 */
export function isReserved(text: string, [start, end]: readonly [start: number, end: number], kind: Kind): boolean {
  const left = /[^.!?;\n]*$/.exec(text.slice(Math.max(0, start - reach), start))?.[0] ?? "";
  const right = /^(?:[^.!?;\n]|\.(?=\S))*/.exec(text.slice(end, end + reach))?.[0] ?? "";
  if (takenBack.test(text.slice(end, end + reach)) || reported.test(left)) return true;
  if (hedges.test(left) || hedges.test(right)) return true;
  if (kind === "number" && nearly.test(left)) return true;
  return (kind === "email" || kind === "phone") && ofAnother.test(left);
}

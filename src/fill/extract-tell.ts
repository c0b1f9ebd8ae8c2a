import type { Claims } from "./extract-claim.js";
import { type FieldView, weightOf } from "./extract-field.js";
import { type Fit, fitsOf, type Situation } from "./extract-fit.js";
import type { Mention } from "./extract-mention.js";
import type { ReadTurn } from "./extract-turn.js";
import { isContent } from "./normal-words.js";

/** Takes in what the person says of their own, and returns the fields that it was about. */
export function tell(claims: Claims, situation: Situation): Set<FieldView> {
  const { turn } = situation;
  const about = new Set<FieldView>();
  for (const mention of turn.mentions) {
    const fits = fitsOf(mention, situation);
    const { start, end, value } = mention;
    const revised = turn.corrects ? fits.find(({ view }) => claims.get(view) !== undefined) : undefined;
    const fit = revised !== undefined && (fits[0]?.near ?? 0) < 0.3 && (fits[0]?.asked ?? 0) < 0.5 ? revised : fits[0];
    if (fit === undefined) continue;
    about.add(fit.view);
    if (mention.denied) {
      claims.deny(fit.view, turn.index, mention);
      continue;
    }
    const rival = fits.find(({ view }) => view !== fit.view);
    claims.add({
      view: fit.view,
      turn: turn.index,
      start,
      end,
      value,
      confidence: sureness(mention, fit, rival, fit === revised, situation),
    });
  }
  return about;
}

function sureness(
  mention: Mention,
  fit: Fit,
  rival: Fit | undefined,
  revised: boolean,
  { turn, question }: Situation,
): number {
  const { asked, near, topic, view, side } = fit;
  let sure = baseOf(mention, fit, turn);
  if (revised) sure = Math.max(sure, mention.kind === "number" ? 0.8 : 0.92);
  if (asked >= 0.5 && near >= 0.3) sure = Math.max(sure, 0.97);
  const margin = rival === undefined ? 9 : fit.total - rival.total;
  if (margin < 0.25) sure = Math.min(sure, 0.7);
  else if (margin < 0.6) sure -= 0.04;
  if (side < 0) sure = Math.min(sure, 0.6);
  if (mention.weak) sure -= mention.kind === "choice" ? 0.03 : 0.08;
  const strange = view.kind === "number" && mention.money === true && !view.words.has("money");
  if (strange && near < 0.6 && asked < 0.6) sure -= 0.2;
  if (mention.kind === "choice" && asked < 0.55 && introduces(turn.text, mention, question?.text))
    sure = Math.min(sure, 0.6);
  if (mention.kind === "choice" && asked < 0.3 && describesOther(mention, turn, view)) sure = Math.min(sure, 0.88);
  const alike = turn.mentions.filter(
    (other) => other.kind === mention.kind && other.view === mention.view && !other.denied,
  );
  if (new Set(alike.map(({ value }) => value)).size > 1) {
    sure = mention.kind === "choice" ? Math.min(sure, 0.92) : near < 0.4 && side < 1 ? sure - 0.06 : sure;
  }
  if (alike.some((other) => other !== mention && / or $/.test(turn.text.slice(other.end, mention.start))))
    sure = Math.min(sure, 0.8);
  if (/^,? or (?:any|some|another|anything|whatever|whenever|sooner|later|earlier)/i.test(turn.text.slice(mention.end)))
    sure = Math.min(sure, 0.9);
  const telling = mention.kind === "choice" || mention.kind === "email" || mention.kind === "phone";
  return Math.max(0, sure - (!telling && topic < 0.1 && asked < 0.6 && near < 0.5 && side < 1 ? 0.1 : 0));
}

/** "My name is Alexis": the name is the speaker's. */
function introduces(text: string, { start }: Mention, question: string | undefined): boolean {
  if (question !== undefined && /\b(?:your|full) (?:\w+ )?name\b|\bwho am i\b/i.test(question) && start < 12)
    return true;
  return /\b(?:my name is|my name's|i'm|i am|this is|it's|name:)\s(?:dr\.? )?$/i.test(
    text.slice(Math.max(0, start - 20), start),
  );
}

/** "A regular ride" is of the ride that was asked about, and says nothing of a show. */
export function describesOther(
  { start, end }: Mention,
  { text, tokens, sentences }: ReadTurn,
  view: FieldView,
): boolean {
  const next = tokens.find((token) => token.start >= end);
  const sentence = sentences.find((one) => one.start <= start && end <= one.end + 1);
  if (next === undefined || sentence === undefined || next.start >= sentence.end) return false;
  const isBeside = text.slice(end, next.start) === " " && isContent(next) && /^\p{Ll}/u.test(text.slice(start));
  return (
    isBeside &&
    weightOf(view, next.sense) === 0 &&
    /\b(?:a|an|the|my)(?: \p{L}+)? $/u.test(text.slice(Math.max(0, start - 20), start))
  );
}

function baseOf(mention: Mention, { asked, near, topic, side }: Fit, turn: ReadTurn): number {
  const { kind } = mention;
  if (kind === "number") {
    if (asked >= 0.6 || near >= 0.7) return 0.95;
    return asked >= 0.5 || near >= 0.45 ? 0.87 : 0.5;
  }
  if (kind === "email" || kind === "phone") return asked >= 0.4 || near >= 0.3 ? 0.98 : 0.93;
  if (asked >= 0.6 || near >= 0.6) return 0.96;
  if (asked >= 0.5 || near >= 0.3 || side > 0) return 0.94;
  if (kind === "choice") return Math.max(choiceBase(mention, turn), topic >= 0.4 ? 0.92 : topic >= 0.2 ? 0.88 : 0.8);
  return topic >= 0.4 ? 0.92 : topic >= 0.2 ? 0.88 : 0.8;
}

/** Values of several words, and names, are hardly said by chance. */
function choiceBase({ start, end }: Mention, { text, sentences }: ReadTurn): number {
  const written = text.slice(start, end);
  if (/\s/.test(written)) return 0.95;
  const isFirst = sentences.some((sentence) => sentence.start === start);
  return !isFirst && /^\p{Lu}/u.test(written) ? 0.92 : 0;
}

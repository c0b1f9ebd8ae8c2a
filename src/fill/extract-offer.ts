import type { Claim } from "./extract-claim.js";
import { type Fit, fitsOf, type Situation } from "./extract-fit.js";
import type { Mention } from "./extract-mention.js";
import { describesOther } from "./extract-tell.js";
import type { ReadTurn } from "./extract-turn.js";

/** A value that the assistant named and that the person may accept. */
export interface Offer {
  readonly turn: ReadTurn;
  readonly mention: Mention;
  readonly fit: Fit;
  /** The assistant repeats what it understood and asks whether it is right. */
  readonly summary: boolean;
  readonly confidence: number;
}

/** Whether the assistant repeats what it understood and asks whether it is right. */
export function isSummary({ text }: ReadTurn): boolean {
  return /\b(?:confirm|correct|right|verify|make sure|double.?check|to be clear|to review|is (?:this|that) ok(?:ay)?)\b/i.test(
    text,
  );
}

/** What a turn of the assistant offers. Of a choice ("music or sports?") nothing is offered. */
export function offersOf(situation: Situation): Offer[] {
  const { turn, views } = situation;
  const summary = isSummary(turn);
  const made = turn.mentions.flatMap((mention): Offer[] => {
    const [fit, second] = fitsOf(mention, situation);
    if (fit === undefined || mention.denied || fit.side < 0) return [];
    if (mention.weak && mention.kind === "time") return [];
    if (second !== undefined && fit.total - second.total < 0.25) return [];
    const alone = views.filter(({ kind }) => kind === fit.view.kind).length === 1;
    const other = mention.kind === "choice" && describesOther(mention, turn, fit.view);
    const confidence = Math.min(sureness(mention, fit, summary, alone), other ? 0.88 : 1);
    return confidence === 0 ? [] : [{ turn, mention, fit, summary, confidence }];
  });
  return made.filter(
    ({ fit, mention }) => !made.some((other) => other.fit.view === fit.view && other.mention.value !== mention.value),
  );
}

function sureness({ kind, weak }: Mention, { near, topic, side }: Fit, summary: boolean, alone: boolean): number {
  if (kind === "number") return near >= 0.6 ? (summary ? 0.95 : 0.86) : 0;
  if (kind === "choice") return summary ? (weak ? 0.9 : 0.95) : weak ? 0.85 : 0.89;
  if (near >= 0.3 || side > 0) return summary ? 0.95 : 0.89;
  return alone && topic >= 0.3 ? (summary ? 0.93 : 0.87) : 0;
}

/** The values of the offers that a turn accepts. */
export function acceptOffers(offers: readonly Offer[], turn: ReadTurn): Claim[] {
  return offers.map(({ turn: offered, mention: { kind, start, end, value }, fit, summary, confidence }) => {
    const aside = !summary && kind === "number" ? { aside: true as const } : {};
    return { view: fit.view, turn: offered.index, start, end, value, confidence, acceptedIn: turn.index, ...aside };
  });
}

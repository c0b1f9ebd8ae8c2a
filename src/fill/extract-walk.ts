import { answersOf } from "./extract-boolean.js";
import { Claims } from "./extract-claim.js";
import type { FieldView } from "./extract-field.js";
import type { Situation } from "./extract-fit.js";
import { acceptOffers, isSummary, type Offer, offersOf } from "./extract-offer.js";
import { roleOf } from "./extract-role.js";
import { speaksOfAnother, textsOf } from "./extract-string.js";
import { tell } from "./extract-tell.js";
import { Topics } from "./extract-topic.js";
import type { ReadTurn } from "./extract-turn.js";
import { isContent } from "./normal-words.js";

/** Goes through the turns, oldest first, and keeps what they say about the fields. */
export function walk(turns: readonly ReadTurn[], views: readonly FieldView[]): Claims {
  const claims = new Claims();
  const topics = new Topics();
  let offers: Offer[] = [];
  let question: ReadTurn | undefined;
  for (const turn of turns) {
    topics.hear(turn.index, turn.tokens);
    for (const { view } of turn.mentions) if (view !== undefined) topics.touch(view);
    const situation: Situation = { views, turn, question, topics: views.map((view) => topics.of(view)) };
    if (turn.role === "assistant") {
      const made = offersOf(situation);
      for (const { fit, mention } of made) claims.echo(fit.view, mention.value);
      offers = [...offers.filter(({ fit }) => !made.some((offer) => offer.fit.view === fit.view)), ...made];
      question = turn;
      continue;
    }
    if (turn.reaction === "accept") for (const claim of acceptOffers(offers, turn)) claims.add(claim);
    const refused = turn.reaction === "reject" ? summed(offers, claims, question) : [];
    if (turn.reaction === "accept" || turn.reaction === "reject") offers = [];
    const told = tell(claims, situation);
    // "No" to a summary leaves open which part of it is wrong.
    for (const view of refused)
      if (!told.has(view) || claims.get(view)?.turn !== turn.index) claims.doubt(view, turn.index);
    offers = offers.filter(({ fit }) => !told.has(fit.view));
    for (const claim of [...answersOf(situation), ...textsOf(situation)]) claims.add(claim);
    if (speaksOfAnother(turn.text))
      for (const view of views) if (view.kind === "text" && roleOf(view).person) claims.doubt(view, turn.index);
    const settled = new Set(claims.all().flatMap(({ view, turn: at }) => (at === turn.index ? [view] : [])));
    for (const view of settled) topics.touch(view);
    if (turn.corrects) {
      for (const view of views) {
        const named = turn.tokens.some((token) => isContent(token) && view.own.has(token.sense));
        if (named && !settled.has(view)) claims.doubt(view, turn.index);
      }
    }
  }
  return claims;
}

/** The fields of which a summary names the value, whether or not it stands beside a word of the field. */
function summed(offers: readonly Offer[], claims: Claims, question: ReadTurn | undefined): FieldView[] {
  const offered = offers.filter(({ summary }) => summary).map(({ fit }) => fit.view);
  if (question === undefined || !isSummary(question)) return offered;
  const repeated = claims.all().filter(({ value }) => question.mentions.some((mention) => mention.value === value));
  return [...offered, ...repeated.map(({ view }) => view)];
}

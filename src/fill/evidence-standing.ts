import type { Field } from "../contracts/types.js";
import type { ExtractionRequest } from "../ports/extractor.js";
import { isReserved } from "./evidence-reserve.js";
import type { Claims } from "./extract-claim.js";
import { type FieldView, viewsOf } from "./extract-field.js";
import type { Mention } from "./extract-mention.js";
import { isCorrection } from "./extract-reaction.js";
import { type ReadTurn, readTurn } from "./extract-turn.js";
import { walk } from "./extract-walk.js";
import type { Reference } from "./normal-date.js";
import { isDenied, isDeniedAfter } from "./normal-denied.js";
import { guessField } from "./normal-field.js";
import type { Libraries } from "./normal-libraries.js";
import { overlaps } from "./normal-text.js";

/** From here on a later reading is taken as what the person said last. */
const settled = 0.85;
/** Below, a later reading is a guess at another field's value. */
const audible = 0.6;

/** Which part of a conversation is read. */
export interface ReadingLimits {
  readonly maxTurns: number;
  /** Characters of a turn, from its beginning. */
  readonly maxTurnLength: number;
}

/** Words that were taken for a value of a field. */
export interface Words {
  readonly field: Field;
  readonly value: unknown;
  readonly turn: number;
  readonly span: readonly [start: number, end: number];
  /** The person's turn that accepted them, if the assistant said them. */
  readonly acceptedIn: number | undefined;
}

/**
 * What became of words in the rest of the conversation: they stand, may have been changed since, were denied, were revised or replaced by
 * another offer, or were one of several that were offered.
 */
export type Standing = "stands" | "unsure" | "denied" | "superseded" | "open";

/**
 * A conversation as it is read by rules. What any reader made of it can be held against it: whether words were denied, whether something
 * later revised them, whether an offer was the last one.
 */
export class Reading {
  readonly claims: Claims;
  readonly #views: readonly FieldView[];
  readonly #turns: ReadonlyMap<number, ReadTurn>;
  readonly #request: Pick<ExtractionRequest, "turns" | "locale" | "at">;
  readonly #reference: Reference;
  readonly #libraries: Libraries;
  readonly #maxTurnLength: number;
  readonly #values = new Map<string, unknown>();

  constructor(
    request: Pick<ExtractionRequest, "turns" | "fields" | "locale" | "at">,
    timeZone: string | undefined,
    libraries: Libraries,
    { maxTurns, maxTurnLength }: ReadingLimits,
  ) {
    this.#request = request;
    this.#reference = { locale: request.locale, at: request.at, timeZone };
    this.#libraries = libraries;
    this.#maxTurnLength = maxTurnLength;
    this.#views = viewsOf(request.fields, this.#reference);
    const first = Math.max(0, request.turns.length - maxTurns);
    const turns = request.turns
      .slice(first)
      .map((turn, index) => readTurn(turn, first + index, this.#views, this.#reference, libraries, maxTurnLength));
    this.#turns = new Map(turns.map((turn) => [turn.index, turn]));
    this.claims = walk(turns, this.#views);
  }

  /** What became of words that were taken for a value. */
  standing(words: Words): Standing {
    const view = this.#views.find(({ field }) => field.name === words.field.name);
    const said = this.#turns.get(words.turn);
    if (view === undefined || said === undefined) return "unsure";
    if (this.#isDenied(words, view, said)) return "denied";
    const [start, end] = words.span;
    const isOpen = said.mentions.some(
      (mention) =>
        isOf(mention, view) && overlaps(mention, { start, end, value: 0 }) && hasAlternative(said.text, mention),
    );
    if (isOpen && words.acceptedIn !== undefined) return "open";
    const offered = words.acceptedIn === undefined ? "stands" : this.#offered(words, view, said, words.acceptedIn);
    if (offered !== "stands" && offered !== "unsure") return offered;
    const later = this.#later(words, view);
    if (later !== "stands") return later;
    const unread = [...this.#turns.values()].some(
      ({ index }) => index >= words.turn && (this.#request.turns[index]?.text.length ?? 0) > this.#maxTurnLength,
    );
    const isLeftOpen = words.acceptedIn === undefined && isReserved(said.text, words.span, view.kind);
    return unread || isOpen || isLeftOpen ? "unsure" : offered;
  }

  #isDenied({ span: [start, end] }: Words, view: FieldView, { mentions, text }: ReadTurn): boolean {
    if (view.kind === "boolean") return false;
    const inside = mentions.filter((mention) => isOf(mention, view) && overlaps(mention, { start, end, value: 0 }));
    if (inside.length > 0) return inside.every(({ denied }) => denied);
    const { locale } = this.#request;
    return isDenied(text, start, locale) || isDeniedAfter(text, end, locale);
  }

  /** Whether an offer was one value, the last one before it was accepted, and not against what the person had said. */
  #offered({ turn, span, value, field }: Words, view: FieldView, said: ReadTurn, acceptedIn: number): Standing {
    const [start, end] = span;
    const others = said.mentions.filter(
      (mention) =>
        isOf(mention, view) &&
        !mention.denied &&
        !overlaps(mention, { start, end, value: 0 }) &&
        this.#valueAt(field, turn, mention) !== value,
    );
    if (view.kind === "choice" && others.length > 0) return "open";
    let standing: Standing = "stands";
    for (let at = turn + 1; at < acceptedIn; at += 1) {
      const between = this.#turns.get(at);
      // What is accepted later may be something else that was said in between.
      if (between?.role === "user") standing = "unsure";
      if (between?.role !== "assistant") continue;
      // Numbers are of anything; which of them is another offer only the words around them could tell.
      const anew = view.kind === "number" ? [] : between.mentions.filter((mention) => isOf(mention, view));
      if (anew.some((mention) => this.#valueAt(field, at, mention) !== value)) return "superseded";
    }
    const own = this.claims.log.findLast(
      (event) => event.view === view && event.what === "claim" && !event.accepted && event.settled < acceptedIn,
    );
    const against =
      own?.words !== undefined &&
      own.confidence >= settled &&
      this.#valueAt(field, own.words.turn, own.words) !== value;
    return against ? "unsure" : standing;
  }

  /** What was said of the field since. */
  #later({ field, value, turn, span, acceptedIn }: Words, view: FieldView): Standing {
    const since = acceptedIn ?? turn;
    const said = this.#request.turns[turn]?.role === "user";
    let standing: Standing = "stands";
    let sureness = 0;
    for (const { words, settled: when, what, confidence, aside, ...event } of this.claims.log) {
      if (event.view !== view || when < since || aside) continue;
      if (words === undefined) {
        if (when > since) standing = "unsure";
        continue;
      }
      const isBeside = words.turn === turn;
      if (isBeside && words.start < span[1] && span[0] < words.end) {
        sureness = confidence;
        continue;
      }
      // What stands before it in its turn was said before, and so was an offer that the same turn accepts.
      if (
        when === since &&
        (acceptedIn === undefined ? !isBeside || words.end <= span[0] : isBeside && what !== "claim")
      )
        continue;
      const other = this.#valueAt(field, words.turn, words);
      const between = isBeside ? (this.#turns.get(turn)?.text.slice(span[1], words.start) ?? "") : "";
      const taken = said && isCorrection(between.slice(-20)) && (view.kind !== "number" || between.length < 20);
      if (other === value) standing = what === "deny" ? "denied" : "stands";
      else if (what === "deny" || (isBeside && !taken && sureness - confidence >= 0.04)) continue;
      else if (confidence >= settled || taken)
        standing = when === since && isBeside && acceptedIn !== undefined ? "unsure" : "superseded";
      else if (confidence >= audible && standing === "stands") standing = "unsure";
    }
    return standing;
  }

  #valueAt(field: Field, turn: number, { start, end }: { readonly start: number; readonly end: number }): unknown {
    const said = this.#request.turns[turn];
    if (said === undefined) return undefined;
    const key = `${turn} ${start} ${end} ${field.name}`;
    if (!this.#values.has(key)) {
      const reference = { ...this.#reference, at: said.at ?? this.#request.at };
      const read = guessField(field, said.text.slice(start, end), reference, this.#libraries);
      this.#values.set(key, read.ok ? read.value : undefined);
    }
    return this.#values.get(key);
  }
}

function isOf(mention: Mention, view: FieldView): boolean {
  if (mention.view !== undefined) return mention.view === view;
  return mention.kind === view.kind || (view.kind === "datetime" && /^(?:date|time)$/.test(mention.kind));
}

/** "Monday or Tuesday?" */
function hasAlternative(text: string, { start, end }: Mention): boolean {
  return (
    /^,? (?:or|oder|ou|o|lub|albo|або|чи|или) /iu.test(text.slice(end, end + 8)) ||
    /(?:^|[\s,])(?:or|oder|ou|o|lub|albo|або|чи|или)(?: (?:on|at|the|am|um|le|el|w|в|у))* $/iu.test(
      text.slice(Math.max(0, start - 16), start),
    )
  );
}

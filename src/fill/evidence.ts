import type { Field } from "../contracts/types.js";
import type { ExtractedValue, ExtractionRequest } from "../ports/extractor.js";
import { readAnswer } from "./evidence-answer.js";
import { locateQuote } from "./evidence-quote.js";
import { settle, unsure } from "./evidence-settle.js";
import { Reading } from "./evidence-standing.js";
import { reactionOf } from "./extract-reaction.js";
import { usual } from "./normal-field.js";
import { loadLibraries } from "./normal-libraries.js";
import { type FieldValidator, type NormaliseOptions, normaliseValue } from "./normal-value.js";

/** How much of a conversation is read to see what became of a value. */
const limits = { maxTurns: 200, maxTurnLength: 20_000 } as const;

/** An entry of an answer that does not count, and why. It never holds a value or a quote. */
export interface RejectedValue {
  readonly field?: string;
  readonly why: string;
}

/** What is left of an extractor's answer. */
export interface CheckedEvidence {
  /** At most one for each field: the last one said. Values are canonical, quotes as they stand in the turn, spans always given. */
  readonly values: readonly ExtractedValue[];
  readonly rejected: readonly RejectedValue[];
}

/** How evidence is checked. */
export interface EvidenceOptions extends Pick<NormaliseOptions, "timeZone" | "libraries"> {
  readonly fieldValidators?: Readonly<Record<string, FieldValidator>>;
}

/**
 * Checks what an extractor answered against the conversation: evidence or nothing.
 *
 * A value counts only if it is for a field that was asked for, its quote stands in a turn of the user, or in a turn of the assistant that
 * the user then accepted, and the field's value can be read from that quote. What the quote gives is the value, whatever the answer
 * said; if the two differ, it does not count. Values of fields of type `object` cannot be read from a quote and never count.
 *
 * A value does not count either if the words around its quote deny it, if a later turn of the user denied or revised it, or if it was an
 * offer that another one replaced, or one of several, before the user agreed. Where only something speaks for a change since, and where
 * the answer has several values for a field, it counts with a confidence of at most 0.9, to be confirmed.
 *
 * @param answer - what `extract` resolved to: an array, `{ values: [...] }`, or JSON text of one of them, possibly in one code fence
 * @returns what counts and what does not; it never rejects, whatever the answer is
 *
 * @example
 * const request = { turns: [{ role: "user", text: "We are three." }], fields: [{ name: "guests", type: "integer" }], at };
 * const answer = [{ field: "guests", value: 3, confidence: 0.9, quote: "three", turn: 0 }];
 * (await checkEvidence(answer, request)).values[0].span; // [7, 12]
 *
 * @since 0.1.0
 */
export async function checkEvidence(
  answer: unknown,
  request: Pick<ExtractionRequest, "turns" | "fields" | "locale" | "at">,
  options: EvidenceOptions = {},
): Promise<CheckedEvidence> {
  const fields = new Map(request.fields.map((field) => [field.name, field]));
  const last = new Map<string, ExtractedValue>();
  const rejected: RejectedValue[] = [];
  const libraries = options.libraries ?? (await loadLibraries());
  let reading: Reading | undefined;
  for (const read of readAnswer(answer)) {
    if ("why" in read) {
      rejected.push(read);
      continue;
    }
    const { entry } = read;
    const field = fields.get(entry.field);
    const found =
      field === undefined ? "it was not asked for" : await checkOne(entry, field, request, { ...options, libraries });
    if (field === undefined || typeof found === "string") {
      rejected.push({ ...(field === undefined ? {} : { field: field.name }), why: String(found) });
      continue;
    }
    reading ??= new Reading(request, options.timeZone, libraries, limits);
    const checked = settle(reading, field, found);
    if (typeof checked === "string") {
      rejected.push({ field: field.name, why: checked });
      continue;
    }
    const before = last.get(checked.field);
    last.set(checked.field, before === undefined ? checked : laterOf(checked, before));
  }
  return { values: [...last.values()], rejected };
}

/** The one that was settled later: an offer when it was accepted. If they differ, neither is sure. */
function laterOf(one: ExtractedValue, other: ExtractedValue): ExtractedValue {
  const [at, before] = [one.acceptedIn ?? one.turn, other.acceptedIn ?? other.turn];
  const later = at > before || (at === before && (one.span?.[0] ?? 0) >= (other.span?.[0] ?? 0)) ? one : other;
  return sameValue(one.value, other.value) ? later : { ...later, confidence: Math.min(later.confidence, unsure) };
}

async function checkOne(
  entry: ExtractedValue,
  field: Field,
  request: Pick<ExtractionRequest, "turns" | "locale" | "at">,
  options: EvidenceOptions,
): Promise<ExtractedValue | string> {
  const turn = request.turns[entry.turn];
  if (turn === undefined || (turn.role !== "user" && turn.role !== "assistant")) return "its turn does not exist";
  const span = locateQuote(turn.text, entry.quote, entry.span);
  if (span === undefined) return "its quote is not in the turn";
  const accepted = acceptance(entry, request);
  if (accepted === false) return "the user did not accept what the assistant said";
  const quote = turn.text.slice(...span);
  const context = {
    ...options,
    ...(request.locale === undefined ? {} : { locale: request.locale }),
    at: turn.at ?? request.at,
  };
  const first = await normaliseValue(field, quote, context);
  // Day and month that only a locale could tell apart are confirmed.
  const isGuess = !first.ok && first.problem === "ambiguous" && request.locale === undefined;
  const guessing = isGuess ? { ...context, locale: usual } : context;
  const read = isGuess ? await normaliseValue(field, quote, guessing) : first;
  if (!read.ok) return `its quote gives no value (${read.problem})`;
  const claimed = entry.value === undefined ? read : await normaliseValue(field, entry.value, guessing);
  if (!claimed.ok || !sameValue(claimed.value, read.value)) return "its value is not what the quote says";
  const confidence = isGuess ? Math.min(entry.confidence, unsure) : entry.confidence;
  return {
    field: field.name,
    value: read.value,
    confidence,
    quote,
    turn: entry.turn,
    span,
    ...(accepted === undefined ? {} : { acceptedIn: accepted }),
  };
}

function sameValue(one: unknown, other: unknown): boolean {
  if (typeof one === "string" && typeof other === "string") {
    return one.trim().toLowerCase().normalize("NFKC") === other.trim().toLowerCase().normalize("NFKC");
  }
  return Object.is(one, other);
}

/** The user's turn that accepted an offer; undefined where the user said it; false where nobody accepted it. */
function acceptance(
  { turn, acceptedIn }: ExtractedValue,
  { turns, locale }: Pick<ExtractionRequest, "turns" | "locale">,
) {
  if (turns[turn]?.role !== "assistant") return undefined;
  for (let at = turn + 1; at < turns.length; at += 1) {
    const reply = turns[at];
    if (reply?.role !== "user") continue;
    const reaction = reactionOf(reply.text, locale);
    if (acceptedIn === undefined ? reaction === "accept" : at === acceptedIn) return reaction === "accept" ? at : false;
    if (reaction === "reject") return false;
  }
  return false;
}

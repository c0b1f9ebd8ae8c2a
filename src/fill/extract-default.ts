import type { Field } from "../contracts/types.js";
import type { ExtractedValue, ExtractionRequest, Extractor } from "../ports/extractor.js";
import { settle, unsure } from "./evidence-settle.js";
import { Reading } from "./evidence-standing.js";
import type { Claim } from "./extract-claim.js";
import type { Reference } from "./normal-date.js";
import { guessField } from "./normal-field.js";
import { type Libraries, loadLibraries } from "./normal-libraries.js";

/** What the default extractor is made with. */
export interface DefaultExtractorOptions {
  /** IANA name of the person's zone: which day "today" is. UTC if absent. */
  readonly timeZone?: string;
  /** Latest turns that are read. 20 if absent. */
  readonly maxTurns?: number;
  /** Characters of a turn that are read, from its beginning. 2000 if absent. */
  readonly maxTurnLength?: number;
  /** Readers of dates in words and of phone numbers; the optional packages that are installed if absent. */
  readonly libraries?: Libraries;
}

/**
 * The extractor that needs no model: it finds values by their form and gives each to the field that the question before it, the words
 * around it and the conversation speak for. Where they do not, it gives nothing, or little confidence.
 *
 * A person's turn counts by itself; a turn of the assistant only where the person then accepted it. What is denied ("not Monday") does not
 * count, and the last revision wins. Free text is taken only where a question or a label in front of it makes it sure. Objects are never
 * read. What is said in the conversation is data: nothing in it changes how it is read.
 *
 * A confidence from 0.95 is meant to be used as it is, one from 0.85 to be confirmed first; below that, values are better asked for. Dates in
 * words need `chrono-node`, phone numbers `libphonenumber-js`; without them these are not found (see `loadLibraries`). Questions, agreement
 * and correction are understood in English only; dates, times, numbers and yes or no also in the languages of the locale.
 *
 * @remarks Synchronous work in O(turns * length * fields), bounded by `maxTurns`, `maxTurnLength` and 80 values a turn.
 * @throws the signal's reason, if the request was aborted before it began
 *
 * @example
 * const turns = [{ role: "assistant", text: "How many guests?" }, { role: "user", text: "Four of us" }];
 * await defaultExtractor().extract({ turns, fields: [{ name: "guests", type: "integer" }], at: "2026-03-02T09:00:00Z" });
 * // [{ field: "guests", value: 4, confidence: 0.97, quote: "Four", turn: 1, span: [0, 4] }]
 *
 * @since 0.1.0
 */
export function defaultExtractor(options: DefaultExtractorOptions = {}): Extractor {
  return {
    name: "default",
    extract: async (request) => {
      const libraries = options.libraries ?? (await loadLibraries());
      request.signal?.throwIfAborted();
      return extract(request, options, libraries);
    },
  };
}

function extract(request: ExtractionRequest, options: DefaultExtractorOptions, libraries: Libraries): ExtractedValue[] {
  const { maxTurns = 20, maxTurnLength = 2000, timeZone } = options;
  const reference: Reference = { locale: request.locale, at: request.at, timeZone };
  const reading = new Reading(request, timeZone, libraries, { maxTurns, maxTurnLength });
  return reading.claims
    .all()
    .flatMap((claim) => readingOf(claim, request, reference, libraries))
    .map(({ field, value }) => settle(reading, field, value))
    .filter((value) => typeof value !== "string");
}

/** A claim counts only if its words alone give the value. */
function readingOf(
  claim: Claim,
  request: ExtractionRequest,
  reference: Reference,
  libraries: Libraries,
): { readonly field: Field; readonly value: ExtractedValue }[] {
  const { view, turn, start, end, confidence, acceptedIn } = claim;
  const said = request.turns[turn];
  if (said === undefined) return [];
  const quote = said.text.slice(start, end);
  const read = guessField(view.field, quote, { ...reference, at: said.at ?? reference.at }, libraries);
  if (!read.ok) return [];
  const accepted = acceptedIn === undefined ? {} : { acceptedIn };
  const rounded = Math.round(Math.max(0, Math.min(read.guessed === true ? unsure : 1, confidence)) * 1000) / 1000;
  const { field } = view;
  const span = [start, end] as const;
  return [
    { field, value: { field: field.name, value: read.value, confidence: rounded, quote, turn, span, ...accepted } },
  ];
}

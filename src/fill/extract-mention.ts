import { safePattern } from "../scenario/pattern.js";
import type { FieldView, Kind } from "./extract-field.js";
import { isHouseNumber } from "./normal-address.js";
import { findChoices } from "./normal-choice.js";
import { findEmails, findPhones } from "./normal-contact.js";
import { findDates, type Reference } from "./normal-date.js";
import { isDenied, isDeniedAfter } from "./normal-denied.js";
import type { Libraries } from "./normal-libraries.js";
import { findNumbers } from "./normal-number.js";
import { type Found, overlaps } from "./normal-text.js";
import { findTimes } from "./normal-time.js";
import { senseOf } from "./normal-words.js";

/** Something in a turn that could be a value. */
export interface Mention extends Found<unknown> {
  readonly kind: Kind;
  /** The only field it can belong to; any field of its kind if absent. */
  readonly view?: FieldView;
  /** It is said that it is not this. */
  readonly denied: boolean;
  /** The form leaves open what it is: a part of a choice, a number in words, an hour without its half of the day. */
  readonly weak: boolean;
  readonly money?: true;
}

/** Words of fields that the number of a house may be for. */
const addressWords = ["place", "house", "street", "unit", "apartment", "suite", "building"].map(senseOf);

/** A turn that names more than this is no answer; the rest is left out. */
const maxMentions = 80;

/** Everything in a text that has the form of a value of one of the fields. Linear in the text for each field. */
export function findMentions(
  text: string,
  views: readonly FieldView[],
  reference: Reference,
  libraries: Libraries,
): Mention[] {
  const kinds = new Set(views.map(({ kind }) => kind));
  const { locale } = reference;
  const emails = findEmails(text);
  const dates =
    kinds.has("date") || kinds.has("datetime") || kinds.has("number") ? findDates(text, reference, libraries) : [];
  const times = findTimes(text, locale);
  const phones = kinds.has("phone") ? findPhones(text, locale, libraries) : [];
  const made: Mention[] = [];
  const add = (
    kind: Kind,
    found: readonly Found<unknown>[],
    weak: (one: Found<unknown>) => boolean,
    view?: FieldView,
  ) => {
    for (const one of found) {
      const denied = isDenied(text, one.start, locale) || isDeniedAfter(text, one.end, locale);
      const money = "money" in one && one.money === true;
      made.push({
        ...one,
        kind,
        denied,
        weak: weak(one),
        ...(view === undefined ? {} : { view }),
        ...(money ? { money } : {}),
      });
    }
  };
  if (kinds.has("email")) add("email", emails, never);
  if (kinds.has("phone")) add("phone", phones, never);
  if (kinds.has("date") || kinds.has("datetime")) add("date", dates, never);
  if (kinds.has("time") || kinds.has("datetime")) add("time", times, (one) => "sure" in one && one.sure !== true);
  if (kinds.has("number")) {
    const taken = [...emails, ...phones, ...dates, ...times];
    const countsHouses = views.some(
      ({ kind, words }) => kind === "number" && addressWords.some((word) => words.has(word)),
    );
    const free = findNumbers(text, locale).filter(
      (one) =>
        !taken.some((other) => overlaps(one, other)) &&
        !isOrdinal(text, one) &&
        (countsHouses || !isHouseNumber(text, one)),
    );
    add("number", free, (one) => "word" in one && one.value === 1);
  }
  for (const view of views) {
    if (view.kind === "choice") add("choice", findChoices(view.field, text), (one) => "partial" in one, view);
    if (view.kind === "text") add("choice", inForm(text, view), never, view);
  }
  return made.sort((one, other) => one.start - other.start).slice(0, maxMentions);
}

/** Free text that is told by its form: an example of the field, or a word that fits its pattern. */
function inForm(text: string, { field, examples }: FieldView): Found<string>[] {
  const found: Found<string>[] =
    examples === undefined
      ? []
      : findChoices(examples, text).filter(
          (one) => one.partial !== true && !/\p{Lu}\p{L}+ $/u.test(text.slice(Math.max(0, one.start - 20), one.start)),
        );
  const pattern = field.pattern === undefined ? undefined : safePattern(field.pattern);
  if (pattern === undefined || typeof pattern === "string" || pattern.test("a") || pattern.test("the")) return found;
  for (const match of text.matchAll(/[^\s,;:!?()"]+/gu)) {
    const written = match[0].replace(/\.+$/, "");
    if (pattern.test(written)) found.push({ start: match.index, end: match.index + written.length, value: written });
  }
  return found;
}

function never(): boolean {
  return false;
}

function isOrdinal(text: string, { end }: Found<unknown>): boolean {
  return /^(?:st|nd|rd|th)\b/i.test(text.slice(end, end + 3));
}

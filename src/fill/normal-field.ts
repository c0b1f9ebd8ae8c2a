import type { Field } from "../contracts/types.js";
import { knownValue } from "../scenario/value.js";
import { asBoolean, exactChoice, findChoices, readBoolean, readStatement } from "./normal-choice.js";
import { findEmails, findPhones, readPhone } from "./normal-contact.js";
import { findDates, isUndecided, type Reference } from "./normal-date.js";
import { isDenied, isDeniedAfter } from "./normal-denied.js";
import type { Libraries } from "./normal-libraries.js";
import { findNumbers, readNumber } from "./normal-number.js";
import type { Found } from "./normal-text.js";
import { findTimes } from "./normal-time.js";

/** Why a value is none for its field. */
export type NormalProblem = "empty" | "form" | "ambiguous" | "range" | "pattern" | "choice" | "refused";

/** A value in its canonical form, or why there is none. */
export type Normalised =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly problem: NormalProblem; readonly expected: string };

/** Longest text that is looked at. */
const maxLength = 4096;

/** `normaliseValue` without validators of the host, with the libraries at hand. Pure, but for what the libraries do. */
export function normaliseField(field: Field, given: unknown, reference: Reference, libraries: Libraries): Normalised {
  if (given === undefined || given === null || (typeof given === "string" && given.trim() === ""))
    return refused(field, "empty");
  if (typeof given === "string" && given.length > maxLength) return refused(field, "form");
  const read =
    typeof given === "string" ? readText(field, given.trim(), reference, libraries) : readPlain(field, given);
  if (read === "ambiguous") return refused(field, "ambiguous");
  if (read === undefined) return refused(field, field.type === "enum" ? "choice" : "form");
  if (knownValue(field, read)) return { ok: true, value: read };
  return refused(field, problemOf(field, read));
}

/** What a field takes, in words: for messages to a person or a developer. */
export function expectedOf(field: Field): string {
  const { type, min, max, pattern, values } = field;
  const unit = type === "string" ? " characters" : "";
  const bounds = [
    ...(min === undefined ? [] : [`at least ${min}${unit}`]),
    ...(max === undefined ? [] : [`at most ${max}${unit}`]),
  ];
  const form: Partial<Record<Field["type"], string>> = {
    date: "a date (YYYY-MM-DD)",
    time: "a time (HH:MM)",
    datetime: "a date and time (ISO 8601)",
    email: "an email address",
    phone: "a phone number with country code",
    enum: `one of ${(values ?? []).map(({ value }) => JSON.stringify(value)).join(", ")}`,
    boolean: "yes or no",
    integer: "a whole number",
    number: "a number",
    object: "an object",
  };
  return [form[type] ?? "text", ...bounds, ...(pattern === undefined ? [] : [`in the form ${pattern}`])].join(", ");
}

function refused(field: Field, problem: NormalProblem): Normalised {
  return { ok: false, problem, expected: expectedOf(field) };
}

function problemOf(field: Field, value: unknown): NormalProblem {
  const { min: _least, max: _most, ...unbounded } = field;
  if (knownValue(unbounded, value)) return "range";
  const { pattern: _pattern, ...free } = unbounded;
  return knownValue(free, value) ? "pattern" : "form";
}

function readPlain(field: Field, given: unknown): unknown {
  if (field.type === "string" && typeof given === "number" && Number.isFinite(given)) return String(given);
  if (field.type === "enum" && (typeof given === "number" || typeof given === "boolean")) {
    return (
      exactChoice(field, String(given)) ??
      (typeof given === "boolean" ? booleanChoice(field, given, undefined) : undefined)
    );
  }
  return knownValue({ name: field.name, type: field.type }, given) ? given : undefined;
}

/**
 * `normaliseField` that takes a date which only a locale could tell apart as it is written in the United States, and says that it did: such
 * a value is confirmed before it is used.
 */
export function guessField(
  field: Field,
  given: unknown,
  reference: Reference,
  libraries: Libraries,
): Normalised & { readonly guessed?: true } {
  const read = normaliseField(field, given, reference, libraries);
  if (read.ok || read.problem !== "ambiguous" || reference.locale !== undefined) return read;
  const guess = normaliseField(field, given, { ...reference, locale: usual }, libraries);
  return guess.ok ? { ...guess, guessed: true } : read;
}

/** The locale of what is written without one. */
export const usual = "en-US";

function readText(field: Field, text: string, reference: Reference, libraries: Libraries): unknown {
  const { locale } = reference;
  const isDay = field.type === "date" || field.type === "datetime";
  if (isDay && locale === undefined && isUndecided(text)) return "ambiguous";
  switch (field.type) {
    case "string":
      return text;
    case "number":
    case "integer":
      return readNumber(text, locale) ?? only(findNumbers(text, locale), text, locale);
    case "boolean":
      return readBoolean(text, locale) ?? readStatement(field, text);
    case "date":
      return isCanonical(field, text) ? text : only(findDates(text, reference, libraries), text, locale);
    case "time":
      return isCanonical(field, text) ? text : readTime(text, locale);
    case "datetime":
      return isCanonical(field, text) ? text : readDateTime(text, reference, libraries);
    case "email":
      return only(findEmails(text), text, locale);
    case "phone":
      return (
        readPhone(text, locale, libraries) ??
        only(findPhones(text, locale, libraries), text, locale) ??
        kept(field, text)
      );
    case "enum":
      return readChoice(field, text, reference);
    default:
      return undefined;
  }
}

function isCanonical(field: Field, text: string): boolean {
  return knownValue({ name: field.name, type: field.type }, text);
}

/** Without the library, or for a number that it does not know, a number that could be one stays as it was given. */
function kept(field: Field, text: string): string | undefined {
  return isCanonical(field, text) ? text : undefined;
}

function readTime(text: string, locale: string | undefined): string | "ambiguous" | undefined {
  const times = findTimes(text, locale);
  const value = only(times, text, locale);
  return typeof value !== "string" || times.some((time) => time.value === value && time.sure) ? value : "ambiguous";
}

function readDateTime(text: string, reference: Reference, libraries: Libraries): unknown {
  const date = only(findDates(text, reference, libraries), text, reference.locale);
  const time = readTime(text, reference.locale);
  if (date === undefined || time === undefined) return undefined;
  return date === "ambiguous" || time === "ambiguous" ? "ambiguous" : `${date}T${time}`;
}

function readChoice(field: Field, text: string, reference: Reference): unknown {
  const { locale } = reference;
  if (field.values === undefined) return text;
  const exact = exactChoice(field, text);
  if (exact !== undefined) return exact;
  const named = only(findChoices(field, text), text, locale);
  if (named !== undefined) return named;
  const answer =
    readBoolean(text, locale) ?? (asBoolean(field, locale) === undefined ? undefined : readStatement(field, text));
  if (answer !== undefined) return booleanChoice(field, answer, locale);
  const meant = choiceKind(field, reference)?.read(text);
  return meant === undefined ? undefined : field.values.find(({ value }) => value === meant)?.value;
}

function booleanChoice(field: Field, answer: boolean, locale: string | undefined): string | undefined {
  const pair = asBoolean(field, locale);
  return pair === undefined ? undefined : answer ? pair.yes : pair.no;
}

/** An enum whose values are all times or all numbers is read as such: "5 in the afternoon" for "5 pm". */
export function choiceKind(
  field: Field,
  { locale }: Reference,
):
  | { kind: "time" | "number"; byValue: ReadonlyMap<string, string>; read(text: string): string | undefined }
  | undefined {
  if (field.type !== "enum" || field.values === undefined || field.values.length === 0) return undefined;
  const values = field.values.map(({ value }) => value);
  const numbers = values.map((value) => readNumber(value, "en"));
  if (numbers.every((number) => number !== undefined)) {
    const byValue = new Map(values.map((value, index) => [String(numbers[index]), value]));
    return {
      kind: "number",
      byValue,
      read: (text) => byValue.get(String(only(findNumbers(text, locale), text, locale))),
    };
  }
  const times = values.map((value) => readTime(value, "en"));
  if (times.some((time) => time === undefined || time === "ambiguous")) return undefined;
  const byValue = new Map(values.map((value, index) => [String(times[index]), value]));
  return { kind: "time", byValue, read: (text) => byValue.get(String(readTime(text, locale))) };
}

/** The one value that a text names, what it denies left out ("not Monday, Tuesday"); several are ambiguous. */
function only<T>(found: readonly Found<T>[], text: string, locale: string | undefined): T | "ambiguous" | undefined {
  const meant = found.filter(({ start, end }) => !isDenied(text, start, locale) && !isDeniedAfter(text, end, locale));
  const values = new Set(meant.map(({ value }) => value));
  if (values.size > 1) return "ambiguous";
  const [value] = values;
  return value;
}

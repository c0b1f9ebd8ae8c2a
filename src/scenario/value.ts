import type { Field } from "../contracts/types.js";
import { safePattern } from "./pattern.js";

/**
 * Whether a value satisfies a field's definition. `null`, `undefined`, empty and blank text never do.
 *
 * Types are strict: the text "42" is no number. Dates are real calendar dates `YYYY-MM-DD`, times `HH:MM` or `HH:MM:SS`, datetimes
 * ISO 8601 with or without zone. An enum takes its values, not their synonyms. `min` and `max` bound numbers, and the length of
 * `string` values; `pattern` has to match the whole text.
 *
 * @example
 * fieldAccepts({ name: "born", type: "date" }, "2023-02-29"); // false
 *
 * @since 0.1.0
 */
export function fieldAccepts(field: Field, value: unknown): boolean {
  switch (field.type) {
    case "number":
    case "integer":
      return isNumber(value, field.type === "integer") && isWithin(field, value);
    case "boolean":
      return typeof value === "boolean";
    case "object":
      return typeof value === "object" && value !== null;
    default:
      return typeof value === "string" && value.trim() !== "" && acceptsText(field, value);
  }
}

/**
 * Whether a value counts as known: present, not null or blank, and satisfying the field's definition where there is one.
 *
 * @example
 * knownValue(undefined, ""); // false
 */
export function knownValue(field: Field | undefined, value: unknown): boolean {
  if (value === undefined || value === null) return false;
  if (typeof value === "string" && value.trim() === "") return false;
  return field === undefined || fieldAccepts(field, value);
}

function isNumber(value: unknown, whole: boolean): value is number {
  return typeof value === "number" && (whole ? Number.isInteger(value) : Number.isFinite(value));
}

function isWithin({ min, max }: Field, value: number): boolean {
  return (min === undefined || value >= min) && (max === undefined || value <= max);
}

function acceptsText(field: Field, text: string): boolean {
  if (!hasForm(field, text)) return false;
  if (field.type === "string" && !isWithin(field, [...text].length)) return false;
  if (field.pattern === undefined) return true;
  const pattern = safePattern(field.pattern);
  return typeof pattern !== "string" && pattern.test(text);
}

function hasForm(field: Field, text: string): boolean {
  switch (field.type) {
    case "enum":
      return field.values === undefined || field.values.some(({ value }) => value === text);
    case "date":
      return isDate(text);
    case "time":
      return isTime(text);
    case "datetime":
      return isDateTime(text);
    case "email":
      return isEmail(text);
    case "phone":
      return isPhone(text);
    default:
      return true;
  }
}

function isDate(text: string): boolean {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return false;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month);
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
  return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
}

function isTime(text: string): boolean {
  return /^(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d)?$/.test(text);
}

function isDateTime(text: string): boolean {
  const match = /^(.{10})T(\d{2}:\d{2}(?::\d{2})?)(?:\.\d{1,9})?(?:Z|[+-](\d{2}:\d{2}))?$/.exec(text);
  if (match === null) return false;
  const [, date = "", time = "", offset] = match;
  return isDate(date) && isTime(time) && (offset === undefined || isTime(offset));
}

/** One @, a name before it, a dotted host name behind it: what a mail server would not refuse at once. */
function isEmail(text: string): boolean {
  if (text.length > 254 || /[\s"(),:;<>[\\\]]/.test(text)) return false;
  const [local, host, ...rest] = text.split("@");
  if (local === undefined || host === undefined || rest.length > 0) return false;
  if (local.length < 1 || local.length > 64 || local.startsWith(".") || local.endsWith(".") || local.includes(".."))
    return false;
  const labels = host.split(".");
  return (
    labels.length >= 2 &&
    labels.every((label) => label.length <= 63 && /^[\p{L}\p{N}](?:[\p{L}\p{N}-]*[\p{L}\p{N}])?$/u.test(label))
  );
}

/** 5 to 15 digits, with the usual separators and an international prefix. */
function isPhone(text: string): boolean {
  if (text.length > 40 || !/^\+?[\d\s().\-/]+$/.test(text)) return false;
  const digits = text.replace(/\D/g, "").length;
  return digits >= 5 && digits <= 15;
}

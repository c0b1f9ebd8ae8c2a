import { regionOf } from "./normal-language.js";
import type { Libraries } from "./normal-libraries.js";
import { type Found, isReadable } from "./normal-text.js";

const address = /[\p{L}\p{N}._%+'-]{1,64}@[\p{L}\p{N}-]{1,63}(?:\.[\p{L}\p{N}-]{1,63}){1,8}/gu;

/** All email addresses of a text, the host in lower case. */
export function findEmails(text: string): Found<string>[] {
  if (!text.includes("@")) return [];
  const found: Found<string>[] = [];
  for (const match of text.matchAll(address)) {
    const lead = /^[.'-]+/.exec(match[0])?.[0].length ?? 0;
    const written = match[0].slice(lead).replace(/[-.]+$/, "");
    const at = written.lastIndexOf("@");
    const before = text[match.index - 1];
    if (at < 1 || before === "@" || text[match.index + match[0].length] === "@") continue;
    const value = `${written.slice(0, at)}@${written.slice(at + 1).toLowerCase()}`;
    found.push({ start: match.index + lead, end: match.index + lead + written.length, value });
  }
  return found;
}

/** All valid phone numbers of a text as E.164; a national number is one of the locale's region. Without the library none. */
export function findPhones(text: string, locale: string | undefined, { phones }: Libraries): Found<string>[] {
  if (phones === undefined || !/\d/.test(text) || !isReadable(text)) return [];
  const region = regionOf(locale) ?? defaultRegion(locale);
  return phones
    .find(text, region)
    .filter(({ number }) => number.isValid())
    .map(({ startsAt, endsAt, number }) => ({ start: startsAt, end: endsAt, value: number.number }));
}

/** One phone number as E.164. */
export function readPhone(text: string, locale: string | undefined, { phones }: Libraries): string | undefined {
  const read = phones?.read(text.trim(), regionOf(locale) ?? defaultRegion(locale));
  return read?.isValid() === true ? read.number : undefined;
}

/** Only where a language alone names no region there is none. */
function defaultRegion(locale: string | undefined): string | undefined {
  return locale === undefined ? "US" : undefined;
}

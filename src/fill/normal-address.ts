import type { Found } from "./normal-text.js";

const name = String.raw`(?:[Nn]orth|[Ss]outh|[Ee]ast|[Ww]est|\d+(?:st|nd|rd|th)|\p{Lu}[\p{L}'’.-]*)`;
const street = `(?:[Ss]treet|[Aa]venue|[Rr]oad|[Dd]rive|[Ll]ane|[Bb]oulevard|[Pp]arkway|[Hh]ighway|St|Ave|Rd|Dr|Ln|Way|Blvd|Court|Terrace|Plaza)`;
const behind = new RegExp(
  String.raw`^[a-dA-D]?,? (?:${name} ){1,4}${street}\b|^ \p{Ll}{3,} (?:street|avenue|boulevard)\b|^(?: bis| ter)?,? (?:rue|boulevard|avenue|allée|chemin|quai|impasse) `,
  "u",
);
const before =
  /(?:\p{L}{2,}(?:straße|strasse|str\.|platz|gasse|allee)|\b(?:calle|avenida|paseo|viale|corso|ulica|ul\.)(?: [\p{L}'’.-]+){1,4}),? $/iu;
const unit = /(?:#|\b(?:suite|ste|apt|unit)\.?(?: #)?) ?$/i;

/** How far an address is looked for. */
const reach = 60;

/** Whether a number is that of a house: "4501 Rosewood Drive", "Hauptstraße 5", "Suite 300". Whoever names one counts nothing. */
export function isHouseNumber(text: string, { start, end }: Found<unknown>): boolean {
  const left = text.slice(Math.max(0, start - reach), start);
  return behind.test(text.slice(end, end + reach)) || before.test(left) || unit.test(left);
}

import type { Field } from "../contracts/types.js";
import { isDenied } from "./normal-denied.js";
import { languageOf } from "./normal-language.js";
import { type Found, fold, overlaps, tokens } from "./normal-text.js";
import { isContent, nameWords, senseOf, senseTokens } from "./normal-words.js";

/** An allowed value that a text names. */
export interface FoundChoice extends Found<string> {
  /** By the words that only this value has, not by the whole value or a synonym. */
  readonly partial?: true;
}

interface Form {
  readonly words: readonly string[];
  readonly value: string;
  readonly partial: boolean;
}

const cache = new WeakMap<object, readonly Form[]>();
/** Words that stand in so many texts that they do not tell a value by themselves. */
const common = new Set(
  "a an and at by de der die for from in la le no not of on one or the to with dr mr mrs ms st very more less most least non semi super".split(
    " ",
  ),
);

/** Every place where a text names an allowed value, a synonym of it, or words that no other value has. Longer forms come first. */
export function findChoices(field: Field, text: string): FoundChoice[] {
  const forms = formsOf(field);
  if (forms.length === 0) return [];
  const words = tokens(text);
  const found: FoundChoice[] = [];
  for (const form of forms) {
    for (let at = 0; at + form.words.length <= words.length; at += 1) {
      if (!form.words.every((word, index) => sameWord(word, words[at + index]?.word, form.partial))) continue;
      const span = {
        start: words[at]?.start ?? 0,
        end: words[at + form.words.length - 1]?.end ?? 0,
        value: form.value,
      };
      const whole = found.some((other) => overlaps(other, span));
      if (!whole) found.push({ ...span, ...(form.partial ? { partial: true as const } : {}) });
    }
  }
  return found.sort((one, other) => one.start - other.start);
}

/** The allowed value that a text is, as a whole, in any case and spacing. */
export function exactChoice(field: Field, text: string): string | undefined {
  const wanted = squeezed(text);
  if (wanted === "") return undefined;
  const values = field.values ?? [];
  const exact = values.find(({ value }) => value === text) ?? values.find(({ value }) => squeezed(value) === wanted);
  return (exact ?? values.find(({ synonyms }) => synonyms?.some((word) => squeezed(word) === wanted)))?.value;
}

/** Whether an enum is a yes or no in other words: two values, one of them true. */
export function asBoolean(field: Field, locale: string | undefined): { yes: string; no: string } | undefined {
  if (field.type !== "enum" || field.values?.length !== 2) return undefined;
  const read = (value: string) => readBoolean(value, locale) ?? readBoolean(value, "en");
  const [first, second] = field.values.map(({ value }) => value);
  if (first === undefined || second === undefined) return undefined;
  if (read(first) === true && read(second) === false) return { yes: first, no: second };
  return read(first) === false && read(second) === true ? { yes: second, no: first } : undefined;
}

/** A plain yes or no: the whole text, or its first word before a comma. */
export function readBoolean(text: string, locale: string | undefined): boolean | undefined {
  const { yes, no } = languageOf(locale);
  const folded = fold(text).replace(/[.!]+$/, "");
  if (yes.has(folded)) return true;
  if (no.has(folded)) return false;
  const first =
    /^([\p{L}']+)\s?[,;.!]/u.exec(folded)?.[1] ?? /^([\p{L}']+) (?:please|thanks|bitte)\b/u.exec(folded)?.[1];
  if (first === undefined) return undefined;
  return yes.has(first) ? true : no.has(first) ? false : undefined;
}

function squeezed(text: string): string {
  return fold(text).replace(/[^\p{L}\p{N}]+/gu, "");
}

function sameWord(wanted: string, given: string | undefined, partial: boolean): boolean {
  return given === wanted || (!partial && wanted.length > 3 && (given === `${wanted}s` || given === `${wanted}es`));
}

function formsOf(field: Field): readonly Form[] {
  const values = field.values ?? [];
  const known = cache.get(values);
  if (known !== undefined) return known;
  const whole: Form[] = values.flatMap(({ value, synonyms = [] }) =>
    [value, ...synonyms].map((text) => ({ words: tokens(text).map(({ word }) => word), value, partial: false })),
  );
  const forms = [...whole, ...partialForms(whole, field)].filter(({ words }) => words.length > 0);
  const sorted = forms.sort(
    (one, other) => other.words.length - one.words.length || Number(one.partial) - Number(other.partial),
  );
  cache.set(values, sorted);
  return sorted;
}

/** For a value of several words: the run of words, or the word, that no other value has. */
function partialForms(whole: readonly Form[], field: Field): Form[] {
  const spoken = new Set(
    senseTokens(`${field.name} ${field.displayName ?? ""} ${field.extractionHint ?? ""}`).map(({ sense }) => sense),
  );
  const owners = new Map<string, Set<string>>();
  for (const { words, value } of whole) {
    for (const word of words) owners.set(word, (owners.get(word) ?? new Set()).add(value));
  }
  return whole.flatMap(({ words, value }) => {
    if (words.length < 2 || value.includes("-")) return [];
    const own = words.filter(
      (word) => owners.get(word)?.size === 1 && !common.has(word) && word.length > 2 && !spoken.has(senseOf(word)),
    );
    return own.map((word) => ({ words: [word], value, partial: true }));
  });
}

const helping = new Set(
  "has have is are was allow allowed allows serve serves offer offers welcome good for needs need want wants with".split(
    " ",
  ),
);

/**
 * What a sentence says about a yes-or-no field by naming it: true if it has all the words of the field's name, false if one of them is
 * denied. The words that only help ("has", "allowed") do not count.
 */
export function readStatement({ name, displayName }: Field, text: string): boolean | undefined {
  const wanted = keyWords(displayName ?? name);
  if (wanted.length === 0) return undefined;
  const words = senseTokens(text);
  const places = wanted.map((sense) => words.find((word) => word.sense === sense));
  if (places.some((place) => place === undefined)) return undefined;
  return !places.some((place) => place !== undefined && isDenied(text, place.start, undefined));
}

function keyWords(name: string): string[] {
  return nameWords(name)
    .filter((word) => isContent(word) && !helping.has(word.word))
    .map(({ sense }) => sense);
}

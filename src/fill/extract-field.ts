import type { Field } from "../contracts/types.js";
import { asBoolean } from "./normal-choice.js";
import type { Reference } from "./normal-date.js";
import { choiceKind } from "./normal-field.js";
import { isContent, nameWords, senseTokens } from "./normal-words.js";

/** What is looked for in a text for a field. */
export type Kind = "date" | "time" | "datetime" | "number" | "boolean" | "choice" | "email" | "phone" | "text" | "none";

/** A field as the extractor sees it. */
export interface FieldView {
  readonly field: Field;
  readonly kind: Kind;
  /** Senses of its name, prompt and hint with their weights: at most 1, less for what other fields say as well. */
  readonly words: ReadonlyMap<string, number>;
  /** Senses of its name alone. */
  readonly own: ReadonlySet<string>;
  /** For free text: the field with its examples as values. */
  readonly examples?: Field;
}

/** The fields as they are looked for, in order. What several fields of one kind share says little about each. */
export function viewsOf(fields: readonly Field[], reference: Reference): FieldView[] {
  const plain = fields.map((field) => ({ field, kind: kindOf(field, reference), texts: textsOf(field) }));
  const owners = new Map<string, number>();
  for (const { kind, texts } of plain) {
    for (const sense of sensesOf(texts)) owners.set(`${kind} ${sense}`, (owners.get(`${kind} ${sense}`) ?? 0) + 1);
  }
  return plain.map(({ field, kind, texts }) => {
    const own = sensesOf([texts[0] ?? [], texts[1] ?? []]);
    const words = new Map<string, number>();
    for (const sense of sensesOf(texts)) {
      words.set(sense, (own.has(sense) ? 1 : 0.6) / (owners.get(`${kind} ${sense}`) ?? 1));
    }
    // Whoever asks for four seats comes with three others, unless seats or people are a field of their own.
    if (kind === "number" && words.has("people") && !owners.has("number seat")) words.set("seat", 0.7);
    if (kind === "number" && words.has("seat") && !owners.has("number people")) words.set("people", 0.7);
    return { field, kind, words, own, ...(kind === "text" ? examplesOf(field) : {}) };
  });
}

function examplesOf(field: Field): { examples?: Field } {
  const { examples = [] } = field;
  return examples.length === 0 ? {} : { examples: { ...field, values: examples.map((value) => ({ value })) } };
}

/** How much a word belongs to a field, from 0 to 1. "bedroom" belongs to a field about rooms, and to one about beds. */
export function weightOf({ words }: FieldView, sense: string): number {
  const weight = words.get(sense);
  if (weight !== undefined || sense.length < 4) return weight ?? 0;
  for (const [own, value] of words) {
    if (own.length >= 4 && (sense.endsWith(own) || own.endsWith(sense))) return value * 0.7;
    if (sense === `${own}room` || own === `${sense}room`) return value * 0.9;
  }
  return 0;
}

function textsOf({ name, displayName, extractionHint, askPrompt }: Field) {
  return [
    nameWords(name),
    nameWords(displayName ?? ""),
    // The path to a field says what it is about, and is no name of its own: "shipping.city".
    nameWords(name.slice(0, Math.max(0, name.lastIndexOf(".")))),
    senseTokens(extractionHint ?? ""),
    senseTokens(askPrompt ?? ""),
  ];
}

function sensesOf(texts: readonly (readonly { word: string; sense: string }[])[]): Set<string> {
  return new Set(
    texts
      .flat()
      .filter(isContent)
      .map(({ sense }) => sense),
  );
}

function kindOf(field: Field, reference: Reference): Kind {
  switch (field.type) {
    case "number":
    case "integer":
      return "number";
    case "string":
      return "text";
    case "object":
      return "none";
    case "enum":
      if (asBoolean(field, reference.locale) !== undefined) return "boolean";
      return choiceKind(field, reference)?.kind ?? "choice";
    default:
      return field.type;
  }
}

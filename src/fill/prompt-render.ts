import type { CompetingFinding, Field, Session } from "../contracts/types.js";
import { immediate } from "../resilience/immediate.js";
import { fillTemplate, type PromptsByLocale, type PromptTemplates, templatesFor } from "./prompt-templates.js";

/** What is to be said to the person. */
export type PromptRequest = {
  readonly session: Session;
  readonly locale?: string;
} & (
  | { readonly kind: "ask"; readonly field: Field }
  /** All questions in one: their own texts are given. */
  | { readonly kind: "several"; readonly fields: readonly Field[]; readonly prompts: readonly string[] }
  | {
      readonly kind: "confirm";
      readonly field: Field;
      readonly value: unknown;
      readonly quote?: string;
      readonly competing: readonly CompetingFinding[];
    }
);

/**
 * The host's texts: templates by locale, or a function that returns what is said, and undefined to leave it to the templates.
 *
 * @public
 */
export type Prompts = PromptsByLocale | ((request: PromptRequest) => string | undefined);

/** Longest quote that is shown to the person. */
const maxQuote = 200;

/** Most choices that are listed. */
const maxChoices = 12;

/** The text for a request: the function's, the field's own question, else from the templates of the locale. */
export function renderPrompt(prompts: Prompts | undefined, request: PromptRequest): string {
  if (typeof prompts === "function") {
    const said = immediate(prompts(request));
    if (typeof said === "string" && said.trim() !== "") return said;
  }
  const texts = templatesFor(typeof prompts === "function" ? {} : (prompts ?? {}), request.locale);
  switch (request.kind) {
    case "ask":
      return asked(texts, request.field);
    case "several":
      return fillTemplate(texts.several, { questions: request.prompts.map((prompt) => `- ${prompt}`).join("\n") });
    case "confirm":
      return confirmed(texts, request);
  }
}

function asked(texts: PromptTemplates, field: Field): string {
  if (field.askPrompt !== undefined) return field.askPrompt;
  const question = fillTemplate(texts.ask, { name: nameOf(field) });
  const { values = [], examples = [] } = field;
  if (values.length > 0 && values.length <= maxChoices) {
    return (
      question +
      fillTemplate(texts.choices, {
        choices: listed(
          values.map(({ value }) => value),
          texts.or,
        ),
      })
    );
  }
  if (examples.length === 0) return question;
  return question + fillTemplate(texts.examples, { examples: listed(examples.slice(0, 3), texts.or) });
}

function confirmed(texts: PromptTemplates, request: PromptRequest & { readonly kind: "confirm" }): string {
  const { field, value, quote, competing } = request;
  const name = nameOf(field);
  const others = competing.flatMap((one) => (one.value === undefined ? [] : [shown(texts, one.value)]));
  if (others.length > 0)
    return fillTemplate(texts.conflict, { name, values: listed([shown(texts, value), ...others], texts.or) });
  if (quote === undefined || quote.trim() === "")
    return fillTemplate(texts.confirm, { name, value: shown(texts, value) });
  const words = quote.length > maxQuote ? `${quote.slice(0, maxQuote)}…` : quote;
  return fillTemplate(texts.confirmQuote, { name, value: shown(texts, value), quote: words });
}

function nameOf({ name, displayName }: Field): string {
  return displayName ?? name;
}

function shown(texts: PromptTemplates, value: unknown): string {
  if (typeof value === "boolean") return value ? texts.yes : texts.no;
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}

function listed(items: readonly string[], or: string): string {
  const last = items.at(-1) ?? "";
  return items.length < 2 ? last : `${items.slice(0, -1).join(", ")} ${or} ${last}`;
}

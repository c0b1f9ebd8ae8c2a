/**
 * Texts of questions. In each, `{name}` stands for what the field is called, and the other places for what is said there.
 *
 * @public
 */
export interface PromptTemplates {
  /** One field: `{name}`. */
  readonly ask: string;
  /** Put behind the question for a field with allowed values: `{choices}`. */
  readonly choices: string;
  /** Put behind the question for a field with examples: `{examples}`. */
  readonly examples: string;
  /** Several fields in one question: `{questions}`, each on its own line. */
  readonly several: string;
  /** Whether a value is right: `{name}`, `{value}`. */
  readonly confirm: string;
  /** The same with the words it was taken from: `{name}`, `{value}`, `{quote}`. */
  readonly confirmQuote: string;
  /** Which of several values is right: `{name}`, `{values}`. */
  readonly conflict: string;
  readonly yes: string;
  readonly no: string;
  /** Between the last two of a list. */
  readonly or: string;
}

/** What is said where the host says nothing else. */
export const defaultPrompts: PromptTemplates = Object.freeze({
  ask: "Please tell us: {name}",
  choices: " ({choices})",
  examples: " (for example {examples})",
  several: "We need a few more details:\n{questions}",
  confirm: "Is this right: {name} {value}?",
  confirmQuote: "You said “{quote}”. Is this right: {name} {value}?",
  conflict: "Which one is right for {name}: {values}?",
  yes: "yes",
  no: "no",
  or: "or",
});

/**
 * The same texts in German, as an example of a second language and for hosts that speak it.
 *
 * @public
 */
export const germanPrompts: PromptTemplates = Object.freeze({
  ask: "Bitte teilen Sie uns mit: {name}",
  choices: " ({choices})",
  examples: " (zum Beispiel {examples})",
  several: "Wir brauchen noch einige Angaben:\n{questions}",
  confirm: "Stimmt das: {name} {value}?",
  confirmQuote: "Sie schrieben „{quote}“. Stimmt das: {name} {value}?",
  conflict: "Was gilt für {name}: {values}?",
  yes: "ja",
  no: "nein",
  or: "oder",
});

/** Templates by locale (`de`, `de-AT`); what a locale leaves out is taken from its language, then from the default. */
export type PromptsByLocale = Readonly<Record<string, Partial<PromptTemplates>>>;

/** The texts for a locale: its own, those of its language, those of `default`, then English. */
export function templatesFor(prompts: PromptsByLocale, locale: string | undefined): PromptTemplates {
  const names = ["default", ...(locale === undefined ? [] : [locale.split("-")[0] ?? "", locale])];
  const chosen = names.flatMap((name) =>
    Object.entries(prompts).filter(([key]) => key.toLowerCase() === name.toLowerCase()),
  );
  const builtIn = locale?.toLowerCase().split("-")[0] === "de" ? germanPrompts : defaultPrompts;
  return Object.assign({}, builtIn, ...chosen.map(([, texts]) => texts));
}

/** Puts values into the places of a template; what is put in is never read as a template itself. */
export function fillTemplate(template: string, values: Readonly<Record<string, string>>): string {
  return template.replace(/\{(\w+)\}/g, (place, name: string) =>
    Object.hasOwn(values, name) ? (values[name] ?? "") : place,
  );
}

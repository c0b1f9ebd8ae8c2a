import { conversationSource, type Extractor, type FieldSource, profileSource } from "./api.js";
import { count, isLoose, type Loose, list, record, text } from "./case.js";

/** The customer's profile of a case: field -> value, or { value, status, confidence }. What moves find is put into it. */
export function sourcesOf(profile: Record<string, unknown>): FieldSource[] {
  const known = () =>
    Object.entries(profile).flatMap(([field, entry]): [string, { value: unknown; confidence: number }][] => {
      const { value, status = "active", confidence } = isLoose(entry) ? entry : { value: entry };
      const usable = status === "active" || status === "confirmed";
      return usable && value !== null && value !== undefined
        ? [[field, { value, confidence: count(confidence) ?? 1 }]]
        : [];
    });
  const source = profileSource({
    load: async () => Object.fromEntries(known()),
    save: async ({ write }) => {
      for (const { field, value, confidence } of write) profile[field] = { value, status: "active", confidence };
    },
  });
  // Cases that name no customer have a profile all the same.
  const find: FieldSource["find"] = async ({ session, ...request }) =>
    source.find({ ...request, session: { customerId: "customer", ...session } });
  return [{ ...source, find }];
}

/** Reads a case's conversation with the answer of a model that the case gives. */
export class RecordedReader {
  /** The fields of each call. */
  readonly calls: (readonly string[])[] = [];
  readonly sources: readonly FieldSource[];

  constructor(given: Loose) {
    const turns = list(given.conversation).flatMap((turn) => {
      const { role, text: said } = record(turn);
      return (role === "user" || role === "assistant") && typeof said === "string"
        ? [{ role, text: said } as const]
        : [];
    });
    const answer = text(given.extraction);
    const field = text(given.field) ?? "email";
    const echoes = /echo/i.test(text(given.extractor) ?? "");
    const extractor: Extractor = {
      name: "recorded",
      model: "recorded",
      extract: async ({ fields, turns: shown }) => {
        this.calls.push(fields.map(({ name }) => name));
        return echoes ? echoIn(answer, field, text(given.value), shown) : answersIn(answer, field, shown);
      },
    };
    this.sources = turns.length === 0 ? [] : [conversationSource({ turns: async () => turns, extractor })];
  }

  /** Calls in which a field was looked for. */
  callsFor(field: string): number {
    return this.calls.filter((fields) => fields.includes(field)).length;
  }
}

/** The answer about one field, in the words of the cases, as an extractor's: what cannot be read is handed on as it is. */
function answersIn(answer: string | undefined, field: string, turns: readonly { readonly text: string }[]): unknown {
  const json = answer?.replace(/^```[a-z]*\s|```$/g, "") ?? "";
  let told: Loose;
  try {
    told = record(JSON.parse(json));
  } catch {
    return answer;
  }
  if (told.found !== true) return [];
  const { value, confidence, source_quote: quote } = told;
  const turn = turns.findIndex((one) => typeof quote === "string" && one.text.includes(quote));
  return [{ field, value, confidence, quote, turn }];
}

/** The answer of a model that finds the value of a field only where the text of its turn is shown to it. */
function echoIn(
  answer: string | undefined,
  field: string,
  value: string | undefined,
  turns: readonly { readonly role: string; readonly text: string }[],
): unknown {
  const told = answer === undefined ? [] : answersIn(answer, field, turns);
  if (Array.isArray(told) && told.some((one) => record(one).turn !== -1)) return told;
  return turns.flatMap(({ role, text: said }, turn) => {
    const found = value ?? /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/.exec(said)?.[0] ?? /\+?\d[\d -]{6,}\d/.exec(said)?.[0];
    const isSaid = role === "user" && found !== undefined && said.includes(found);
    return isSaid ? [{ field, value: found, confidence: 0.97, quote: said, turn }] : [];
  });
}

/** Definitions of the fields that a case collects and leaves undefined: those whose name is a type are of that type. */
export function definitionsFor(graph: Loose): Loose {
  const names = new Set(list(graph.steps).flatMap((step) => list(record(step).collects).map(String)));
  const fields = [...names].map((name) => ({ name, type: name === "email" || name === "phone" ? name : "string" }));
  return fields.length === 0 ? {} : { fields };
}

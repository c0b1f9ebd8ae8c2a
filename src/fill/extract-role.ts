import { type FieldView, weightOf } from "./extract-field.js";
import { isContent, nameWords, senseTokens } from "./normal-words.js";

/** What a field of free text holds, as far as its name and hint tell. */
export interface Role {
  readonly view: FieldView;
  readonly index: number;
  readonly person: boolean;
  readonly code: boolean;
  readonly place: boolean;
  readonly city: boolean;
  readonly side: "from" | "to" | undefined;
}

const roles = new WeakMap<FieldView, Omit<Role, "view" | "index">>();
const personal = new Set(
  "name full first last family sur given your user customer client patient renter tenant guest passenger applicant caller contact employee student member owner my person".split(
    " ",
  ),
);
const codes = new Set("number id pin code account reference plate zip postcode serial iban ssn".split(" "));
/** What a field of free text is about: its speaker, a code, a place. Worked out once. */
export function roleOf(view: FieldView): Omit<Role, "view" | "index"> {
  const known = roles.get(view);
  if (known !== undefined) return known;
  const { name, displayName, extractionHint } = view.field;
  const own = nameWords(name).map(({ word }) => word);
  const all = [
    ...own,
    ...nameWords(displayName ?? "").map(({ word }) => word),
    ...senseTokens(extractionHint ?? "").map(({ word }) => word),
  ];
  const has = (...words: string[]) => words.some((word) => all.includes(word));
  const made = {
    person: own.includes("name") && own.every((word) => personal.has(word)) && !has("of"),
    code: own.some((word) => codes.has(word)) && !has("many"),
    place: has("city", "location", "area", "where", "town", "place", "airport", "station", "origin", "destination"),
    city: has("city", "town"),
    side: sideOf(has),
  };
  roles.set(view, made);
  return made;
}

function sideOf(has: (...words: string[]) => boolean): "from" | "to" | undefined {
  const from = has("from", "origin", "departure", "departing", "leaving", "start", "starting", "outbound");
  const to = has("to", "destination", "arrival", "arriving", "going", "ending");
  if (has("destination", "arrival")) return "to";
  if (has("origin", "departure")) return "from";
  return from === to ? undefined : from ? "from" : "to";
}

/** Free text that asks for a date, such as a date of birth. */
export function isDated(view: FieldView): boolean {
  return (
    senseTokens(
      nameWords(view.field.name)
        .map(({ word }) => word)
        .join(" "),
    ).some(({ word }) => /^(?:date|day|birthday|time|dob)$/.test(word)) ||
    nameWords(view.field.name)
      .filter(isContent)
      .some(({ sense }) => sense === "birth" && weightOf(view, sense) > 0)
  );
}

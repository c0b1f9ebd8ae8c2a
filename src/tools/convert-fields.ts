import type { Field } from "../contracts/types.js";
import type { NeutralField, NeutralStep } from "./convert-document.js";
import type { ConversionNote } from "./convert-notes.js";

/** Lists and structures are objects; what has no type of its own is text. */
const types: Readonly<Record<string, Field["type"]>> = {
  boolean: "boolean",
  date: "date",
  time: "time",
  email: "email",
  phone: "phone",
  number: "number",
  money: "number",
  long: "integer",
  multi_enum: "object",
  list: "object",
  address: "object",
};

const numeric: ReadonlySet<Field["type"]> = new Set(["number", "integer"]);

function typeOf(field: NeutralField): Field["type"] {
  if (field.type === "enum") return (field.allowed_values ?? []).length > 0 ? "enum" : "string";
  return types[field.type] ?? "string";
}

const valuesOf = (field: NeutralField): string[] => [...new Set((field.allowed_values ?? []).map(String))];

function wider(a: Field["type"], b: Field["type"]): Field["type"] {
  if (a === b) return a;
  if (a === "object" || b === "object") return "object";
  return numeric.has(a) && numeric.has(b) ? "number" : "string";
}

interface Draft {
  type: Field["type"];
  displayName: string | undefined;
  readonly values: Set<string>;
}

function fieldOf(name: string, draft: Draft): Field {
  const values = [...draft.values];
  return {
    name,
    type: draft.type,
    ...(draft.displayName === undefined ? {} : { displayName: draft.displayName }),
    ...(draft.type === "enum" ? { values: values.map((value) => ({ value })) } : {}),
    ...((draft.type === "object" || draft.type === "string") && values.length > 0 ? { examples: values } : {}),
  };
}

/**
 * The field definitions of a flow: one for each name that its steps collect, in the order of first use.
 *
 * A name collected with different definitions becomes one field: the wider type (a list wins, then text, then number), all
 * values in order of first use, the first description.
 *
 * @param steps - the steps of one neutral flow
 * @returns the definitions and notes about merged and optional fields
 *
 * @since 0.1.0
 */
export function convertFields(steps: readonly NeutralStep[]): { fields: Field[]; notes: ConversionNote[] } {
  const drafts = new Map<string, Draft>();
  const notes: ConversionNote[] = [];
  for (const step of steps) {
    for (const field of step.collects ?? []) {
      if (field.required === false) {
        notes.push({
          code: "field_optional",
          stepId: step.id,
          field: field.name,
          message: "The source lets it be empty.",
        });
      }
      const type = typeOf(field);
      const draft = drafts.get(field.name);
      if (draft === undefined) {
        drafts.set(field.name, { type, displayName: field.description, values: new Set(valuesOf(field)) });
        continue;
      }
      const before = draft.values.size;
      for (const value of valuesOf(field)) draft.values.add(value);
      const merged = wider(draft.type, type);
      if (merged !== draft.type || type !== draft.type || draft.values.size !== before) {
        notes.push({
          code: "field_merged",
          stepId: step.id,
          field: field.name,
          message: `Collected as ${draft.type} and as ${type}; stored as ${merged}.`,
        });
      }
      draft.type = merged;
      draft.displayName ??= field.description;
    }
  }
  return { fields: [...drafts].map(([name, draft]) => fieldOf(name, draft)), notes };
}

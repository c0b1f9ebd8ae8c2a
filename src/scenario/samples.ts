import type { Field } from "../contracts/types.js";
import type { Expression, Literal } from "./expression.js";
import { fieldAccepts } from "./value.js";

/** A value that stands for all values between which the conditions of a fork cannot tell. */
export interface Sample {
  readonly value: Literal;
  /** Whether the field is known to be able to hold this value; otherwise it only might. */
  readonly real: boolean;
}

/** What the conditions of a fork compare a field with. */
export interface FieldUse {
  readonly literals: Set<Literal>;
  /** The field stands alone as a condition. */
  bare: boolean;
  /** Null can be told from other values. */
  nullable: boolean;
}

/** A comparison of one field with literals, or a test of one field. */
export interface Atom {
  readonly field: string;
  readonly literals: readonly Literal[];
  readonly bare: boolean;
  readonly nullable: boolean;
}

/** The atom that an expression is; undefined for anything that relates fields or computes. */
export function atomOf(expression: Expression): Atom | undefined {
  switch (expression.kind) {
    case "field":
      return { field: expression.name, literals: [], bare: true, nullable: false };
    case "has":
      return expression.of.kind === "field"
        ? { field: expression.of.name, literals: [], bare: false, nullable: true }
        : undefined;
    case "compare": {
      const { op, left, right } = expression;
      if (op === "in") {
        const items = right.kind === "list" ? right.items : undefined;
        const literals = items?.flatMap((item) => (item.kind === "literal" ? [item.value] : [])) ?? [];
        return left.kind === "field" && literals.length === items?.length ? comparison(left.name, literals) : undefined;
      }
      if (left.kind === "field" && right.kind === "literal") return comparison(left.name, [right.value]);
      if (left.kind === "literal" && right.kind === "field") return comparison(right.name, [left.value]);
      return undefined;
    }
    default:
      return undefined;
  }
}

function comparison(field: string, literals: readonly Literal[]): Atom {
  return { field, literals, bare: false, nullable: literals.includes(null) };
}

/**
 * Samples of a field such that every value it can hold behaves, in the comparisons of a fork, like one of them. Undefined if the
 * field is compared with values of several types.
 */
export function samplesOf(use: FieldUse, field: Field | undefined): Sample[] | undefined {
  const values = [...use.literals].filter((value) => value !== null);
  const kinds = new Set(values.map((value) => typeof value));
  if (use.bare) kinds.add("boolean");
  if (field !== undefined) kinds.add(kindOf(field));
  if (kinds.size > 1) return undefined;
  const [kind = "string"] = kinds;
  const samples = kind === "number" ? numbers(values, field) : kind === "boolean" ? booleans() : texts(values, field);
  if (kind === "object") return undefined;
  return use.nullable ? [...samples, { value: null, real: true }] : samples;
}

function kindOf({ type }: Field): "boolean" | "number" | "object" | "string" {
  if (type === "number" || type === "integer") return "number";
  return type === "boolean" || type === "object" ? type : "string";
}

function booleans(): Sample[] {
  return [true, false].map((value) => ({ value, real: true }));
}

/** Each bound, a point between neighbours, one below and one above, within what the field allows. */
function numbers(values: readonly Literal[], field: Field | undefined): Sample[] {
  const bounds = [...values, field?.min, field?.max].filter((value) => typeof value === "number").sort((a, b) => a - b);
  const points = new Set<number>(bounds.length === 0 ? [0] : bounds);
  bounds.forEach((bound, at) => {
    const reach = Math.max(1, Math.abs(bound));
    const next = bounds[at + 1] ?? bound + reach;
    const before = bounds[at - 1] ?? bound - reach;
    points.add(bound / 2 + next / 2);
    points.add(before);
    points.add(next);
    // The nearest whole numbers, for fields that hold no others.
    points.add(Math.floor(bound) + 1);
    points.add(Math.ceil(bound) - 1);
  });
  return [...points]
    .filter((point) => Number.isFinite(point) && (field === undefined || fieldAccepts(field, point)))
    .map((value) => ({ value, real: true }));
}

/** Each literal, one text right above it, one below all, and one that is none of them. */
function texts(values: readonly Literal[], field: Field | undefined): Sample[] {
  if (field?.type === "enum" && field.values !== undefined) {
    return field.values.map(({ value }) => ({ value, real: true }));
  }
  const literals = values.filter((value) => typeof value === "string");
  const points = new Set(["", ...literals, ...literals.map((text) => `${text}\0`)]);
  let fresh = "other";
  while (points.has(fresh)) fresh += "_";
  points.add(fresh);
  for (const text of typical(literals, field)) points.add(text);
  return [...points].map((value) => ({ value, real: field === undefined || fieldAccepts(field, value) }));
}

/** Valid values of types whose samples would otherwise all be invalid but for the literals. */
function typical(literals: readonly string[], field: Field | undefined): string[] {
  switch (field?.type) {
    case "date":
      return [...literals.flatMap((text) => [neighbour(text, -1), neighbour(text, 1)]), "0001-01-01", "9999-12-31"];
    case "time":
      return ["00:00", "23:59:59"];
    case "datetime":
      return ["0001-01-01T00:00:00Z", "9999-12-31T23:59:59Z"];
    case "email":
      return ["a@example.com", "other@example.com"];
    case "phone":
      return ["+10000000000", "00000"];
    default:
      return [];
  }
}

/** The day before or after a date. */
function neighbour(date: string, days: number): string {
  const at = Date.parse(`${date}T00:00:00Z`);
  return Number.isNaN(at) ? date : new Date(at + days * 86_400_000).toISOString().slice(0, 10);
}

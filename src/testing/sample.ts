import type { Field } from "../contracts/types.js";
import type { Random } from "./random.js";

const words = ["amber", "birch", "cedar", "delta", "ember", "fjord", "grove", "heath"] as const;

const two = (value: number): string => String(value).padStart(2, "0");

function sampleDate(random: Random): string {
  return `${2000 + random.integer(26)}-${two(1 + random.integer(12))}-${two(1 + random.integer(28))}`;
}

function sampleTime(random: Random): string {
  return `${two(random.integer(24))}:${two(random.integer(60))}`;
}

function sampleNumber(field: Field, random: Random): number {
  const low = field.min ?? Math.min(0, field.max ?? 0);
  const high = Math.max(low, field.max ?? low + 100);
  const value = low + random.next() * (high - low);
  return field.type === "integer" ? Math.min(high, Math.ceil(value)) : Math.round(value * 10) / 10;
}

function sampleText(field: Field, random: Random): string {
  const example = random.pick(field.examples ?? []);
  if (example !== undefined) return example;
  const text = `${random.pick(words)} ${random.pick(words)}`;
  const long = text.padEnd(field.min ?? 0, "x");
  return field.max === undefined ? long : long.slice(0, Math.max(1, field.max));
}

/** Lists are written as objects with examples of their members. */
function sampleObject(field: Field, random: Random): unknown {
  const members = field.examples ?? [];
  if (members.length === 0) return { value: random.pick(words) };
  const chosen = members.filter(() => random.chance(0.4));
  return chosen.length > 0 ? chosen : [random.pick(members)];
}

/**
 * Makes up a value for a field.
 *
 * The value fits the definition of the field, except that a `pattern` is only met by the examples of the field.
 *
 * @param field - the definition
 * @param random - where chance comes from
 * @returns a JSON value that is never empty
 *
 * @remarks Deterministic: the same field and the same state of `random` give the same value.
 *
 * @example
 * sampleValue({ name: "plan", type: "enum", values: [{ value: "basic" }] }, seededRandom(1)); // "basic"
 *
 * @since 0.1.0
 * @public
 */
export function sampleValue(field: Field, random: Random): unknown {
  switch (field.type) {
    case "number":
    case "integer":
      return sampleNumber(field, random);
    case "boolean":
      return random.chance(0.5);
    case "date":
      return sampleDate(random);
    case "time":
      return sampleTime(random);
    case "datetime":
      return `${sampleDate(random)}T${sampleTime(random)}:00Z`;
    case "email":
      return `${random.pick(words)}${random.integer(100)}@example.org`;
    case "phone":
      return `+44207946${two(random.integer(100))}${two(random.integer(100))}`;
    case "enum":
      return random.pick(field.values ?? [])?.value ?? sampleText(field, random);
    case "object":
      return sampleObject(field, random);
    case "string":
      return sampleText(field, random);
  }
}

import type { Field, JsonObject } from "../contracts/types.js";
import { own } from "../hash/own.js";
import type { FieldFinding, FieldSource } from "../ports/field-source.js";
import { type NormaliseOptions, normaliseValue } from "./normal-value.js";

/** How other data of a session is read. */
export interface SessionDataSourceOptions {
  /** Names the source in the records; `session` if absent. */
  readonly name?: string;
  /** Other names under which a field may stand in the session's data, best first. */
  readonly aliases?: Readonly<Record<string, readonly string[]>>;
}

/** A field under its own name or an alias is that field; a name that differs in writing only is to be confirmed. */
const sure = 1;
const likely = 0.9;

/**
 * The session's own data as a source of values: a value in a form that the new version does not take ("4" for a number), the
 * same field under another name, or under a name that differs in case and separators only (`guestCount` for `guest_count`).
 *
 * What is read from a text in which it is not the whole is offered for confirmation.
 *
 * @example
 * sessionDataSource({ aliases: { phone: ["tel", "mobile"] } });
 *
 * @since 0.1.0
 * @public
 */
export function sessionDataSource(options: SessionDataSourceOptions = {}): FieldSource {
  const { name = "session", aliases = {} } = options;
  return {
    name,
    kind: "session",
    find: async ({ session, fields, at, locale, timeZone }) => {
      const reading = { at, locale, timeZone };
      const { variables } = session;
      const found: FieldFinding[] = [];
      for (const field of fields)
        found.push(...(await findOne(field, variables, own(aliases, field.name) ?? [], reading)));
      return found;
    },
  };
}

async function findOne(
  field: Field,
  variables: JsonObject,
  aliases: readonly string[],
  reading: NormaliseOptions,
): Promise<FieldFinding[]> {
  const named = [field.name, ...aliases].map((name) => ({ name, confidence: sure }));
  const plain = plainName(field.name);
  const similar = Object.keys(variables)
    .filter((name) => plainName(name) === plain && !named.some((known) => known.name === name))
    .map((name) => ({ name, confidence: likely }));
  for (const { name, confidence } of [...named, ...similar]) {
    const given = own(variables, name);
    const read = await normaliseValue(field, given, reading);
    if (!read.ok) continue;
    return [
      { field: field.name, value: read.value, confidence: isWhole(given) ? confidence : Math.min(confidence, likely) },
    ];
  }
  return [];
}

/** Whether a value says nothing but itself: no text in which other words could change its meaning. */
function isWhole(value: unknown): boolean {
  return typeof value !== "string" || !(/\s/.test(value.trim()) && /\p{L}/u.test(value));
}

function plainName(name: string): string {
  return name.toLowerCase().replace(/[\s._-]+/g, "");
}

import { RegraftError } from "../errors.js";
import { own } from "../hash/own.js";
import type { FieldFinding, FieldSource } from "../ports/field-source.js";
import type { ProfilePort } from "../ports/profile.js";
import { normaliseValue } from "./normal-value.js";

/** How a profile is read. */
export interface ProfileSourceOptions extends ProfilePort {
  /** Names the source in the records; `profile` if absent. */
  readonly name?: string;
}

/**
 * The customer's profile as a source of values, and as the place to which what the person gave is written after a move.
 *
 * Values are brought to the canonical form of their field; one that has none is not found. A session without `customerId` has no
 * profile.
 *
 * @example
 * profileSource({ load: async ({ customerId }) => crm.fields(customerId), save: (change) => crm.apply(change) });
 *
 * @since 0.1.0
 * @public
 */
export function profileSource(options: ProfileSourceOptions): FieldSource {
  const { name = "profile", save } = options;
  return {
    name,
    kind: "profile",
    find: async ({ session, fields, at, locale, timeZone, signal }) => {
      const { tenantId, customerId } = session;
      if (customerId === undefined) return [];
      const profile = await options.load({
        tenantId,
        customerId,
        fields: fields.map((field) => field.name),
        session,
        signal,
      });
      const findings: FieldFinding[] = [];
      for (const field of fields) {
        const known = own(profile ?? {}, field.name);
        if (known === undefined || known === null) continue;
        requireKnown(name, field.name, known);
        const read = await normaliseValue(field, known.value, { at, locale, timeZone });
        if (!read.ok) continue;
        const since = known.at === undefined ? {} : { at: known.at };
        findings.push({ field: field.name, value: read.value, confidence: known.confidence ?? 1, ...since });
      }
      return findings;
    },
    ...(save === undefined ? {} : { save: (change) => save.call(options, change) }),
  };
}

/** Refuses a bare value, which would be found nowhere without anybody noticing. */
function requireKnown(source: string, field: string, known: unknown): asserts known is { readonly value: unknown } {
  if (typeof known === "object" && known !== null && "value" in known) return;
  const details = { path: `/${field}`, expected: "{ value, confidence?, at? }", received: typeof known };
  throw new RegraftError("INPUT.INVALID", `${source}: ${field}: expected ${details.expected}`, details);
}

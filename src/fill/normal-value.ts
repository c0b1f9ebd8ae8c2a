import type { Field } from "../contracts/types.js";
import { knownValue } from "../scenario/value.js";
import type { Reference } from "./normal-date.js";
import { type Normalised, normaliseField } from "./normal-field.js";
import { type Libraries, loadLibraries } from "./normal-libraries.js";

/** What a Standard Schema is, as far as it is used: zod 4, valibot, arktype and others fit. */
export interface FieldValidator {
  readonly "~standard": {
    readonly validate: (value: unknown) => ValidatorResult | Promise<ValidatorResult>;
  };
}

/** What a {@link FieldValidator} answers. */
export type ValidatorResult =
  | { readonly value: unknown; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string }[] };

/** What a value is read with. */
export interface NormaliseOptions extends Reference {
  /** The host's own schema of a field, by field name. It is asked after the field's definition, with the canonical value. */
  readonly fieldValidators?: Readonly<Record<string, FieldValidator>>;
  /** Readers of dates in words and of phone numbers; the optional packages that are installed if absent. */
  readonly libraries?: Libraries;
}

/**
 * Turns what a person or a model said for a field into the field's canonical form: a number, a boolean, `YYYY-MM-DD`, `HH:MM`,
 * `YYYY-MM-DDTHH:MM`, E.164, an address with its host in lower case, or the allowed value that a synonym stands for.
 *
 * A text may be the value or a short phrase with one value in it ("no, make it Tuesday"); what it denies does not count, and two
 * values are `ambiguous`. What it returns satisfies the field's definition, and is returned unchanged when it is given again.
 * Objects are taken as they are and never read from text.
 *
 * @param given - what was said, or a value that is canonical already
 * @param options - `locale` (BCP 47) decides decimal signs, the order of day and month, and the region of national phone numbers;
 * `at` and `timeZone` what "tomorrow" means
 * @returns the value, or why there is none; it never rejects
 *
 * @example
 * await normaliseValue({ name: "guests", type: "integer", max: 8 }, "three"); // { ok: true, value: 3 }
 * await normaliseValue({ name: "guests", type: "integer", max: 8 }, "12"); // { ok: false, problem: "range", ... }
 *
 * @since 0.1.0
 */
export async function normaliseValue(
  field: Field,
  given: unknown,
  options: NormaliseOptions = {},
): Promise<Normalised> {
  const libraries = options.libraries ?? (await loadLibraries());
  const read = normaliseField(field, given, options, libraries);
  const validators = options.fieldValidators ?? {};
  const validator = Object.hasOwn(validators, field.name) ? validators[field.name] : undefined;
  return read.ok && validator !== undefined ? await validated(field, read.value, validator) : read;
}

async function validated(field: Field, value: unknown, validator: FieldValidator): Promise<Normalised> {
  try {
    const result = await validator["~standard"].validate(value);
    if (result.issues === undefined && knownValue(field, result.value)) return { ok: true, value: result.value };
    const [issue] = result.issues ?? [];
    return { ok: false, problem: "refused", expected: issue?.message ?? "what the field's definition takes" };
  } catch {
    return { ok: false, problem: "refused", expected: "a value that the host's schema can check" };
  }
}

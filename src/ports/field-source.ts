import type { Field, Scenario, Session } from "../contracts/types.js";

/** Where values come from, in the order in which sources are asked. */
export type FieldSourceKind = "profile" | "session" | "tool" | "conversation";

/** What a source is asked for. */
export interface FieldRequest {
  readonly session: Session;
  /** The version that needs the values. */
  readonly scenario: Scenario;
  /** Never empty; a field that the version does not define is a plain text field of that name. */
  readonly fields: readonly Field[];
}

/** A value that a source found, and how sure it is. */
export interface FieldFinding {
  readonly field: string;
  readonly value: unknown;
  /** From 0 to 1. */
  readonly confidence: number;
  /** The words it was taken from. */
  readonly quote?: string;
}

/**
 * Finds values of fields without asking the person. It may find some, none or all.
 *
 * What it throws, what is no finding or does not fit the field's definition, and what comes later than `limits.sourceTimeoutMs`
 * counts as nothing found and is logged as a warning: with the text of what was thrown, never with a value that was found.
 *
 * @public
 */
export interface FieldSource {
  /** Names the source in the records. */
  readonly name: string;
  readonly kind: FieldSourceKind;
  find(request: FieldRequest): Promise<readonly FieldFinding[]>;
}

import type { Field, ProfileWrite, Scenario, Session, Timestamp } from "../contracts/types.js";

/**
 * Where values come from, in the order in which sources are asked: the customer's profile, other data of the session, tools and
 * the application itself, the conversation.
 */
export type FieldSourceKind = "profile" | "session" | "tool" | "conversation";

/** What a source is asked for. */
export interface FieldRequest {
  readonly session: Session;
  /** The version that needs the values. */
  readonly scenario: Scenario;
  /**
   * Never empty; a field that the version does not define is a plain text field of that name. Fields that another source has found
   * are among them where a contradiction would matter.
   */
  readonly fields: readonly Field[];
  /** Now. */
  readonly at: Timestamp;
  /** BCP 47: how the person writes dates, numbers and phone numbers. */
  readonly locale?: string;
  /** IANA name of the person's zone. */
  readonly timeZone?: string;
  /** Latest turns of the conversation that may be read. */
  readonly maxTurns: number;
  /** Aborted when `limits.sourceTimeoutMs` is over: what comes later is not heard. */
  readonly signal: AbortSignal;
}

/** A value that a source found, and how sure it is. */
export interface FieldFinding {
  readonly field: string;
  readonly value: unknown;
  /** From 0 to 1. */
  readonly confidence: number;
  /** The words it was taken from. */
  readonly quote?: string;
  /** The turn that holds them, from 0 in the conversation as it was read. */
  readonly turn?: number;
  /** Where the quote stands in that turn: UTF-16 offsets, the end exclusive. */
  readonly span?: readonly [start: number, end: number];
  /** Who read it out of the turn, and the model behind. */
  readonly extractor?: string;
  readonly model?: string;
  /** Since when the value is known; it expires from there. Now if absent. */
  readonly at?: Timestamp;
}

/** A value to be taken out of the profile again. */
export interface ProfileRemoval {
  readonly field: string;
  /** Whether a value that stands in the profile is the one that was written. */
  isOurs(value: unknown): boolean;
}

/** What a profile is told about a move, or about the undo of one. */
export interface ProfileChange {
  /** The same id again is the same change: a profile that has seen it does nothing. */
  readonly id: string;
  readonly tenantId: string;
  readonly customerId: string;
  readonly sessionId: string;
  readonly at: Timestamp;
  /** Values that the person gave or said, with where they were found. */
  readonly write: readonly ProfileWrite[];
  /** Values of a move that was undone; only what is still ours goes. */
  readonly takeBack: readonly ProfileRemoval[];
}

/**
 * Finds values of fields without asking the person. It may find some, none or all.
 *
 * What it throws, what is no finding or does not fit the field's definition, and what comes later than `limits.sourceTimeoutMs`
 * counts as nothing found and is logged as a warning: with the text of what was thrown, never with a value that was found. Two
 * sources that say different things are a conflict, which the person decides.
 *
 * @public
 */
export interface FieldSource {
  /** Names the source in the records; `person` is taken. */
  readonly name: string;
  readonly kind: FieldSourceKind;
  /**
   * Asked only while a field is still open; a source that costs nothing is also asked for what others have found, so that a
   * contradiction shows. By default `tool` and `conversation` are costly.
   */
  readonly costly?: boolean;
  find(request: FieldRequest): Promise<readonly FieldFinding[]>;
  /**
   * For `profile`: takes what the person gave or said, after the move is written. Called again, with the same id, until it has
   * succeeded.
   */
  save?(change: ProfileChange): Promise<void>;
}

import type { Field, Timestamp } from "../contracts/types.js";

/** One turn of a conversation. */
export interface Turn {
  readonly role: "user" | "assistant";
  readonly text: string;
  /** When it was said; "tomorrow" counts from here. The time of the request if absent. */
  readonly at?: Timestamp;
}

/** What an extractor is asked. */
export interface ExtractionRequest {
  /** Oldest first. */
  readonly turns: readonly Turn[];
  /** All fields that are looked for, in one call. */
  readonly fields: readonly Field[];
  /** BCP 47, for example `de-DE`: how dates, numbers and phone numbers are written. `en-US` if absent. */
  readonly locale?: string;
  /** Now. */
  readonly at: Timestamp;
  readonly signal?: AbortSignal;
}

/** A value that an extractor read out of a conversation, with the words that prove it. */
export interface ExtractedValue {
  readonly field: string;
  readonly value: unknown;
  /** From 0 to 1. */
  readonly confidence: number;
  /** The words it was taken from, as they stand in the turn. */
  readonly quote: string;
  /** Index into `turns` of the turn that holds the quote. */
  readonly turn: number;
  /** Where the quote stands in that turn: UTF-16 offsets, the end exclusive. */
  readonly span?: readonly [start: number, end: number];
  /** If the assistant offered the value: index of the user's turn that accepted it. */
  readonly acceptedIn?: number;
}

/**
 * Reads values out of a conversation.
 *
 * Its answer is never trusted: a value counts only if its quote stands in the conversation and the value can be read from the quote.
 * So an extractor over a model may hand on what the model returned, as an array or as JSON text.
 *
 * @public
 */
export interface Extractor {
  /** Names the extractor in the records. */
  readonly name: string;
  /** The model behind it, if any. */
  readonly model?: string;
  /** Resolves to an array of {@link ExtractedValue}, or to whatever a model made of that. */
  extract(request: ExtractionRequest): Promise<unknown>;
}

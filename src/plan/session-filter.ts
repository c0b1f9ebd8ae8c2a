/**
 * The part of a scope that a store can decide by itself. A list that is absent is no restriction, an empty list of
 * wanted values matches nothing, and an unwanted value always wins.
 *
 * @public
 */
export interface SessionFilter {
  readonly sessionIds?: readonly string[];
  readonly notSessionIds?: readonly string[];
  /** A session without a channel is on none of them. */
  readonly channels?: readonly string[];
  readonly notChannels?: readonly string[];
  readonly stepIds?: readonly string[];
  readonly notStepIds?: readonly string[];
  /** Bounds of `createdAt` in milliseconds since the epoch, inclusive. */
  readonly createdFromMs?: number;
  readonly createdToMs?: number;
}

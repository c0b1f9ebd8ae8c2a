/**
 * Makes identifiers for records that regraft creates itself, such as plans.
 *
 * @public
 */
export interface IdSource {
  /** An id that was never returned before and starts with the prefix. */
  next(prefix: string): string;
}

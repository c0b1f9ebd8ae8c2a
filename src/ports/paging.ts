/**
 * Where a page starts and how long it is.
 *
 * A cursor is opaque, belongs to the query that returned it, and survives restarts of the process.
 *
 * @public
 */
export interface PageRequest {
  /** Absent for the first page. */
  readonly cursor?: string;
  /** Greatest number of items of the page, at least 1. */
  readonly limit: number;
}

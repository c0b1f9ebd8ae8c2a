import { describe } from "../contracts/violation.js";
import { RegraftError } from "../errors.js";

/**
 * Refuses a page length that is no positive integer.
 *
 * @throws RegraftError `INPUT.INVALID`
 */
export function checkLimit(limit: number): void {
  if (Number.isInteger(limit) && limit > 0) return;
  throw new RegraftError("INPUT.INVALID", "the limit of a page must be a positive integer", {
    path: "/limit",
    expected: "an integer of at least 1",
    received: describe(limit),
  });
}

/**
 * Refuses a sequence number that no entry has.
 *
 * @throws RegraftError `INPUT.INVALID`
 */
export function checkThrough(through: number): void {
  if (Number.isInteger(through) && through > 0) return;
  throw new RegraftError("INPUT.INVALID", "a stream is erased up to the number of an entry", {
    path: "/through",
    expected: "an integer of at least 1",
    received: describe(through),
  });
}

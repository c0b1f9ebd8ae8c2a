import type { Clock } from "../ports/clock.js";

/**
 * A clock that stands still until it is moved.
 *
 * @public
 */
export interface ManualClock extends Clock {
  /** Moves the clock forward, or back by a negative number. */
  advance(ms: number): void;
}

/**
 * Makes a clock for tests.
 *
 * @param startAt - a timestamp, by default the start of 2026
 *
 * @example
 * const clock = manualClock("2026-03-01T09:00:00Z");
 * clock.advance(1000);
 * new Date(clock.now()).toISOString(); // "2026-03-01T09:00:01.000Z"
 *
 * @public
 */
export function manualClock(startAt = "2026-01-01T00:00:00Z"): ManualClock {
  let nowMs = Date.parse(startAt);
  return {
    now: () => nowMs,
    advance: (ms) => {
      nowMs += ms;
    },
  };
}

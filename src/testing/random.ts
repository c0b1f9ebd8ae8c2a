/** A seeded source of randomness: the same seed gives the same values on every machine. */
export interface Random {
  /** A number from 0 up to, not including, 1. */
  next(): number;
  /** A whole number from 0 up to, not including, `below`; 0 when `below` is less than 1. */
  integer(below: number): number;
  /** True with the given chance. */
  chance(probability: number): boolean;
  /** One of the values, or undefined when there is none. */
  pick<T>(values: readonly T[]): T | undefined;
}

/**
 * A small seeded generator for tests and rehearsals. Not for secrets.
 *
 * @param seed - any number; its lower 32 bits are used
 * @returns a generator with its own state
 *
 * @remarks The mulberry32 generator of Tommy Ettinger (public domain).
 *
 * @example
 * seededRandom(7).integer(6) === seededRandom(7).integer(6); // true
 *
 * @since 0.1.0
 * @public
 */
export function seededRandom(seed: number): Random {
  let state = seed >>> 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
  const integer = (below: number): number => Math.floor(next() * Math.max(1, below));
  return {
    next,
    integer,
    chance: (probability) => next() < probability,
    pick: (values) => values[integer(values.length)],
  };
}

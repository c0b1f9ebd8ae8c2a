import type { Scenario, Session } from "../contracts/types.js";
import { seededRandom } from "./random.js";
import { type WalkOptions, walkSession } from "./walk.js";

/** How a population is made. */
export interface PopulationOptions extends Pick<WalkOptions, "jumpRate" | "repeatRate" | "silenceRate" | "tenantId"> {
  /** Equal seeds give equal populations. */
  readonly seed: number;
  readonly size: number;
  /** When the first session enters the flow, in UTC; each one enters an hour after the one before. */
  readonly at: string;
  /** Put before the number of each session, from 1. Default `s`. */
  readonly idPrefix?: string;
  /** One of them for each session, by the seed; by default none has a channel. */
  readonly channels?: readonly string[];
}

/**
 * Walks many sessions through a scenario, each under other answers and as far as the seed says: what a plan meets when it is
 * deployed.
 *
 * @returns sessions as they are stored, to be given to `importSession` or to a rehearsal
 * @throws RegraftError `SCENARIO.*` when the scenario is not valid
 *
 * @example
 * generatePopulation(v1, { seed: 1, size: 3, at: "2026-01-01T00:00:00Z" }).map(({ id }) => id); // ["s1", "s2", "s3"]
 *
 * @since 0.1.0
 * @public
 */
export function generatePopulation(scenario: Scenario, options: PopulationOptions): Session[] {
  const { seed, size, at, idPrefix = "s", channels = [], ...rates } = options;
  const random = seededRandom(seed);
  const start = Date.parse(at);
  return Array.from({ length: size }, (_, n) => {
    const channel = random.pick(channels);
    return walkSession(scenario, {
      ...rates,
      seed: random.integer(2 ** 32),
      id: `${idPrefix}${n + 1}`,
      at: new Date(start + n * 3_600_000).toISOString(),
      ...(channel === undefined ? {} : { channel }),
    });
  });
}

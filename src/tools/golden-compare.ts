import type { GoldenOutcome } from "../contracts/types.js";
import type { GoldenOutcomeFacts } from "./golden-outcome.js";

/** One place in which an outcome is not the expected one. */
export interface GoldenDifference {
  /** JSON pointer into the case. */
  readonly path: string;
  /** Absent where nothing was expected. */
  readonly expected?: unknown;
  /** Absent where there is nothing. */
  readonly received?: unknown;
}

/**
 * Compares what is expected with what happened. Objects are compared by the properties that are expected, lists in length and
 * order, and data of the host as a whole. Refusals are always compared.
 *
 * @returns one difference a place, in the order of the expectation
 */
export function goldenDifferences(expect: GoldenOutcome, facts: GoldenOutcomeFacts): GoldenDifference[] {
  const wanted = { ...expect, refused: expect.refused ?? [] };
  return differences(wanted, withLacks(expect, facts), "/expect", false);
}

/** The outcome with `lacks` where the case asks for it: those of the fields that really are not there. */
export function withLacks(expect: GoldenOutcome, facts: GoldenOutcomeFacts): GoldenOutcomeFacts {
  const sessions = Object.entries(facts.sessions).map(([id, place]) => {
    const lacks = Object.hasOwn(expect.sessions ?? {}, id) ? expect.sessions?.[id]?.lacks : undefined;
    if (lacks === undefined) return [id, place] as const;
    return [id, { ...place, lacks: lacks.filter((field) => !Object.hasOwn(place.variables ?? {}, field)) }] as const;
  });
  return { ...facts, sessions: Object.fromEntries(sessions) };
}

/** The places in which two records differ, every property of both compared. */
export function allDifferences(first: unknown, second: unknown): GoldenDifference[] {
  return differences(first, second, "", true);
}

function differences(expected: unknown, received: unknown, path: string, exact: boolean): GoldenDifference[] {
  if (Array.isArray(expected) && Array.isArray(received) && expected.length === received.length)
    return expected.flatMap((item, at) => differences(item, received[at], `${path}/${at}`, exact));
  if (isObject(expected) && isObject(received)) {
    const more = exact ? Object.keys(received).filter((key) => !Object.hasOwn(expected, key)) : [];
    return [...Object.keys(expected), ...more].flatMap((key) => {
      const place = `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
      const inside = exact || key === "value" || path.endsWith("/variables");
      return differences(own(expected, key), own(received, key), place, inside);
    });
  }
  if (expected === received) return [];
  return [{ path, ...(expected === undefined ? {} : { expected }), ...(received === undefined ? {} : { received }) }];
}

function own(value: Readonly<Record<string, unknown>>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

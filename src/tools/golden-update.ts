import type { GoldenOutcome } from "../contracts/types.js";
import { withLacks } from "./golden-compare.js";
import { isBlank } from "./golden-flow.js";
import type { GoldenOutcomeFacts } from "./golden-outcome.js";

type Facts = Readonly<Record<string, unknown>>;

/** What is written for a case that expects nothing yet. */
const usual = {
  results: ["action", "stepId", "version", "kind", "fields", "stepIds", "reason"],
  sessions: ["stepId", "version"],
};

/**
 * The expectation that an outcome meets: the same facts as in the old one, with the values that they have now. A fact that is not
 * there any more goes, a new result gets the facts of the first one, and refusals are always told. A case that expected nothing
 * gets the usual facts.
 */
export function updatedExpectation(expect: GoldenOutcome, facts: GoldenOutcomeFacts): GoldenOutcome {
  const { refused: _, ...wanted } = expect;
  const told = expect.refused !== undefined || facts.refused.length > 0 ? { refused: facts.refused } : {};
  const named =
    isBlank(wanted) && expect.refused === undefined ? first(facts) : refill(wanted, withLacks(expect, facts));
  // It has the form of what it was made from.
  return { ...(named as GoldenOutcome), ...told };
}

function first({ results, sessions, plans }: GoldenOutcomeFacts): GoldenOutcome {
  return {
    results: byId(results, (told) => told.map((result) => some(result, usual.results))),
    sessions: byId(sessions, (place) => some(place, usual.sessions)),
    ...(Object.keys(plans).length === 0 ? {} : { plans: byId(plans, ({ status }) => some({ status }, ["status"])) }),
  };
}

function byId<A, B>(all: Readonly<Record<string, A>>, make: (one: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(all).map(([id, one]) => [id, make(one)]));
}

function some(from: object, keys: readonly string[]): Facts {
  return Object.fromEntries(Object.entries(from).filter(([key, value]) => keys.includes(key) && value !== undefined));
}

/** The same facts with the values they have now. */
function refill(wanted: unknown, now: unknown, isData = false): unknown {
  if (isData) return now;
  if (Array.isArray(wanted) && Array.isArray(now))
    return now.map((item, at) => refill(wanted[at] ?? shape(wanted[0]), item));
  if (!isFacts(wanted) || !isFacts(now)) return now;
  return Object.fromEntries(
    Object.entries(wanted).flatMap(([key, value]) =>
      Object.hasOwn(now, key) && now[key] !== undefined ? [[key, refill(value, now[key], key === "value")]] : [],
    ),
  );
}

/** What a further item of a list is to tell: the facts of the first one. */
function shape(item: unknown): unknown {
  return isFacts(item) ? item : undefined;
}

function isFacts(value: unknown): value is Facts {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

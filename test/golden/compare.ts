import type { Actual, Case, Loose } from "../../scripts/cases/case.js";
import { isLoose, record, texts } from "../../scripts/cases/case.js";
import { isAbout } from "./topics.js";

/** Actions of the library that an action word of a case stands for. */
const actionsOf: Readonly<Record<string, readonly string[]>> = {
  none: ["continue"],
  hold: ["continue", "blocked", "review"],
  graft: ["teleport"],
  exit: ["exit_scenario"],
};

/** Keys whose lists have no order. */
const setKeys = new Set([
  "pairs",
  "deleted",
  "new",
  "inserted",
  "removed",
  "moved",
  "newForks",
  "modifiedFrom",
  "eligible",
  "collect",
  "collectSet",
  "nextSteps",
  "ambiguous",
  "requiredFields",
  "usedPlans",
]);

/** How one expectation was missed. */
export interface Miss {
  readonly key: string;
  readonly expected: unknown;
  readonly actual: unknown;
}

type Check = (expected: unknown, actual: Actual, given: Case) => boolean;

const checks: Readonly<Record<string, Check>> = {
  action: (expected, actual) =>
    texts(expected).some((word) => (actionsOf[word] ?? [word]).includes(String(actual.action))),
  collect: (expected, actual) => (expected === null ? actual.collect === undefined : sameSet(expected, actual.collect)),
  collectSet: (expected, actual) => actual.action !== "collect" || sameSet(expected, actual.collect),
  neverAtStep: (expected, actual, given) =>
    actual.version !== newestVersion(given) || !texts(expected).includes(String(actual.step)),
  reasonAbout: (expected, actual) => texts(expected).every((topic) => isAbout(topic, texts(actual.reasons))),
  upstreamNew: (expected, actual) => sameSet(expected, [...texts(actual.inserted), ...texts(actual.moved)]),
  forceScenario: (expected, actual) => holds("forceKind", expected, actual.forceKind ?? null),
  pattern: (expected, actual) => new RegExp(String(expected)).test(String(actual.pattern)),
  maxMilliseconds: (expected, actual) => Number(actual.milliseconds) <= Number(expected),
  anyOf: (expected, actual, given) =>
    Array.isArray(expected) && expected.some((part) => missesOf(record(part), actual, given).length === 0),
  not: (expected, actual, given) =>
    Object.entries(record(expected)).every(([key, value]) => {
      const values = Array.isArray(value) && !setKeys.has(key) ? value : [value];
      return values.every((one) => missesOf({ [key]: one }, actual, given).length > 0);
    }),
};

/** Everything in which the outcome of a case differs from what it expects; nothing if it is right. */
export function compare(given: Case, actual: Actual): Miss[] {
  return missesOf(given.expect, actual, given);
}

function missesOf(expect: Loose, actual: Actual, given: Case): Miss[] {
  return Object.entries(expect).flatMap(([key, expected]) => {
    const check = Object.hasOwn(checks, key) ? checks[key] : undefined;
    const right = check === undefined ? holds(key, expected, actual[key]) : check(expected, actual, given);
    return right ? [] : [{ key, expected, actual: actual[key] }];
  });
}

function holds(key: string, expected: unknown, actual: unknown): boolean {
  if (expected === "nonEmpty")
    return typeof actual === "string" ? actual.trim().length > 0 : Array.isArray(actual) && actual.length > 0;
  if (setKeys.has(key) && typeof expected !== "number") return sameSet(expected, actual);
  if (Array.isArray(expected)) {
    if (!Array.isArray(actual)) return expected.some((one) => holds(key, one, actual));
    return expected.length === actual.length && expected.every((one, i) => holds(key, one, actual[i]));
  }
  if (isLoose(expected)) {
    if (!isLoose(actual)) return false;
    return Object.entries(expected).every(([name, value]) =>
      holds(name, value, actual[name] ?? (value === null ? null : undefined)),
    );
  }
  return expected === actual || (expected === null && actual === undefined);
}

function sameSet(expected: unknown, actual: unknown): boolean {
  if (!Array.isArray(expected) || !Array.isArray(actual)) return false;
  const keyed = (items: readonly unknown[]) => [...new Set(items.map((item) => JSON.stringify(item)))].sort();
  return keyed(expected).join() === keyed(actual).join();
}

function newestVersion({ given }: Case): number {
  const graphs = [
    ...(Array.isArray(given.versions) ? given.versions : []),
    ...Object.entries(given).flatMap(([key, value]) => (/^v\d+$/.test(key) ? [value] : [])),
  ];
  return Math.max(...graphs.map((graph) => Number(record(graph).version)));
}

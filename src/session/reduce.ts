import type { Visit } from "../contracts/types.js";

/**
 * The history without finished loop iterations: when a step is visited again, what came after its previous visit is
 * dropped, and the latest visit of the step stands in the place of the earlier one.
 *
 * Steps are told apart by version and id. The result visits no step twice.
 *
 * @remarks Pure. O(n): each visit is put on a stack once and taken off at most once.
 *
 * @example
 * // visits of a, b, c, b, d
 * reducedHistory(visits).map((visit) => visit.stepId); // ["a", "b", "d"]
 *
 * @public
 */
export function reducedHistory(visits: readonly Visit[]): Visit[] {
  return dropFinishedRounds(visits, ({ scenarioVersion, stepId }) => `${scenarioVersion}:${stepId}`);
}

/** {@link reducedHistory} over anything that comes with a key: when a key comes again, what followed its last time is dropped. */
export function dropFinishedRounds<T>(items: readonly T[], keyOf: (item: T) => unknown): T[] {
  const places = new Map<unknown, number>();
  const kept: T[] = [];
  for (const item of items) {
    const key = keyOf(item);
    const place = places.get(key);
    if (place !== undefined) for (const dropped of kept.splice(place)) places.delete(keyOf(dropped));
    places.set(key, kept.length);
    kept.push(item);
  }
  return kept;
}

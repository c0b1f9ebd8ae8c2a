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
  const places = new Map<string, number>();
  const kept: Visit[] = [];
  for (const visit of visits) {
    const place = places.get(keyOf(visit));
    if (place !== undefined) {
      for (const dropped of kept.splice(place)) places.delete(keyOf(dropped));
    }
    places.set(keyOf(visit), kept.length);
    kept.push(visit);
  }
  return kept;
}

function keyOf({ scenarioVersion, stepId }: Visit): string {
  return `${scenarioVersion}:${stepId}`;
}

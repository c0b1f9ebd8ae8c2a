import type { CompiledScenario } from "../scenario/compile.js";
import { effectClass } from "./pair.js";
import { readAlike } from "./similar.js";

/** The image of an old step, as far as it is known. */
type ImageOf = (step: number) => number | undefined;

/**
 * Whether a pair of equal ids has more to show for it: it stands in the same place, or it reads alike and has kept a neighbour.
 *
 * Asked where ids have been dealt out anew, so that an id alone proves nothing. Never true of a step with an effect.
 *
 * @remarks O(edges at the two steps).
 */
export function isCorroborated(
  from: CompiledScenario,
  to: CompiledScenario,
  imageOf: ImageOf,
  old: number,
  now: number,
): boolean {
  const hasEffect = [from.steps[old], to.steps[now]].some((step) => step !== undefined && effectClass(step) !== "none");
  if (hasEffect) return false;
  const before = [imagesOf(from.ins[old], imageOf), imagesOf(from.outs[old], imageOf)];
  const after = [new Set(to.ins[now]), new Set(to.outs[now])];
  const kept = before.map((images, at) => images.filter((step) => step !== undefined && after[at]?.has(step)).length);
  const total = (kept[0] ?? 0) + (kept[1] ?? 0);
  const staysPut = before.every((images, at) => images.length === kept[at] && after[at]?.size === kept[at]);
  return total > 0 && (staysPut || readAlike(from.steps[old], to.steps[now]));
}

function imagesOf(steps: readonly number[] | undefined, imageOf: ImageOf): (number | undefined)[] {
  return (steps ?? []).map(imageOf);
}

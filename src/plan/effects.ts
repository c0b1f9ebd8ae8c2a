import type { Matching } from "../diff/matching.js";
import { effectClass } from "../diff/pair.js";

/**
 * Old steps with an effect whose wording was edited and for which nobody has said whether the effect is still the same: a typo
 * mended, or another consent? A plan cannot be approved while there are any.
 */
export function undecidedEffects(m: Matching): string[] {
  return m.pairs.flatMap((pair) => {
    const [before, after] = [m.from.steps[pair.from], m.to.steps[pair.to]];
    if (before === undefined || after === undefined) return [];
    const kind = effectClass(before);
    return kind !== "none" && kind === effectClass(after) && !pair.answered ? [before.id] : [];
  });
}

import type { Scenario, Step } from "../../src/contracts/types.js";
import { contentHash } from "../../src/scenario/content-hash.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { seededRandom } from "../../src/testing/random.js";

/**
 * Marks more steps of a version as checkpoints or required actions, about one in three. Steps of equal content are marked alike,
 * so that they stay equal.
 */
export function markEffects(scenario: Scenario, seed: number): Scenario {
  const random = seededRandom(seed);
  const chosen = new Map<string, Partial<Step>>();
  const marksOf = (step: Step): Partial<Step> => {
    const hash = contentHash(step);
    const roll = random.next();
    const made = chosen.get(hash) ?? (roll < 0.2 ? { checkpoint: true } : roll < 0.33 ? { requiredAction: true } : {});
    chosen.set(hash, made);
    return made;
  };
  const steps = scenario.steps.map((step) => (step.skipWhen === undefined ? { ...step, ...marksOf(step) } : step));
  return defineScenario({ ...scenario, steps });
}

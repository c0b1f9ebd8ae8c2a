import type { Scenario } from "../src/contracts/types.js";
import { type CompiledScenario, compile } from "../src/scenario/compile.js";
import { contentText } from "../src/scenario/content-hash.js";
import { defineScenario } from "../src/scenario/parse.js";
import { type PairOptions, versionPair } from "./scenarios.js";

/** Two published versions. */
export interface Versions {
  readonly from: CompiledScenario;
  readonly to: CompiledScenario;
}

/** Generates, defines and compiles a pair of versions. */
export function versions(options: PairOptions): Versions {
  const { from, to } = versionPair(options);
  return { from: compile(defineScenario(from)), to: compile(defineScenario(to)) };
}

/** The canonical bytes of the steps of both versions. */
export function bytesOf({ from, to }: Versions): Buffer {
  return Buffer.from([...from.steps, ...to.steps].map(contentText).join(""));
}

/** The same version as if it had just been compiled: nothing that is kept with it is there yet. */
export function fresh(c: CompiledScenario): CompiledScenario {
  return { ...c };
}

/** Touches every step and every transition of a version once, to see what reading alone costs. */
export function readOnce({ steps, transitions }: Scenario): number {
  let sum = 0;
  for (const step of steps) sum += step.id.length + (step.collects?.length ?? 0) + (step.checkpoint === true ? 1 : 0);
  for (const way of transitions) sum += way.from.length + way.to.length + (way.condition?.length ?? 0);
  return sum;
}

import type { Step } from "../contracts/types.js";
import type { CompiledScenario } from "../scenario/compile.js";
import { effectClass } from "./pair.js";

/** What a comparison asks of every step, as flags by step, so that it need not touch the steps themselves. */
export interface StepFlags {
  /** Asks for something or has an effect; any other step is silent. */
  readonly doing: Uint8Array;
  /** Another step of the version has equal content. */
  readonly twin: Uint8Array;
}

const cache = new WeakMap<CompiledScenario, StepFlags>();

/** The flags of a version's steps; made once for each version. */
export function stepFlagsOf(c: CompiledScenario): StepFlags {
  const known = cache.get(c);
  if (known !== undefined) return known;
  const made = { doing: Uint8Array.from(c.steps, (step) => Number(doesSomething(step))), twin: new Uint8Array(c.size) };
  for (const equal of c.byHash.values()) if (equal.length > 1) for (const step of equal) made.twin[step] = 1;
  cache.set(c, made);
  return made;
}

/** Whether a step asks for something or has an effect; any other step is silent and may be skipped. */
export function doesSomething(step: Step): boolean {
  return (step.collects?.length ?? 0) > 0 || effectClass(step) !== "none";
}

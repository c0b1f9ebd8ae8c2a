import type { Step } from "../contracts/types.js";
import type { CompiledScenario, Way } from "../scenario/compile.js";
import { effectClass } from "./pair.js";

/** What a comparison asks of every step, by step, so that it need not touch the steps and ways themselves. */
export interface StepFlags {
  /** Asks for something or has an effect; any other step is silent. */
  readonly doing: Uint8Array;
  /** Another step of the version has equal content. */
  readonly twin: Uint8Array;
  /** What follows for certain: the target of a step's one way out if that is free, else -1. */
  readonly next: Int32Array;
}

const cache = new WeakMap<CompiledScenario, StepFlags>();

/** The flags of a version's steps; made once for each version. */
export function stepFlagsOf(c: CompiledScenario): StepFlags {
  const known = cache.get(c);
  if (known !== undefined) return known;
  const made: StepFlags = {
    doing: Uint8Array.from(c.steps, (step) => Number(doesSomething(step))),
    twin: new Uint8Array(c.size),
    next: Int32Array.from(c.ways, nextOf),
  };
  for (const equal of c.byHash.values()) if (equal.length > 1) for (const step of equal) made.twin[step] = 1;
  cache.set(c, made);
  return made;
}

/** Whether a step asks for something or has an effect; any other step is silent and may be skipped. */
export function doesSomething(step: Step): boolean {
  return (step.collects?.length ?? 0) > 0 || effectClass(step) !== "none";
}

function nextOf([only, second]: readonly Way[]): number {
  const isFree = second === undefined && only?.condition === undefined && only?.conditionText === undefined;
  return isFree ? (only?.to ?? -1) : -1;
}

import type { CompiledScenario } from "./compile.js";
import { type Avoided, reachableOver } from "./graph.js";

/**
 * The steps that can be reached from a step, itself included, over any transitions.
 *
 * @param avoid - steps that no path may enter; where the start is one of them, nothing is reached
 * @returns by step: 1 if it is reached
 *
 * @remarks O(V + E), without recursion.
 */
export function reachableFrom(c: CompiledScenario, start: number, avoid?: Avoided): Uint8Array {
  return reachableOver(c.outs, start, avoid);
}

/**
 * The steps from which a step can be reached, itself included, over any transitions.
 *
 * @param avoid - steps that no path may pass; where the target is one of them, nothing reaches it
 * @returns by step: 1 if it reaches the target
 *
 * @remarks O(V + E), without recursion.
 */
export function reaching(c: CompiledScenario, target: number, avoid?: Avoided): Uint8Array {
  return reachableOver(c.ins, target, avoid);
}

import type { CompiledScenario } from "./compile.js";
import { type Avoided, reachableOver } from "./graph.js";

/**
 * The steps that can be reached from a step, itself included, over any transitions.
 *
 * @param avoid - steps that no path may enter; where the start is one of them, nothing is reached
 * @returns by step: 1 if it is reached
 *
 * The result is shared: read it, do not write it.
 *
 * @remarks O(V + E), without recursion; the latest results of a version are kept.
 */
export function reachableFrom(c: CompiledScenario, start: number, avoid?: Avoided): Uint8Array {
  return avoid === undefined ? remembered(ahead, c, c.outs, start) : reachableOver(c.outs, start, avoid);
}

/**
 * The steps from which a step can be reached, itself included, over any transitions.
 *
 * @param avoid - steps that no path may pass; where the target is one of them, nothing reaches it
 * @returns by step: 1 if it reaches the target
 *
 * The result is shared: read it, do not write it.
 *
 * @remarks O(V + E), without recursion; the latest results of a version are kept.
 */
export function reaching(c: CompiledScenario, target: number, avoid?: Avoided): Uint8Array {
  return avoid === undefined ? remembered(behind, c, c.ins, target) : reachableOver(c.ins, target, avoid);
}

type Memory = WeakMap<CompiledScenario, Map<number, Uint8Array>>;

const ahead: Memory = new WeakMap();
const behind: Memory = new WeakMap();

/** Bytes of results to keep for a version and a direction. */
const KEPT_BYTES = 4_000_000;

function remembered(
  memory: Memory,
  c: CompiledScenario,
  neighbours: CompiledScenario["outs"],
  step: number,
): Uint8Array {
  const known = memory.get(c) ?? new Map<number, Uint8Array>();
  memory.set(c, known);
  const found = known.get(step);
  if (found !== undefined) return found;
  if ((known.size + 1) * c.size > KEPT_BYTES) known.clear();
  const made = reachableOver(neighbours, step);
  known.set(step, made);
  return made;
}

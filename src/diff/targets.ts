import type { CompiledScenario } from "../scenario/compile.js";
import type { Matching } from "./matching.js";
import { stepFlagsOf } from "./step-flags.js";

/**
 * By step of each version, a number for what a way to it leads to: equal numbers in the two versions mean the same target.
 *
 * The number of a matched step is its place in the new version. Equal steps that are not told apart share a number above those;
 * what only one version has gets a negative one.
 */
export interface Targets {
  readonly old: Int32Array;
  readonly now: Int32Array;
}

/** Numbers what the ways of two versions lead to; a one-way step without a match has the number of what follows it. O(V). */
export function commonTargets(m: Matching): Targets {
  const groups = new Map<string, number>();
  const groupOf = (hash: string | undefined): number => {
    const known = groups.get(hash ?? "") ?? m.to.size + groups.size;
    groups.set(hash ?? "", known);
    return known;
  };
  const ownOld = (step: number) => (m.ambiguous.has(step) ? groupOf(m.from.hashes[step]) : m.imageOf[step]?.to);
  const ownNew = (step: number) => {
    if (m.contested.has(step)) return groupOf(m.to.hashes[step]);
    return m.preimagesOf[step]?.length === 0 ? undefined : step;
  };
  return {
    old: numbered(m.from, ownOld, (step) => -1 - step),
    now: numbered(m.to, ownNew, (step) => -1 - m.from.size - step),
  };
}

function numbered(
  c: CompiledScenario,
  own: (step: number) => number | undefined,
  alone: (step: number) => number,
): Int32Array {
  const { next } = stepFlagsOf(c);
  const numbers = new Int32Array(c.size);
  const known = new Uint8Array(c.size);
  for (let step = 0; step < c.size; step += 1) {
    const number = own(step);
    if (number === undefined) continue;
    numbers[step] = number;
    known[step] = 1;
  }
  for (let start = 0; start < c.size; start += 1) {
    if (known[start] === 1) continue;
    const trail = new Set<number>();
    let end = start;
    for (let step = start; known[step] !== 1 && step >= 0 && !trail.has(step); step = next[step] ?? -1) {
      trail.add(step);
      end = step;
    }
    const following = next[end] ?? -1;
    const number = known[following] === 1 ? (numbers[following] ?? 0) : alone(end);
    for (const passed of trail) {
      numbers[passed] = number;
      known[passed] = 1;
    }
  }
  return numbers;
}

import type { CompiledScenario } from "../scenario/compile.js";
import { componentsOf } from "../scenario/components.js";
import { reachableFrom } from "../scenario/reachability.js";
import type { WaysChange } from "./ways.js";

/** Above this many changed branches, every step below a changed decision counts as one that it may lead away from. */
const MAX_EXACT_BRANCHES = 512;

/**
 * Spreads a set of steps forward: which steps have one of them upstream, on some way from the entry that does not pass the
 * step itself?
 *
 * A step that can only be reached through X is not upstream of X even if a loop leads back, so inside a loop the steps that X
 * dominates do not count.
 *
 * @returns one flag per step
 */
export function hasUpstream(c: CompiledScenario, seeds: Uint8Array, dominated: DominatorIntervals): Uint8Array {
  const below = spread(c, seeds);
  const { component, members } = componentsOf(c);
  const flags = new Uint8Array(c.size);
  for (const group of members) {
    const inside = group.filter((step) => seeds[step] === 1);
    for (const step of group) {
      if (c.reachable[step] !== 1) continue;
      const fromOutside = (c.ins[step] ?? []).length > 0 && below.enters[component[step] ?? 0] === 1;
      const fromInside = group.length > 1 && inside.some((seed) => seed !== step && !dominated.within(seed, step));
      if (fromOutside || fromInside) flags[step] = 1;
    }
  }
  return flags;
}

/** For each component: does a seed lie in an earlier component that leads into it? */
function spread(c: CompiledScenario, seeds: Uint8Array): { enters: Uint8Array } {
  const { component, members } = componentsOf(c);
  const enters = new Uint8Array(members.length);
  const holds = new Uint8Array(members.length);
  // Components are numbered in reverse topological order: sources have the highest numbers.
  for (let i = members.length - 1; i >= 0; i -= 1) {
    const group = members[i] ?? [];
    if (enters[i] === 1 || group.some((step) => seeds[step] === 1 && c.reachable[step] === 1)) holds[i] = 1;
    if (holds[i] !== 1) continue;
    for (const step of group) {
      if (c.reachable[step] !== 1) continue;
      for (const next of c.outs[step] ?? []) {
        const to = component[next] ?? 0;
        if (to !== i) enters[to] = 1;
      }
    }
  }
  return { enters };
}

/** Answers "does a dominate b" in constant time by intervals of a walk over the dominator tree. */
export class DominatorIntervals {
  readonly #first: Int32Array;
  readonly #last: Int32Array;

  constructor(c: CompiledScenario) {
    this.#first = new Int32Array(c.size).fill(-1);
    this.#last = new Int32Array(c.size).fill(-1);
    const children: number[][] = Array.from({ length: c.size }, () => []);
    for (let step = 0; step < c.size; step += 1) {
      const parent = c.idom[step] ?? -2;
      if (parent >= 0) children[parent]?.push(step);
    }
    let clock = 0;
    const stack: { step: number; next: number }[] = [{ step: c.entry, next: 0 }];
    this.#first[c.entry] = clock++;
    while (stack.length > 0) {
      const top = stack[stack.length - 1];
      if (top === undefined) break;
      const child = children[top.step]?.[top.next];
      if (child === undefined) {
        this.#last[top.step] = clock;
        stack.pop();
        continue;
      }
      top.next += 1;
      this.#first[child] = clock++;
      stack.push({ step: child, next: 0 });
    }
  }

  /** Whether every way to `step` passes `dominator` (a step is within itself). */
  within(step: number, dominator: number): boolean {
    const at = this.#first[step] ?? -1;
    return at >= 0 && at >= (this.#first[dominator] ?? 0) && at < (this.#last[dominator] ?? -1);
  }
}

/**
 * For each step: may a changed decision lead a session away from it? A decision leads away from every step that some of its
 * branches reach, without passing the decision again, and others do not.
 *
 * @remarks O(branches x E) up to 512 branches; beyond that the over-approximation "below a changed decision".
 */
export function ledAwayFrom(c: CompiledScenario, decisions: readonly WaysChange[], below: Uint8Array): Uint8Array {
  const branches = decisions.reduce((sum, change) => sum + (c.ways[change.step]?.length ?? 0), 0);
  if (branches > MAX_EXACT_BRANCHES) return Uint8Array.from(below);
  const flags = new Uint8Array(c.size);
  for (const { step } of decisions) {
    if (c.reachable[step] !== 1) continue;
    const targets = [...new Set((c.ways[step] ?? []).map((way) => way.to))];
    const reached = targets.map((target) => (target === step ? new Uint8Array(c.size) : reachableFrom(c, target, step)));
    for (let other = 0; other < c.size; other += 1) {
      if (other === step) continue;
      const count = reached.filter((set) => set[other] === 1).length;
      if (count > 0 && count < targets.length) flags[other] = 1;
    }
  }
  return flags;
}

import type { CompiledScenario } from "../scenario/compile.js";
import { componentsOf } from "../scenario/components.js";
import { dominates } from "../scenario/dominators.js";
import { Budget } from "./budget.js";
import type { Matching } from "./matching.js";
import type { WaysChange } from "./ways.js";

/** Whether a step has lost a way that it had in the old version. */
export function wayLost(change: WaysChange): boolean {
  return change.old !== undefined && change.removed.length > 0;
}

/**
 * By new step: could a session reach it in the old version by a way that is gone, and does the way's origin no longer lead to it
 * at all?
 *
 * @remarks A lost way costs the part of the old version up to steps that its origin still leads to. Once the {@link Budget} is used
 * up, everything below the ways that are left counts, so O(V + E) in any case.
 */
export function belowLostWays(m: Matching, changes: readonly WaysChange[]): Uint8Array {
  const flags = new Uint8Array(m.to.size);
  const walk = { m, flags, budget: new Budget(m.to), complete: isOneToOne(m) };
  const left = changes.filter((change) => wayLost(change) && !follow(walk, change));
  const below = new Set<number>();
  const open = left.flatMap((change) => change.removed.map((key) => key.way.to));
  for (let old = open.pop(); old !== undefined; old = open.pop()) {
    if (below.has(old)) continue;
    below.add(old);
    const image = m.imageOf[old]?.to;
    if (image !== undefined) flags[image] = 1;
    for (const next of m.from.outs[old] ?? []) open.push(next);
  }
  return flags;
}

/** Whether no two old steps have one image and none is ambiguous: then the changes name every way that was lost. */
function isOneToOne(m: Matching): boolean {
  return m.ambiguous.size === 0 && m.preimagesOf.every((pairs) => pairs.length < 2);
}

interface Walk {
  readonly m: Matching;
  readonly flags: Uint8Array;
  readonly budget: Budget;
  /** All ways that were lost are looked at. So a walk may stop at a step that is still reached: what it lost itself is looked at there. */
  readonly complete: boolean;
}

/** Walks on from the lost ways of one step; false if the budget does not last. */
function follow({ m, flags, budget, complete }: Walk, change: WaysChange): boolean {
  const still = new Reach(m.to, change.step, budget);
  const seen = new Set<number>();
  const open = change.removed.map((key) => key.way.to);
  for (let old = open.pop(); old !== undefined; old = open.pop()) {
    if (seen.has(old)) continue;
    seen.add(old);
    const image = m.imageOf[old]?.to;
    const isReached = image !== undefined && still.has(image);
    if (image !== undefined && !isReached) flags[image] = 1;
    if (isReached && complete && !still.isBeside(image)) continue;
    const outs = m.from.outs[old] ?? [];
    if (!budget.spend(1 + outs.length) || still.isCut) return false;
    for (const next of outs) open.push(next);
  }
  return true;
}

/**
 * What a step leads to without going back to what may lie before it, found as far as it is asked for, in topological order.
 */
class Reach {
  /** The budget did not last. */
  isCut = false;
  readonly #c: CompiledScenario;
  readonly #budget: Budget;
  /** Steps of the start's own component. */
  readonly #beside = new Set<number>();
  readonly #own: number;
  /** Other components. */
  readonly #reached = new Set<number>();
  /** The next component to go through. */
  #at: number;

  constructor(c: CompiledScenario, step: number, budget: Budget) {
    this.#c = c;
    this.#budget = budget;
    this.#own = componentsOf(c).component[step] ?? 0;
    this.#at = this.#own - 1;
    this.#leave(step);
  }

  /** Whether a step is in one loop with the start; only beyond it, what the step leads to the start leads to as well. */
  isBeside(step: number): boolean {
    return componentsOf(this.#c).component[step] === this.#own;
  }

  has(step: number): boolean {
    const wanted = componentsOf(this.#c).component[step] ?? 0;
    if (wanted === this.#own) return this.#beside.has(step);
    for (; this.#at > wanted && !this.isCut; this.#at -= 1) this.#pass(this.#at);
    return this.#reached.has(wanted);
  }

  /** Within a loop, a step that the start does not dominate may lie before it: a run that passed it does not pass it again. */
  #leave(start: number): void {
    const { component } = componentsOf(this.#c);
    const open = [start];
    this.#beside.add(start);
    for (let step = open.pop(); step !== undefined && !this.isCut; step = open.pop()) {
      if (!dominates(this.#c, start, step)) continue;
      const outs = this.#c.outs[step] ?? [];
      for (const next of outs) {
        if (component[next] !== this.#own) this.#reached.add(component[next] ?? 0);
        else if (!this.#beside.has(next)) {
          this.#beside.add(next);
          open.push(next);
        }
      }
      this.isCut = !this.#budget.spend(1 + outs.length);
    }
  }

  #pass(at: number): void {
    const { component, order, start } = componentsOf(this.#c);
    this.isCut = !this.#budget.spend(1);
    if (!this.#reached.has(at)) return;
    for (const step of order.subarray(start[at], start[at + 1])) {
      const outs = this.#c.outs[step] ?? [];
      for (const next of outs) this.#reached.add(component[next] ?? 0);
      this.isCut ||= !this.#budget.spend(1 + outs.length);
    }
  }
}

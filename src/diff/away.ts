import type { CompiledScenario } from "../scenario/compile.js";
import { type Components, componentsOf } from "../scenario/components.js";
import { Budget } from "./budget.js";
import { flagged, hasUpstream } from "./flags.js";

/** Branches followed together, one bit each. */
const MAX_TOGETHER = 30;

/**
 * For each step: may a decision lead a session away from it? A decision leads away from every step that some of its branches
 * reach, without passing the decision again, and others do not.
 *
 * @param decisions - steps with two or more ways out
 * @remarks A decision costs the part of the graph up to where its branches have come together again. Once the {@link Budget} is
 * used up, the decisions that are left count as leading away from all that is below them, so O(V + E) in any case.
 */
export function ledAwayFrom(c: CompiledScenario, decisions: readonly number[]): Uint8Array {
  const search = new Search(c);
  const left = decisions.filter((step) => c.reachable[step] === 1 && !search.follow(step));
  if (left.length > 0) {
    const below = hasUpstream(c, flagged(c, left));
    for (let step = 0; step < c.size; step += 1) if (below[step] === 1) search.flags[step] = 1;
  }
  return search.flags;
}

class Search {
  readonly flags: Uint8Array;
  readonly #c: CompiledScenario;
  readonly #components: Components;
  readonly #budget: Budget;
  /** By component: the branches that lead into it and were not followed further yet. */
  readonly #led: Int32Array;
  /** By component: it and all that follows it is flagged. */
  readonly #settled: Uint8Array;
  /** Components that some but not all branches lead into. */
  #apart = 0;

  constructor(c: CompiledScenario) {
    this.#c = c;
    this.#components = componentsOf(c);
    this.#budget = new Budget(c);
    this.flags = new Uint8Array(c.size);
    this.#led = new Int32Array(this.#components.count);
    this.#settled = new Uint8Array(this.#components.count);
  }

  /** Flags what a decision leads away from; false if the budget does not last. */
  follow(decision: number): boolean {
    const [first = decision, ...others] = new Set((this.#c.ways[decision] ?? []).map((way) => way.to));
    for (let at = 0; at < others.length; at += MAX_TOGETHER - 1) {
      if (!this.#compare(decision, [first, ...others.slice(at, at + MAX_TOGETHER - 1)])) return false;
    }
    return true;
  }

  /** Follows branches in topological order until all of them lead into the same components. */
  #compare(decision: number, branches: readonly number[]): boolean {
    const all = 2 ** branches.length - 1;
    const touched: number[] = [];
    const lead = (step: number, mask: number) => {
      const to = this.#components.component[step] ?? 0;
      const before = this.#led[to] ?? 0;
      if (this.#settled[to] === 1 || (before | mask) === before) return;
      if (before === 0) touched.push(to);
      this.#led[to] = before | mask;
      this.#apart += Number((before | mask) !== all) - Number(before !== 0);
    };
    let lasts = this.#leave(decision, branches, lead);
    const passed: number[] = [];
    for (let at = (this.#components.component[decision] ?? 0) - 1; at >= 0 && this.#apart > 0 && lasts; at -= 1) {
      lasts = this.#budget.spend(1);
      const mask = this.#led[at] ?? 0;
      if (mask === 0) continue;
      if (mask !== all) this.#apart -= 1;
      passed.push(at);
      lasts = this.#pass(at, mask === all, (step) => lead(step, mask)) && lasts;
    }
    for (const component of touched) this.#led[component] = 0;
    this.#apart = 0;
    return lasts && this.#settle(passed);
  }

  /** Follows each branch within the loop that the decision is in, and out of it. */
  #leave(decision: number, branches: readonly number[], lead: (step: number, mask: number) => void): boolean {
    const { component } = this.#components;
    const inLoop = new Map<number, number>();
    let lasts = true;
    for (const [i, branch] of branches.entries()) {
      const open = branch === decision ? [] : [branch];
      for (let step = open.pop(); step !== undefined && lasts; step = open.pop()) {
        if (component[step] !== component[decision]) {
          lead(step, 1 << i);
          continue;
        }
        const mask = inLoop.get(step) ?? 0;
        if (step === decision || (mask & (1 << i)) !== 0) continue;
        inLoop.set(step, mask | (1 << i));
        const outs = this.#c.outs[step] ?? [];
        lasts = this.#budget.spend(1 + outs.length);
        open.push(...outs);
      }
    }
    if (lasts) for (const [step, mask] of inLoop) if (mask !== 2 ** branches.length - 1) this.flags[step] = 1;
    return lasts;
  }

  /** Goes through one component. */
  #pass(at: number, joined: boolean, lead: (step: number) => void): boolean {
    let lasts = true;
    for (const step of this.#stepsOf(at)) {
      if (!joined) this.flags[step] = 1;
      const outs = this.#c.outs[step] ?? [];
      lasts = this.#budget.spend(1 + outs.length);
      for (const next of outs) if (this.#components.component[next] !== at) lead(next);
    }
    return lasts;
  }

  /** Notes which of the components, given in topological order, later searches need not enter: nothing there is left to flag. */
  #settle(passed: readonly number[]): boolean {
    const { component } = this.#components;
    let lasts = true;
    for (let i = passed.length - 1; i >= 0 && lasts; i -= 1) {
      const at = passed[i] ?? 0;
      const isSettled = (next: number) => component[next] === at || this.#settled[component[next] ?? 0] === 1;
      const steps = this.#stepsOf(at);
      const done = steps.every((step) => this.flags[step] === 1 && (this.#c.outs[step] ?? []).every(isSettled));
      if (done) this.#settled[at] = 1;
      lasts = this.#budget.spend(1 + steps.length);
    }
    return true;
  }

  #stepsOf(component: number): Int32Array {
    const { order, start } = this.#components;
    return order.subarray(start[component], start[component + 1]);
  }
}

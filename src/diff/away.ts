import type { CompiledScenario } from "../scenario/compile.js";
import { type Components, componentsOf } from "../scenario/components.js";
import { dominates } from "../scenario/dominators.js";
import { Budget } from "./budget.js";
import { flagged, hasUpstream } from "./flags.js";

/** Branches followed together, one bit each. */
const MAX_TOGETHER = 30;
/** The bit of what any branch may lead to, where each one is followed only as far as it leads for certain. */
const ANY = 1 << 30;

/** Whether a decision certainly leads to a step the sessions that come there. */
export type Exempt = (decision: number, step: number) => boolean;

/**
 * For each step: may a decision lead a session away from it? A decision leads away from every step that some of its branches
 * reach, without passing the decision again, and others do not.
 *
 * @param decisions - steps with two or more ways out
 * @param exempt - pairs of decision and step that do not count
 * @remarks A decision costs the part of the graph up to where its branches have come together again. Once the {@link Budget} is
 * used up, the decisions that are left count as leading away from all that is below them, so O(V + E) in any case.
 */
export function ledAwayFrom(c: CompiledScenario, decisions: readonly number[], exempt: Exempt): Uint8Array {
  const search = new Search(c, exempt);
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
  readonly #exempt: Exempt;
  readonly #components: Components;
  readonly #budget: Budget;
  /** By component: the branches that lead into it and were not followed further yet. */
  readonly #led: Int32Array;
  /** By component: it and all that follows it is flagged, so that no later decision need enter it. */
  readonly #settled: Uint8Array;
  /** The bits of all branches that are followed now. */
  #all = 0;
  /** Components that some but not all of them lead into. */
  #apart = 0;
  #touched: number[] = [];
  #isCut = false;

  constructor(c: CompiledScenario, exempt: Exempt) {
    this.#c = c;
    this.#exempt = exempt;
    this.#components = componentsOf(c);
    this.#budget = new Budget(c);
    this.flags = new Uint8Array(c.size);
    this.#led = new Int32Array(this.#components.count);
    this.#settled = new Uint8Array(this.#components.count);
  }

  /** Flags what a decision leads away from; false if the budget does not last. */
  follow(decision: number): boolean {
    const [first = decision, ...others] = new Set((this.#c.ways[decision] ?? []).map((way) => way.to));
    const { component, start } = this.#components;
    const own = component[decision] ?? 0;
    const isInLoop = (start[own + 1] ?? 0) - (start[own] ?? 0) > 1;
    for (let at = 0; at < others.length && !this.#isCut; at += MAX_TOGETHER - 1) {
      const branches = [first, ...others.slice(at, at + MAX_TOGETHER - 1)];
      this.#compare(decision, branches, false);
      if (isInLoop) this.#compare(decision, branches, true);
    }
    return !this.#isCut;
  }

  /**
   * Follows branches in topological order until all of them lead into the same components.
   *
   * @param onward - a branch that leads back to what may lie before the decision goes no further: a run repeats no step. What some
   * branch leads to unless a run has it behind it for certain is compared too
   */
  #compare(decision: number, branches: readonly number[], onward: boolean): void {
    this.#all = 2 ** branches.length - 1;
    this.#apart = 0;
    this.#touched = [];
    this.#leave(decision, branches, onward);
    const passed: number[] = [];
    for (let at = (this.#components.component[decision] ?? 0) - 1; at >= 0 && this.#apart > 0; at -= 1) {
      if (this.#isCut) break;
      this.#spend(1);
      if (this.#led[at] === 0) continue;
      passed.push(at);
      this.#pass(decision, at);
    }
    for (const component of this.#touched) this.#led[component] = 0;
    if (!this.#isCut) for (const at of passed.reverse()) this.#settle(at);
  }

  /** Follows each branch within the loop that the decision is in, and out of it. */
  #leave(decision: number, branches: readonly number[], onward: boolean): void {
    const inLoop = new Map<number, number>();
    for (const [i, branch] of branches.entries()) {
      const stops = (step: number) => onward && !dominates(this.#c, decision, step);
      this.#walk(decision, [branch], 1 << i, stops, inLoop);
    }
    if (onward) this.#walk(decision, branches, ANY, (step) => dominates(this.#c, step, decision), inLoop);
    if (this.#isCut) return;
    for (const [step, mask] of inLoop) if (this.#isApart(mask)) this.#flag(decision, step);
  }

  #walk(
    decision: number,
    starts: readonly number[],
    bit: number,
    stops: (step: number) => boolean,
    inLoop: Map<number, number>,
  ): void {
    const { component } = this.#components;
    const open = [...starts];
    for (let step = open.pop(); step !== undefined && !this.#isCut; step = open.pop()) {
      if (component[step] !== component[decision]) {
        this.#lead(component[step] ?? 0, bit);
        continue;
      }
      const mask = inLoop.get(step) ?? 0;
      if (step === decision || (mask & bit) !== 0) continue;
      inLoop.set(step, mask | bit);
      if (stops(step)) continue;
      const outs = this.#c.outs[step] ?? [];
      this.#spend(1 + outs.length);
      for (const next of outs) open.push(next);
    }
  }

  /** Whether not all branches that are followed now are among those of a mask. */
  #isApart(mask: number): boolean {
    return (mask & this.#all) !== this.#all;
  }

  #flag(decision: number, step: number): void {
    if (!this.#exempt(decision, step)) this.flags[step] = 1;
  }

  /** Goes through one component and on into those that follow. */
  #pass(decision: number, at: number): void {
    const { component, order, start } = this.#components;
    const mask = this.#led[at] ?? 0;
    const isApart = this.#isApart(mask);
    if (isApart) this.#apart -= 1;
    for (let i = start[at] ?? 0; i < (start[at + 1] ?? 0); i += 1) {
      const step = order[i] ?? 0;
      if (isApart) this.#flag(decision, step);
      const outs = this.#c.outs[step] ?? [];
      this.#spend(1 + outs.length);
      for (const next of outs) if (component[next] !== at) this.#lead(component[next] ?? 0, mask);
    }
  }

  #lead(to: number, mask: number): void {
    const before = this.#led[to] ?? 0;
    const after = before | mask;
    if (this.#settled[to] === 1 || after === before) return;
    if (before === 0) this.#touched.push(to);
    this.#led[to] = after;
    this.#apart += Number(this.#isApart(after)) - Number(before !== 0 && this.#isApart(before));
  }

  /** Notes whether a component need not be entered again; those that follow it come first. */
  #settle(at: number): void {
    const { component, order, start } = this.#components;
    for (let i = start[at] ?? 0; i < (start[at + 1] ?? 0); i += 1) {
      const step = order[i] ?? 0;
      const outs = this.#c.outs[step] ?? [];
      this.#spend(1 + outs.length);
      if (this.flags[step] !== 1) return;
      for (const next of outs) if (component[next] !== at && this.#settled[component[next] ?? 0] !== 1) return;
    }
    this.#settled[at] = 1;
  }

  #spend(visits: number): void {
    this.#isCut ||= !this.#budget.spend(visits);
  }
}

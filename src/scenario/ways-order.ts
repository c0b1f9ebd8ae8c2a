import type { Transition } from "../contracts/types.js";

/** A transition as a way out of its step. */
export interface OrderedWay {
  /** Position in the scenario's transitions. */
  readonly index: number;
  readonly transition: Transition;
  /** Taken when no conditioned sibling holds: flagged so, or unconditioned beside conditioned ones. */
  readonly isElse: boolean;
  /** Unconditioned, and one of several such: an event of the host decides. */
  readonly open: boolean;
}

/**
 * The ways out of one step in the order of their evaluation: conditioned ones by priority, higher first, and among equals as they
 * stand; then unconditioned ones, then the one flagged `else`.
 *
 * @param out - the step's transitions with their positions, in the order of the scenario
 */
export function inEvaluationOrder(out: readonly { index: number; transition: Transition }[]): OrderedWay[] {
  const unconditioned = out.filter(({ transition }) => isUnconditioned(transition)).length;
  const ways = out.map(({ index, transition }) => {
    const free = isUnconditioned(transition);
    const isElse = transition.else === true ? out.length > 1 : free && unconditioned < out.length;
    return { index, transition, isElse, open: free && unconditioned > 1 };
  });
  return ways.sort(
    (a, b) => rank(a) - rank(b) || priorityOf(b.transition) - priorityOf(a.transition) || a.index - b.index,
  );
}

/** The priority of a transition; higher is tried first. */
export function priorityOf(transition: Transition): number {
  return transition.priority ?? 0;
}

function isUnconditioned(transition: Transition): boolean {
  return transition.condition === undefined && transition.conditionText === undefined && transition.else !== true;
}

function rank(way: OrderedWay): number {
  if (way.transition.else === true) return 2;
  return way.isElse ? 1 : 0;
}

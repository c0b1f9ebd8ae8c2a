import type { Plan, ReasonCode, ReconciliationResult } from "./api.js";
import { isRegraftError } from "./api.js";
import { errorWord } from "./errors.js";

/** A plan of a case, by the two versions it is for. */
export interface KnownPlan {
  readonly pair: readonly [number, number];
  readonly id: string;
}

/** What happened while a case was played. */
export class Trace {
  readonly plans: KnownPlan[] = [];
  /** Statuses that plans had, in order, without repetition. */
  readonly statuses: string[] = [];
  readonly results: { readonly sessionId: string; readonly result: ReconciliationResult }[] = [];
  /** Calls that were refused, in order. */
  readonly refused: { readonly word: string; readonly code: ReasonCode; readonly verb: string }[] = [];
  /** Reason codes of crashes that the case itself injects. */
  readonly crashes: string[] = [];
  /** What the operator had to add so that the case could be played. */
  readonly notes: string[] = [];
  /** Plans that retention has dropped. */
  deleted: number | undefined;
  list: { readonly ids: readonly string[]; readonly total: number } | undefined;
  milliseconds = 0;

  /** The word for the first call that was refused. */
  get error(): string | undefined {
    return this.refused[0]?.word;
  }

  see({ status }: Plan): void {
    if (this.statuses.at(-1) !== status) this.statuses.push(status);
  }

  /** Keeps an error of the library as a refusal and lets every other one pass. */
  refuse(error: unknown, verb: string): void {
    if (!isRegraftError(error)) throw error;
    if (error.code === "STORE.UNAVAILABLE") this.crashes.push(error.message);
    else this.refused.push({ word: errorWord(error.code), code: error.code, verb });
  }

  latest(pair?: readonly [number, number]): KnownPlan | undefined {
    return this.plans.findLast((plan) => pair === undefined || (plan.pair[0] === pair[0] && plan.pair[1] === pair[1]));
  }
}

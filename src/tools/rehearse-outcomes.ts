import type { ReasonCode } from "../contracts/types.js";
import { outcomeName, type SessionOutcome } from "./rehearse-sessions.js";

/** The sessions of one outcome. */
export interface OutcomeGroup {
  readonly name: string;
  readonly action: SessionOutcome["decision"]["action"];
  readonly count: number;
  readonly reasons: ReadonlyMap<ReasonCode, number>;
}

interface Growing extends OutcomeGroup {
  count: number;
  readonly reasons: Map<ReasonCode, number>;
}

/** Sums outcomes up for a table, and keeps the first session of each outcome and first reason; nothing else of the sessions. */
export class Outcomes {
  readonly #groups = new Map<string, Growing>();
  readonly #examples = new Map<string, SessionOutcome>();

  add(outcome: SessionOutcome): void {
    const { action, reasons } = outcome.decision;
    const name = outcomeName(outcome);
    const group: Growing = this.#groups.get(name) ?? { name, action, count: 0, reasons: new Map() };
    this.#groups.set(name, group);
    group.count += 1;
    for (const code of reasons) group.reasons.set(code, (group.reasons.get(code) ?? 0) + 1);
    const key = `${name} ${reasons[0]}`;
    if (!this.#examples.has(key)) this.#examples.set(key, outcome);
  }

  /** The most frequent outcome first. */
  get groups(): readonly OutcomeGroup[] {
    return [...this.#groups.values()].sort((a, b) => b.count - a.count);
  }

  /** In the order in which they were met. */
  get examples(): readonly SessionOutcome[] {
    return [...this.#examples.values()];
  }
}

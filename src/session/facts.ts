import type { Session } from "../contracts/types.js";
import type { CompiledScenario, Way } from "../scenario/compile.js";
import type { Verdict } from "../scenario/condition.js";
import { fieldAccepts, knownValue } from "../scenario/value.js";

/** What was found out for one decision beside the session itself. */
export interface Facts {
  /** Values found by gap fill. Session variables win over them. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** Fields that every source was asked for in vain: only the person can give them. */
  readonly exhausted?: ReadonlySet<string>;
  /** Judgements of natural-language conditions, by their text. */
  readonly judged?: Readonly<Record<string, Verdict>>;
}

/** What a decision still has to know. Each round answers or rules out at least one of them. */
export interface Needs {
  readonly action: "needs";
  /** Field names, in the order in which the run meets them. */
  readonly fields: readonly string[];
  /** Texts of conditions for the judge. */
  readonly conditions: readonly string[];
}

/** The data of one decision under the definitions of the new version. */
export class Knowledge {
  readonly #scenario: CompiledScenario;
  readonly #data: Readonly<Record<string, unknown>>;
  readonly #facts: Facts;

  constructor(scenario: CompiledScenario, session: Session, facts: Facts) {
    this.#scenario = scenario;
    this.#facts = facts;
    const data: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
    for (const [name, value] of Object.entries(session.variables)) if (this.#counts(name, value)) data[name] = value;
    for (const [name, value] of Object.entries(facts.values ?? {})) {
      if (!knownValue(undefined, data[name]) && this.#counts(name, value)) data[name] = value;
    }
    this.#data = data;
  }

  /** Whether a value is known that satisfies the new version's definition. */
  knows(field: string): boolean {
    return knownValue(this.#scenario.fields.get(field), this.#data[field]);
  }

  /** Of some fields, those that are not known, in order and without repetition. */
  missing(fields: readonly string[]): string[] {
    return [...new Set(fields)].filter((field) => !this.knows(field));
  }

  isExhausted(field: string): boolean {
    return this.#facts.exhausted?.has(field) === true;
  }

  skips(step: number): Verdict {
    const condition = this.#scenario.skips[step];
    return condition === undefined ? false : condition.evaluate(this.#data);
  }

  /** Fields without which the skip rule of a step cannot be decided. */
  skipNeeds(step: number): readonly string[] {
    return this.#scenario.skips[step]?.missing(this.#data) ?? [];
  }

  verdictOf(way: Way): Verdict {
    if (way.condition !== undefined) return way.condition.evaluate(this.#data);
    if (way.conditionText !== undefined)
      return Object.hasOwn(this.#facts.judged ?? {}, way.conditionText)
        ? (this.#facts.judged?.[way.conditionText] ?? "unknown")
        : "unknown";
    return true;
  }

  /** What an undecided way waits for: fields first, then the judge. Both empty: nothing can decide it. */
  needsOf(way: Way): { fields: string[]; conditions: string[] } {
    if (way.condition !== undefined) return { fields: [...way.condition.missing(this.#data)], conditions: [] };
    if (way.conditionText === undefined) return { fields: [], conditions: [] };
    const fields = this.missing(this.#scenario.scenario.transitions[way.index]?.fields ?? []);
    const judged = Object.hasOwn(this.#facts.judged ?? {}, way.conditionText);
    const ready = fields.every((field) => this.isExhausted(field));
    return { fields, conditions: judged || !ready ? [] : [way.conditionText] };
  }

  #counts(name: string, value: unknown): boolean {
    if (value === undefined) return false;
    if (value === null || value === "") return true;
    const field = this.#scenario.fields.get(name);
    return field === undefined || fieldAccepts(field, value);
  }
}

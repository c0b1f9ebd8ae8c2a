import type { Decision, Field, FoundValue, Session } from "../contracts/types.js";
import type { CompiledScenario } from "../scenario/compile.js";
import { fieldAccepts } from "../scenario/value.js";
import { literalsOf } from "./literals.js";
import { type Random, seededRandom } from "./random.js";
import { sampleValue } from "./sample.js";

const tries = 20;

/** Answers the questions of a rehearsal with made-up values, as a person would through `provide` and `confirm`. */
export class Answering {
  readonly #to: CompiledScenario;
  readonly #random: Random;
  readonly #at: string;
  readonly #literals: ReadonlyMap<string, readonly unknown[]>;

  constructor(to: CompiledScenario, options: { readonly seed: number; readonly at: string }) {
    this.#to = to;
    this.#random = seededRandom(options.seed);
    this.#at = new Date(Date.parse(options.at)).toISOString();
    this.#literals = literalsOf(to);
  }

  /** Fields that the person is asked for, or asked to confirm. */
  askedOfPerson(decision: Decision): readonly string[] {
    if (decision.action === "collect") return decision.prompts.map(({ field }) => field);
    return decision.action === "confirm" ? [decision.field] : [];
  }

  /** Fields that the session waits for, whoever knows them. */
  open(decision: Decision): readonly string[] {
    if (decision.action === "collect") return decision.fields;
    return decision.action === "confirm" ? [decision.field] : [];
  }

  /** The session with answers to these fields; undefined if no value can be made up that fits. */
  answered(session: Session, decision: Decision, fields: readonly string[]): Session | undefined {
    const answers: FoundValue[] = [];
    for (const field of fields) {
      const value = decision.action === "confirm" ? decision.value : this.#value(field);
      if (value === undefined) return undefined;
      answers.push({ field, value, source: "person", confidence: 1, at: this.#at, confirmed: true });
    }
    const before = session.migration?.found?.filter(({ field }) => !fields.includes(field)) ?? [];
    return {
      ...session,
      migration: {
        asked: {},
        since: this.#at,
        reason: "FIELD.REQUIRED",
        toVersion: this.#to.scenario.version,
        ...session.migration,
        state: "awaiting",
        found: [...before, ...answers],
      },
    };
  }

  /** A value that fits; mostly one that conditions ask about. */
  #value(name: string): unknown {
    const field: Field = this.#to.fields.get(name) ?? { name, type: "string" };
    const telling = (this.#literals.get(name) ?? []).filter((value) => fieldAccepts(field, value));
    for (let attempt = 0; attempt < tries; attempt += 1) {
      const isTelling = telling.length > 0 && this.#random.chance(0.7);
      const value = isTelling ? this.#random.pick(telling) : sampleValue(field, this.#random);
      if (fieldAccepts(field, value)) return value;
    }
    return undefined;
  }
}

import type { WitnessStep } from "../contracts/types.js";
import type { StepMatch } from "../diff/matching.js";
import { effectClass } from "../diff/pair.js";
import type { Done, Evidence } from "./evidence.js";
import type { Knowledge } from "./facts.js";
import type { Migration } from "./migration.js";

/** What a session owes at one step of the run before its target. */
export interface Owed {
  readonly status: WitnessStep["status"];
  readonly done: Done | undefined;
  /** Fields that the step asks of this session, known or not. */
  readonly fields: readonly string[];
  readonly missing: readonly string[];
  /** A required action that has to run. */
  readonly action: boolean;
  /** A checkpoint that was never passed: no run may go over it. */
  readonly blocked: boolean;
  /** An effect that the session had passed over on its old version: reported, not owed. */
  readonly passedOver: boolean;
  /** Whether equal steps leave open if the effect was done. */
  readonly ambiguous: boolean;
}

type PassedOver = Pick<StepMatch, "addedFields" | "effect">;

/** The cost of a question: more than all unvisited steps of a run together. */
const QUESTION = 1e6;

/** Tells what a session owes at each step, at most once a step. */
export class Debts {
  readonly #migration: Migration;
  readonly #evidence: Evidence;
  readonly #knowledge: Knowledge;
  readonly #waiveFields: boolean;
  readonly #region: Uint8Array;
  readonly #cache = new Map<number, Owed>();

  /**
   * @param options.waiveFields - no field is asked
   * @param options.anyRound - steps that an earlier round of a loop may have jumped past count as passed over too
   */
  constructor(
    migration: Migration,
    evidence: Evidence,
    knowledge: Knowledge,
    options: { readonly waiveFields: boolean; readonly anyRound: boolean },
  ) {
    this.#migration = migration;
    this.#evidence = evidence;
    this.#knowledge = knowledge;
    this.#waiveFields = options.waiveFields;
    this.#region = options.anyRound ? evidence.possible() : evidence.own;
  }

  at(step: number): Owed {
    const known = this.#cache.get(step);
    if (known !== undefined) return known;
    const made = this.#tell(step);
    this.#cache.set(step, made);
    return made;
  }

  /** Whether nothing is owed on a run of this cost. */
  static isFree(cost: number): boolean {
    return cost < QUESTION;
  }

  /** One number to compare runs by: unpassed checkpoints, then actions, then questions, then unvisited steps. */
  costOf(step: number): number {
    const owed = this.at(step);
    const unvisited = owed.done === undefined ? 1 : 0;
    return (owed.blocked ? 1e13 : 0) + (owed.action ? 1e10 : 0) + owed.missing.length * QUESTION + unvisited;
  }

  #tell(step: number): Owed {
    const definition = this.#migration.to.steps[step];
    const done = this.#evidence.done.get(step);
    const over = done?.asked === true ? undefined : this.#passedOver(step);
    const asked = this.#fieldsOf(step, definition?.collects ?? [], done, over);
    const fields = this.#waiveFields ? [] : asked;
    const missing = this.#knowledge.missing(fields);
    const kind = definition === undefined ? "none" : effectClass(definition);
    const acted = kind === "none" || done?.effect === true;
    const reported = !acted && over?.effect === true;
    const open = !acted && !reported;
    return {
      status: this.#statusOf(step, done, over, asked),
      done,
      fields,
      missing,
      action: open && kind === "required_action",
      blocked: open && kind === "checkpoint",
      passedOver: reported,
      ambiguous: kind !== "none" && done?.effect === true && !done.certain,
    };
  }

  /** What the session jumped past on its old version where this step is now, if it did. */
  #passedOver(step: number): PassedOver | undefined {
    const pairs = (this.#migration.matching?.preimagesOf[step] ?? []).filter((pair) => this.#region[pair.from] === 1);
    const [first, ...others] = pairs;
    if (first === undefined || others.length === 0) return first;
    const least = others.reduce(
      (best, pair) => (pair.addedFields.length < best.addedFields.length ? pair : best),
      first,
    );
    return { addedFields: least.addedFields, effect: pairs.some((pair) => pair.effect) };
  }

  #fieldsOf(
    step: number,
    collects: readonly string[],
    done: Done | undefined,
    over: PassedOver | undefined,
  ): readonly string[] {
    if (done?.asked === true) return done.pair?.addedFields ?? [];
    if (over !== undefined) return over.addedFields;
    if (collects.length === 0) return [];
    const skips = this.#knowledge.skips(step);
    if (skips === true) return [];
    if (skips === "unknown" && this.#knowledge.missing(collects).length > 0) {
      const needs = this.#knowledge.skipNeeds(step);
      if (needs.length > 0) return [...needs];
    }
    return [...collects];
  }

  #statusOf(
    step: number,
    done: Done | undefined,
    over: PassedOver | undefined,
    fields: readonly string[],
  ): WitnessStep["status"] {
    if (done !== undefined) return done.pair === undefined && done.effect ? "done" : "visited";
    if (over !== undefined) return "passed_over";
    if (this.#knowledge.skips(step) === true) return "skipped";
    if (fields.length === 0) return "silent";
    return this.#waiveFields ? "forced" : "known";
  }
}

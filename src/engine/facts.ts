import type { Field, FoundValue, JsonObject, Session } from "../contracts/types.js";
import type { FieldFinding, FieldSource } from "../ports/field-source.js";
import type { CompiledScenario } from "../scenario/compile.js";
import type { Verdict } from "../scenario/condition.js";
import { knownValue } from "../scenario/value.js";
import type { Facts, Needs } from "../session/facts.js";
import { type Engine, timeOf } from "./context.js";
import { type Informants, Inquiry } from "./informants.js";
import { withAnswers } from "./told.js";

/** A found value of this confidence was refused by the person: it is kept so that it is not offered again. */
export const refused = 0;

/** What is found out for one decision, round by round. */
export class FactBook {
  readonly #engine: Engine;
  readonly #informants: Informants;
  readonly #target: CompiledScenario;
  readonly #inquiry: Inquiry;
  readonly #found = new Map<string, FoundValue>();
  readonly #exhausted = new Set<string>();
  readonly #judged: Record<string, Verdict> = Object.create(null) as Record<string, Verdict>;
  /** Conditions that only a judge could decide, and there is none. */
  readonly unjudged = new Set<string>();
  /** The session's data after the changes of the plans, with the person's answers. */
  readonly data: JsonObject;

  /** @param changed - the session's data after the changes of the plans */
  constructor(
    engine: Engine,
    informants: Informants,
    session: Session,
    target: CompiledScenario,
    changed: JsonObject = session.variables,
  ) {
    this.#engine = engine;
    this.#informants = informants;
    this.#target = target;
    this.#inquiry = new Inquiry(engine, session, target);
    for (const value of session.migration?.found ?? []) this.#remember(value);
    this.data = withAnswers(changed, this.found);
  }

  /** Everything found that still counts, in the order in which it was found. */
  get found(): readonly FoundValue[] {
    return [...this.#found.values()];
  }

  get facts(): Facts {
    const values = Object.fromEntries(this.certain().map(({ field, value }) => [field, value]));
    return { values, exhausted: this.#exhausted, judged: this.#judged };
  }

  /** The values that may be used as they are. */
  certain(): FoundValue[] {
    const { withoutConfirmation } = this.#engine.config.thresholds;
    return this.found.filter(({ confirmed, confidence }) => confirmed || confidence >= withoutConfirmation);
  }

  /** A found value that the person has to confirm first. */
  doubtful(field: string): FoundValue | undefined {
    const value = this.#found.get(field);
    if (value === undefined || value.confirmed || value.confidence === refused) return undefined;
    return value.confidence < this.#engine.config.thresholds.withoutConfirmation ? value : undefined;
  }

  /** Answers every need, or rules it out. */
  async gather({ fields, conditions }: Needs): Promise<void> {
    await this.#ask(fields.filter((field) => !this.#found.has(field)));
    for (const field of fields) if (!this.#isCertain(field)) this.#exhausted.add(field);
    for (const condition of conditions) this.#judged[condition] = await this.#judge(condition);
  }

  #isCertain(field: string): boolean {
    return this.certain().some((value) => value.field === field);
  }

  async #ask(fields: readonly string[]): Promise<void> {
    for (const source of this.#informants.sources) {
      const open = fields.filter((field) => !this.#found.has(field));
      if (open.length === 0) return;
      const definitions = open.map((name) => this.#definition(name));
      for (const finding of await this.#inquiry.ask(source, definitions)) this.#take(source, finding);
    }
  }

  #definition(name: string): Field {
    return this.#target.fields.get(name) ?? { name, type: "string" };
  }

  #take(source: FieldSource, { field, value, confidence, quote }: FieldFinding): void {
    if (confidence < this.#engine.config.thresholds.use) return;
    const words = quote === undefined ? {} : { quote };
    const at = timeOf(this.#engine);
    this.#found.set(field, { field, value, source: source.name, confidence, ...words, at, confirmed: false });
  }

  /** Takes over what an earlier message has found, if it still counts. */
  #remember(value: FoundValue): void {
    const field = this.#target.fields.get(value.field);
    const age = this.#engine.clock.now() - Date.parse(value.at);
    const tooOld = field?.expiresAfterMs !== undefined && age > field.expiresAfterMs;
    if (!tooOld && knownValue(field, value.value)) this.#found.set(value.field, value);
  }

  async #judge(condition: string): Promise<Verdict> {
    const { judge } = this.#informants;
    if (judge === undefined) {
      this.unjudged.add(condition);
      return "unknown";
    }
    const data = { ...this.facts.values, ...this.data };
    return this.#inquiry.judge(judge, condition, data);
  }
}

import type { Field, FoundValue, Session } from "../contracts/types.js";
import type { FieldFinding, FieldSource } from "../ports/field-source.js";
import type { CompiledScenario } from "../scenario/compile.js";
import type { Verdict } from "../scenario/condition.js";
import { knownValue } from "../scenario/value.js";
import type { Facts, Needs } from "../session/facts.js";
import { type Engine, timeOf } from "./context.js";

/** A found value of this confidence was refused by the person: it is kept so that it is not offered again. */
export const refused = 0;

/** Who may be asked. Rehearsals leave the judge out. */
export type Informants = Pick<Engine, "sources" | "judge">;

/** What is found out for one decision, round by round. */
export class FactBook {
  readonly #engine: Engine;
  readonly #informants: Informants;
  readonly #session: Session;
  readonly #target: CompiledScenario;
  readonly #found = new Map<string, FoundValue>();
  readonly #exhausted = new Set<string>();
  readonly #judged: Record<string, Verdict> = Object.create(null) as Record<string, Verdict>;
  /** Conditions that only a judge could decide, and there is none. */
  readonly unjudged = new Set<string>();

  constructor(engine: Engine, informants: Informants, session: Session, target: CompiledScenario) {
    this.#engine = engine;
    this.#informants = informants;
    this.#session = session;
    this.#target = target;
    for (const value of session.migration?.found ?? []) this.#remember(value);
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
      for (const finding of await this.#askOne(
        source,
        open.map((name) => this.#definition(name)),
      )) {
        if (open.includes(finding.field)) this.#take(source, finding);
      }
    }
  }

  async #askOne(source: FieldSource, fields: readonly Field[]): Promise<readonly FieldFinding[]> {
    try {
      return await source.find({ session: this.#session, scenario: this.#target.scenario, fields });
    } catch (error) {
      const { id: sessionId } = this.#session;
      this.#engine.logger?.warn({ sessionId, source: source.name, error: String(error) }, "a field source failed");
      return [];
    }
  }

  #definition(name: string): Field {
    return this.#target.fields.get(name) ?? { name, type: "string" };
  }

  #take(source: FieldSource, { field, value, confidence, quote }: FieldFinding): void {
    const enough = confidence >= this.#engine.config.thresholds.use && confidence <= 1;
    if (!enough || !knownValue(this.#target.fields.get(field), value)) return;
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
    const data = { ...this.facts.values, ...this.#session.variables };
    try {
      const request = { session: this.#session, scenario: this.#target.scenario, condition, data };
      const verdict = await judge.judge(request);
      return verdict === true || verdict === false ? verdict : "unknown";
    } catch (error) {
      this.#engine.logger?.warn({ sessionId: this.#session.id, condition, error: String(error) }, "the judge failed");
      return "unknown";
    }
  }
}

import { thresholdsOf } from "../config/thresholds.js";
import type { Field, FoundValue, JsonObject, Session } from "../contracts/types.js";
import { digestOf } from "../hash/digest.js";
import type { FieldFinding, FieldSource } from "../ports/field-source.js";
import type { CompiledScenario } from "../scenario/compile.js";
import type { Verdict } from "../scenario/condition.js";
import { knownValue } from "../scenario/value.js";
import { withAnswers } from "../session/answers.js";
import { isTooOld } from "../session/carried.js";
import type { Facts, Needs } from "../session/facts.js";
import { type Engine, timeOf } from "./context.js";
import { type Informants, Inquiry } from "./informants.js";
import { judgedData } from "./judged-data.js";
import { readAnswer } from "./person.js";

/** A found value of this confidence was refused by the person: it is kept so that it is not offered again. */
export const refused = 0;

/** The most values that are kept beside one another for a field. */
const maxKept = 100;

/** What a decision's facts are gathered for. */
export interface Inquest {
  readonly session: Session;
  /** The version that the session walks, if it is known. */
  readonly from: CompiledScenario | undefined;
  readonly target: CompiledScenario;
  /** The session's data after the changes of the plans. */
  readonly changed: JsonObject;
  /** What earlier messages have found, under the names of the target. */
  readonly found: readonly FoundValue[];
}

/** What is found out for one decision, round by round. */
export class FactBook {
  readonly #engine: Engine;
  readonly #informants: Informants;
  readonly #inquest: Inquest;
  readonly #inquiry: Inquiry;
  readonly #found = new Map<string, FoundValue>();
  readonly #exhausted = new Set<string>();
  readonly #judged: Record<string, Verdict> = Object.create(null) as Record<string, Verdict>;
  /** Conditions that only a judge could decide, and there is none. */
  readonly unjudged = new Set<string>();
  /** The session's data after the changes of the plans, with the person's answers. */
  readonly data: JsonObject;

  constructor(engine: Engine, informants: Informants, inquest: Inquest) {
    const { session, target, changed, found } = inquest;
    this.#engine = engine;
    this.#informants = informants;
    this.#inquest = inquest;
    for (const value of found) this.#remember(value);
    this.data = withAnswers(changed, this.found);
    this.#inquiry = new Inquiry(engine, { ...session, variables: this.data }, target);
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
    return this.found.filter((value) => value.confirmed || (value.confidence !== refused && !this.#isDoubtful(value)));
  }

  /** A found value that the person has to confirm first. */
  doubtful(field: string): FoundValue | undefined {
    const value = this.#found.get(field);
    if (value === undefined || value.confirmed || value.confidence === refused) return undefined;
    return this.#isDoubtful(value) ? value : undefined;
  }

  /** Answers every need, or rules it out. */
  async gather({ fields, conditions }: Needs): Promise<void> {
    await this.#ask(fields.filter((field) => this.#isOpen(field)));
    const certain = new Set(this.certain().map(({ field }) => field));
    for (const field of fields) if (!certain.has(field)) this.#exhausted.add(field);
    for (const condition of conditions) this.#judged[condition] = await this.#judge(condition);
  }

  #isDoubtful({ field, confidence, competing = [] }: FoundValue): boolean {
    return competing.length > 0 || confidence < this.#thresholds(field).withoutConfirmation;
  }

  #thresholds(field: string) {
    return thresholdsOf(this.#engine.config, this.#engine.tenantId, field);
  }

  /** Whether nothing is known of a field, or only what the person has refused. */
  #isOpen(field: string): boolean {
    const value = this.#found.get(field);
    return value === undefined || (!value.confirmed && value.confidence === refused);
  }

  /** Asks one source after another; each is told all fields that it may know, so that contradictions show. */
  async #ask(fields: readonly string[]): Promise<void> {
    for (const source of this.#informants.sources) {
      const wanted = fields.map((name) => this.#definition(name)).filter((field) => this.#mayAsk(source, field));
      const { costly = source.kind === "tool" || source.kind === "conversation" } = source;
      const isNeeded = wanted.some(({ name }) => this.#isOpen(name));
      if (wanted.length === 0 || (costly && !isNeeded)) continue;
      const latest = new Map((await this.#inquiry.ask(source, wanted)).map((finding) => [finding.field, finding]));
      for (const finding of latest.values()) await this.#take(source, finding);
    }
  }

  /** What the person says counts only for what the person is to say; what is sensitive only where that is allowed. */
  #mayAsk({ kind }: FieldSource, { source = "person", sensitive = false }: Field): boolean {
    if (kind !== "conversation") return true;
    return source === "person" && (!sensitive || this.#engine.config.extraction.sensitive);
  }

  #definition(name: string): Field {
    return this.#inquest.target.fields.get(name) ?? { name, type: "string" };
  }

  async #take(source: FieldSource, finding: FieldFinding): Promise<void> {
    const { field, value, confidence, at, ...rest } = finding;
    if (confidence < this.#thresholds(field).use) return;
    const now = timeOf(this.#engine);
    const since = at === undefined || at > now ? now : at;
    if (this.#isTooOld(field, since)) return;
    const before = this.#found.get(field);
    const { name, kind } = source;
    if (before !== undefined && !this.#isOpen(field)) {
      if (await this.#isSame(field, before.value, value)) return;
      const quote = rest.quote === undefined ? {} : { quote: rest.quote };
      const competing = [...(before.competing ?? []), { value, source: name, kind, confidence, ...quote }];
      this.#found.set(field, { ...before, competing: competing.slice(0, maxKept) });
      return;
    }
    const no = before === undefined ? [] : [...(before.refused ?? []), digestOf(before.value)].slice(-maxKept);
    if (no.includes(digestOf(value))) return;
    const { span, ...words } = rest;
    this.#found.set(field, {
      ...{ field, value, source: name, kind, confidence, ...words, at: since, confirmed: false },
      scenarioVersion: this.#inquest.target.scenario.version,
      ...(span === undefined ? {} : { span: [...span] }),
      ...(no.length === 0 ? {} : { refused: no }),
    });
  }

  /** Whether two values are the same once both are in their canonical form. */
  async #isSame(field: string, a: unknown, b: unknown): Promise<boolean> {
    if (digestOf(a) === digestOf(b)) return true;
    const { session } = this.#inquest;
    const read = async (value: unknown) => readAnswer(this.#engine, session, this.#definition(field), value);
    const [one, other] = [await read(a), await read(b)];
    return one.ok && other.ok && digestOf(one.value) === digestOf(other.value);
  }

  #isTooOld(field: string, since: string): boolean {
    return isTooOld(this.#definition(field), since, this.#engine.clock.now());
  }

  /** Takes over what an earlier message has found, if it still counts. */
  #remember(value: FoundValue): void {
    const { field, confirmed, confidence, at } = value;
    const isWeak = !confirmed && confidence !== refused && confidence < this.#thresholds(field).use;
    if (isWeak || this.#isTooOld(field, at)) return;
    if (knownValue(this.#inquest.target.fields.get(field), value.value)) this.#found.set(field, value);
  }

  async #judge(condition: string): Promise<Verdict> {
    const { judge } = this.#informants;
    if (judge === undefined) {
      this.unjudged.add(condition);
      return "unknown";
    }
    return this.#inquiry.judge(
      judge,
      condition,
      judgedData(this.#inquest, condition, this.#known(), this.#engine.config),
    );
  }

  /** What a decision knows: a value of the session's own that is none under the new definition does not hide one that was found. */
  #known(): JsonObject {
    const { fields } = this.#inquest.target;
    const data = Object.entries(this.data).filter(([name, value]) => knownValue(fields.get(name), value));
    return { ...this.facts.values, ...Object.fromEntries(data) };
  }
}

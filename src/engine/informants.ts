import type { Field, Session } from "../contracts/types.js";
import type { FieldFinding, FieldSource } from "../ports/field-source.js";
import type { JudgeRequest } from "../ports/judge.js";
import type { CompiledScenario } from "../scenario/compile.js";
import type { Verdict } from "../scenario/condition.js";
import { kindOf } from "./by.js";
import type { Engine } from "./context.js";
import { checkFindings } from "./finding.js";
import { inTime, late } from "./in-time.js";

/** Who may be asked. Rehearsals leave the judge out. */
export type Informants = Pick<Engine, "sources" | "judge">;

/** What was thrown, in words. */
function textOf(error: unknown): string {
  return error instanceof Error || typeof error === "string" ? String(error) : kindOf(error);
}

/**
 * Asks sources and the judge on behalf of one decision. Whatever they do, the decision goes on: what fails, is late or is no
 * answer counts as nothing found and is logged. Who was late is not asked again for the same decision.
 */
export class Inquiry {
  readonly #engine: Engine;
  readonly #session: Session;
  readonly #target: CompiledScenario;
  readonly #late = new Set<object>();

  constructor(engine: Engine, session: Session, target: CompiledScenario) {
    this.#engine = engine;
    this.#session = session;
    this.#target = target;
  }

  /** What a source finds of some fields and may be used. */
  async ask(source: FieldSource, fields: readonly Field[]): Promise<FieldFinding[]> {
    const request = { session: this.#session, scenario: this.#target.scenario, fields };
    const who = { source: source.name };
    const names = fields.map(({ name }) => name);
    try {
      const answer = await this.#inTime(source, async () => source.find(request));
      if (answer === late) {
        this.#warn({ ...who, fields: names, why: this.#tooLate() }, "a field source was late");
        return [];
      }
      return checkFindings(answer, new Set(names), this.#target).flatMap(({ finding, ...fault }) => {
        if (finding === undefined) this.#warn({ ...who, ...fault }, "a finding of a field source cannot be used");
        return finding ?? [];
      });
    } catch (error) {
      this.#warn({ ...who, fields: names, error: textOf(error) }, "a field source failed");
      return [];
    }
  }

  /** What the judge says about a condition. */
  async judge(
    judge: NonNullable<Informants["judge"]>,
    condition: string,
    data: JudgeRequest["data"],
  ): Promise<Verdict> {
    const request = { session: this.#session, scenario: this.#target.scenario, condition, data };
    try {
      const verdict: unknown = await this.#inTime(judge, async () => judge.judge(request));
      if (verdict === true || verdict === false || verdict === "unknown") return verdict;
      const why = verdict === late ? this.#tooLate() : `it returned ${kindOf(verdict)}, not true, false or "unknown"`;
      this.#warn({ condition, why }, verdict === late ? "the judge was late" : "a verdict of the judge cannot be used");
    } catch (error) {
      this.#warn({ condition, error: textOf(error) }, "the judge failed");
    }
    return "unknown";
  }

  async #inTime<T>(who: object, work: () => Promise<T>): Promise<T | typeof late> {
    if (this.#late.has(who)) return late;
    const answer = await inTime(work, this.#engine.config.limits.sourceTimeoutMs);
    if (answer === late) this.#late.add(who);
    return answer;
  }

  #tooLate(): string {
    return `no answer within ${this.#engine.config.limits.sourceTimeoutMs} ms`;
  }

  #warn(fields: Readonly<Record<string, unknown>>, message: string): void {
    const { id: sessionId, tenantId } = this.#session;
    this.#engine.logger?.warn({ sessionId, tenantId, ...fields }, message);
  }
}

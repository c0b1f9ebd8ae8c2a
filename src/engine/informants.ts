import type { Field, Session } from "../contracts/types.js";
import { isRegraftError } from "../errors.js";
import { verdictIn } from "../fill/judge-verdict.js";
import { normaliseValue } from "../fill/normal-value.js";
import type { FieldFinding, FieldRequest, FieldSource } from "../ports/field-source.js";
import type { JudgeRequest } from "../ports/judge.js";
import { withDeadline } from "../resilience/deadline.js";
import type { CompiledScenario } from "../scenario/compile.js";
import type { Verdict } from "../scenario/condition.js";
import { kindOf } from "./by.js";
import type { Engine } from "./context.js";
import { timeOf } from "./context.js";
import { checkFindings } from "./finding.js";
import { mayUse } from "./guards.js";
import { late } from "./in-time.js";
import { measure } from "./telemetry.js";

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
    const who = { source: source.name };
    const names = fields.map(({ name }) => name);
    const { kind, costly = kind === "tool" || kind === "conversation" } = source;
    if (costly && this.#isGuarded(source) && !mayUse(this.#engine, "modelCalls")) return [];
    try {
      const answer = await this.#inTime(source, `source ${source.name}`, async (signal) =>
        source.find(this.#request(fields, signal)),
      );
      if (answer === late) {
        this.#fail(who.source, "late");
        this.#warn({ ...who, fields: names, why: this.#tooLate() }, "a field source was late");
        return [];
      }
      const found = checkFindings(answer, new Set(names), this.#target).flatMap(({ finding, ...fault }) => {
        if (finding === undefined) this.#warn({ ...who, ...fault }, "a finding of a field source cannot be used");
        return finding ?? [];
      });
      return await this.#accepted(found, who);
    } catch (error) {
      this.#fail(who.source, "failed");
      this.#warn({ ...who, fields: names, error: textOf(error) }, "a field source failed");
      return [];
    }
  }

  #request(fields: readonly Field[], signal: AbortSignal): FieldRequest {
    const { person, config } = this.#engine;
    const [locale, timeZone] = [person.locale(this.#session), person.timeZone(this.#session)];
    return {
      session: this.#session,
      scenario: this.#target.scenario,
      fields,
      at: timeOf(this.#engine),
      ...(locale === undefined ? {} : { locale }),
      ...(timeZone === undefined ? {} : { timeZone }),
      maxTurns: config.conversationTurns,
      signal,
    };
  }

  /** The findings that the host's own schemas accept as well. */
  async #accepted(findings: readonly FieldFinding[], who: { readonly source: string }): Promise<FieldFinding[]> {
    const { fieldValidators } = this.#engine.person;
    const accepted: FieldFinding[] = [];
    for (const finding of findings) {
      const field = this.#target.fields.get(finding.field);
      if (field === undefined || !Object.hasOwn(fieldValidators, field.name)) {
        accepted.push(finding);
        continue;
      }
      const read = await normaliseValue(field, finding.value, { fieldValidators, libraries: { notes: [] } });
      if (read.ok) accepted.push({ ...finding, value: read.value });
      else
        this.#warn(
          { ...who, field: field.name, why: "the host's schema refuses it" },
          "a finding of a field source cannot be used",
        );
    }
    return accepted;
  }

  /** What the judge says about a condition. */
  async judge(
    judge: NonNullable<Informants["judge"]>,
    condition: string,
    data: JudgeRequest["data"],
  ): Promise<Verdict> {
    const request = { session: this.#session, scenario: this.#target.scenario, condition, data };
    const threshold = this.#engine.config.thresholds.judge;
    if (this.#isGuarded(judge) && !mayUse(this.#engine, "modelCalls")) return "unknown";
    try {
      const answer: unknown = await this.#inTime(judge, "judge", async (signal) => judge.judge({ ...request, signal }));
      const verdict = verdictIn(answer, threshold);
      if (verdict !== undefined) return verdict;
      this.#fail("judge", answer === late ? "late" : "unusable");
      const why = answer === late ? this.#tooLate() : `it returned ${kindOf(answer)}, not true, false or "unknown"`;
      this.#warn({ condition, why }, answer === late ? "the judge was late" : "a verdict of the judge cannot be used");
    } catch (error) {
      this.#fail("judge", "failed");
      this.#warn({ condition, error: textOf(error) }, "the judge failed");
    }
    return "unknown";
  }

  async #inTime<T>(who: object, name: string, work: (signal: AbortSignal) => Promise<T>): Promise<T | typeof late> {
    if (this.#late.has(who)) return late;
    const { guards, config } = this.#engine;
    const call = () => withDeadline(work, { timeoutMs: config.limits.sourceTimeoutMs, name });
    try {
      return await (this.#isGuarded(who) ? guards.breakerOf(name).run(call) : call());
    } catch (error) {
      if (!isRegraftError(error, "TRANSIENT.TIMEOUT")) throw error;
      this.#late.add(who);
      return late;
    }
  }

  /** Stand-ins of rehearsals and draining say nothing about whom they stand for. */
  #isGuarded(who: object): boolean {
    const { sources, judge } = this.#engine;
    return who === judge || sources.some((source) => source === who);
  }

  #fail(name: string, why: string): void {
    measure(this.#engine, "regraft.informant.failures", 1, { name, why });
  }

  #tooLate(): string {
    return `no answer within ${this.#engine.config.limits.sourceTimeoutMs} ms`;
  }

  #warn(fields: Readonly<Record<string, unknown>>, message: string): void {
    const { id: sessionId, tenantId } = this.#session;
    this.#engine.logger?.warn({ sessionId, tenantId, ...fields }, message);
  }
}

import type { Decision, Field, Session } from "../../src/contracts/types.js";
import type { ScenarioDiff } from "../../src/diff/diff.js";
import { canonicalJson } from "../../src/hash/canonical-json.js";
import type { CompiledScenario } from "../../src/scenario/compile.js";
import type { Verdict } from "../../src/scenario/condition.js";
import { fieldAccepts } from "../../src/scenario/value.js";
import { decide } from "../../src/session/decide.js";
import type { Migration } from "../../src/session/migration.js";
import { literalsOf } from "../../src/testing/literals.js";
import { type Random, seededRandom } from "../../src/testing/random.js";
import { sampleValue } from "../../src/testing/sample.js";
import { walkSession } from "../../src/testing/walk.js";
import { faultsOf } from "./oracle.js";

const maxRounds = 400;

/** What became of one session. */
export interface Rehearsal {
  /** The first thing that anybody outside the engine sees. */
  readonly first: Decision;
  /** After the person answered every question. */
  readonly last: Decision;
  readonly questions: number;
  readonly faults: readonly string[];
}

interface Round {
  readonly decision?: Decision;
  readonly values?: Readonly<Record<string, unknown>>;
  readonly fault?: string;
}

/** Whether a session came to a step that only errors lead to. */
function hadError(session: Session, from: CompiledScenario): boolean {
  const entered = new Map<string, boolean>();
  for (const { to, conditionText } of from.scenario.transitions) {
    entered.set(to, (entered.get(to) ?? true) && isError(conditionText ?? ""));
  }
  return session.stepHistory.some(({ stepId }) => entered.get(stepId) === true);
}

const isError = (text: string): boolean => /^(event|error): /.test(text);

/**
 * What the surroundings of a session can tell: the host knows its own fields, and that a session which went on had no error.
 * Nobody can tell what else a judged condition says, and only the person knows the rest.
 */
class Surroundings {
  readonly #literals: ReadonlyMap<string, readonly unknown[]>;

  constructor(
    private readonly migration: Migration,
    private readonly random: Random,
  ) {
    this.#literals = literalsOf(migration.to);
  }

  /** Decides a session, telling it all that it needs and that is known without the person. */
  decide(session: Session): Round {
    const { migration } = this;
    const calm = migration.from !== undefined && !hadError(session, migration.from);
    const values: Record<string, unknown> = {};
    const exhausted = new Set<string>();
    const judged: Record<string, Verdict> = {};
    for (let round = 0; round < maxRounds; round += 1) {
      const input = { session, migration, facts: { values, exhausted, judged } };
      const decision = decide(input);
      if (canonicalJson(decision) !== canonicalJson(decide(input)))
        return { fault: "the same input gave two decisions" };
      if (decision.action !== "needs") return { decision, values };
      const fields = decision.fields.filter((name) => !(name in values) && !exhausted.has(name));
      const conditions = decision.conditions.filter((text) => !(text in judged));
      if (fields.length + conditions.length === 0) return { fault: "needs nothing that it had not asked for" };
      for (const name of fields) {
        const field = definitionOf(migration.to, name);
        if ((field.source ?? "person") === "person") exhausted.add(name);
        else values[name] = this.valueOf(field);
      }
      for (const text of conditions) judged[text] = calm && isError(text) ? false : "unknown";
    }
    return { fault: `no decision after ${maxRounds} rounds` };
  }

  valueOf(field: Field): unknown {
    const telling = (this.#literals.get(field.name) ?? []).filter((value) => fieldAccepts(field, value));
    return this.random.pick(telling) ?? sampleValue(field, this.random);
  }

  /** The session after the person has answered. */
  answered(session: Session, fields: readonly string[]): Session {
    const answers = fields.map((name) => [name, sampleValue(definitionOf(this.migration.to, name), this.random)]);
    return { ...session, variables: { ...session.variables, ...Object.fromEntries(answers) } };
  }
}

const definitionOf = (c: CompiledScenario, name: string): Field => c.fields.get(name) ?? { name, type: "string" };

/** Walks a session on the old version and sees what the new one makes of it, with a person who answers every question. */
export function rehearse(diff: ScenarioDiff, migration: Migration, seed: number): Rehearsal | { faults: string[] } {
  const { from, to } = diff.matching;
  const strays = seed % 2 === 1;
  const surroundings = new Surroundings(migration, seededRandom(seed * 7919 + 1));
  let session = walkSession(from.scenario, {
    seed,
    id: `s${seed}`,
    at: "2026-01-01T00:00:00Z",
    ...(strays ? { jumpRate: 0.15, repeatRate: 0.08, silenceRate: 0.05 } : {}),
  });
  const faults: string[] = [];
  const told = `seed ${seed}, at ${session.stepId}`;
  let first: Decision | undefined;
  for (let questions = 0; questions < maxRounds; questions += 1) {
    const { decision, fault, values } = surroundings.decide(session);
    if (decision === undefined) return { faults: [`${told}: ${fault}`] };
    first ??= decision;
    if (decision.action === "collect") {
      const known = decision.fields.filter((name) => fieldAccepts(definitionOf(to, name), session.variables[name]));
      if (known.length > 0) return { faults: [`${told}: asks for what is known: ${known.join(", ")}`] };
      session = surroundings.answered(session, decision.fields);
      continue;
    }
    if (decision.action === "teleport") {
      const found = faultsOf({ session, diff, decision, data: { ...values, ...session.variables } });
      faults.push(...found.map((text) => `${told}, to ${decision.stepId}: ${text}`));
    }
    return { first, last: decision, questions, faults };
  }
  return { faults: [`${told}: more than ${maxRounds} questions`] };
}

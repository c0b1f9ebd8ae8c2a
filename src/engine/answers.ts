import type { Field, FoundValue, MigrationState, ReconciliationResult, Session } from "../contracts/types.js";
import { describe as inWords } from "../contracts/violation.js";
import { RegraftError } from "../errors.js";
import { own } from "../hash/own.js";
import { type CompiledScenario, compile } from "../scenario/compile.js";
import { knownValue } from "../scenario/value.js";
import { kindOf } from "./by.js";
import { type Engine, happened, timeOf } from "./context.js";
import { refused } from "./facts.js";
import { checkJson } from "./input.js";
import { type ReconcileOptions, settle } from "./reconcile.js";
import { checkSize, requireOpen } from "./session-records.js";
import { answerOf, withAnswers as told } from "./told.js";
import { storedWorld } from "./world.js";

/** Values by field name. */
export type Answers = Readonly<Record<string, unknown>>;

/** For each field offered for confirmation: yes, no, or another value. */
export type Confirmations = Readonly<Record<string, unknown>>;

/** The version that a session is on its way to; refused where nothing is asked of it. */
export async function targetFor(engine: Engine, session: Session): Promise<CompiledScenario> {
  requireOpen(session);
  const live = await storedWorld(engine).live(session.scenarioId);
  const to = live === undefined ? undefined : compile(live);
  const here = session.scenarioVersion === live?.version && session.scenarioChecksum === to?.checksum;
  if (to !== undefined && !here && session.scenarioVersion <= to.scenario.version) return to;
  throw new RegraftError("ANSWER.NOT_ASKED", `session ${session.id} is on its way to no other version`, {
    expected: "a session that waits for an answer",
    received: `a session at home in version ${session.scenarioVersion}`,
  });
}

function pathOf(field: string): string {
  return `/${field.replaceAll("~", "~0").replaceAll("/", "~1")}`;
}

function describe({ type, values, min, max, pattern }: Field): string {
  const bounds = [min === undefined ? "" : ` from ${min}`, max === undefined ? "" : ` up to ${max}`].join("");
  const form = pattern === undefined ? "" : ` of the form ${pattern}`;
  if (type === "enum" && values !== undefined) return `one of ${values.map(({ value }) => value).join(", ")}`;
  return `a value of type ${type}${bounds}${form}`;
}

/** Every name that a version reads or collects, with or without a definition. */
function uses({ scenario, fields }: CompiledScenario, name: string): boolean {
  return (
    fields.has(name) ||
    scenario.steps.some(({ collects }) => collects?.includes(name)) ||
    scenario.transitions.some((transition) => transition.fields?.includes(name))
  );
}

function checkAnswer(session: Session, to: CompiledScenario, field: string, value: unknown): void {
  const asked = Object.hasOwn(session.migration?.asked ?? {}, field);
  if (!asked && !uses(to, field)) {
    throw new RegraftError("ANSWER.NOT_ASKED", `nobody asked for ${field}`, {
      path: pathOf(field),
      expected: "a field that was asked for or that the new version uses",
      received: field,
    });
  }
  const definition = to.fields.get(field);
  if (knownValue(definition, value)) return;
  const hidden = definition?.sensitive === true;
  throw new RegraftError("ANSWER.INVALID", `the value of ${field} does not satisfy its definition`, {
    path: pathOf(field),
    expected: definition === undefined ? "a value that is not empty" : describe(definition),
    received: hidden ? kindOf(value) : inWords(value),
  });
}

/** The state with answers in the place of their questions, and of what was found before. */
function answered(migration: MigrationState, answers: readonly FoundValue[]): MigrationState {
  const { found = [], asked: before, ...rest } = migration;
  const fields = answers.map(({ field }) => field);
  const asked = Object.fromEntries(Object.entries(before).filter(([field]) => !fields.includes(field)));
  const left = [...found.filter(({ field }) => !fields.includes(field)), ...answers];
  return { ...rest, asked, ...(left.length > 0 ? { found: left } : {}) };
}

function withAnswers(engine: Engine, session: Session, to: CompiledScenario, answers: Answers): Session {
  for (const [field, value] of Object.entries(answers)) checkAnswer(session, to, field, value);
  const at = timeOf(engine);
  const given = Object.entries(answers).map(([field, value]) => answerOf(field, value, at));
  const toVersion = to.scenario.version;
  const state: MigrationState = session.migration ?? {
    state: "awaiting",
    asked: {},
    since: at,
    reason: "FIELD.REQUIRED",
    toVersion,
  };
  const migration = answered(state, given);
  checkSize(engine, told(session.variables, migration.found ?? []));
  const touched = { ...session, updatedAt: at, lastActivityAt: at };
  return given.length === 0 ? touched : { ...touched, migration };
}

/** Refuses what brings no answer at all. */
function checkGiven(answers: unknown): void {
  const isObject = typeof answers === "object" && answers !== null && !Array.isArray(answers);
  if (isObject && Object.keys(answers).length > 0) {
    checkJson(answers, "");
    return;
  }
  throw new RegraftError("INPUT.INVALID", "there is no answer", {
    path: "/answers",
    expected: "an object with at least one field",
    received: isObject ? "an empty object" : kindOf(answers),
  });
}

/**
 * Keeps answers of the person and goes on: what is still missing is asked, or the session moves, once.
 *
 * All answers are checked against the new version before any is kept, together with the decision. They become
 * data of the session when it moves.
 */
export async function provide(
  engine: Engine,
  sessionId: string,
  answers: Answers,
  options: ReconcileOptions = {},
): Promise<ReconciliationResult> {
  checkGiven(answers);
  return settle(engine, sessionId, options, "provide", async (session) => {
    const to = await targetFor(engine, session);
    const fields = Object.keys(answers).sort();
    const next = withAnswers(engine, session, to, answers);
    return { session: next, record: happened(engine, "session.answered", { fields, toVersion: to.scenario.version }) };
  });
}

function offered(session: Session, field: string): FoundValue {
  const found = session.migration?.found?.find((value) => value.field === field && !value.confirmed);
  if (found !== undefined && found.confidence !== refused) return found;
  throw new RegraftError("ANSWER.NOT_ASKED", `${field} was not offered for confirmation`, {
    path: pathOf(field),
    expected: "a field that the last result wanted confirmed",
    received: field,
  });
}

/**
 * Keeps what the person says about values that were found: `true` confirms, `false` refuses, so that the value is not offered
 * again, and anything else is the right value. For a boolean field, `true` confirms and `false` refuses the value found.
 */
export async function confirm(
  engine: Engine,
  sessionId: string,
  answers: Confirmations,
  options: ReconcileOptions = {},
): Promise<ReconciliationResult> {
  checkGiven(answers);
  return settle(engine, sessionId, options, "confirm", async (session) => {
    const to = await targetFor(engine, session);
    const corrected = Object.entries(answers).filter(([, answer]) => typeof answer !== "boolean");
    for (const field of Object.keys(answers)) offered(session, field);
    const next = withAnswers(engine, session, to, Object.fromEntries(corrected));
    const told = Object.entries(answers).map(([field, answer]) => [
      field,
      typeof answer === "boolean" ? answer : "corrected",
    ]);
    const record = happened(engine, "session.confirmed", { fields: Object.fromEntries(told) });
    return { session: withVerdicts(next, answers), record };
  });
}

/** Marks the values that were confirmed or refused. */
function withVerdicts(session: Session, answers: Confirmations): Session {
  const { migration } = session;
  if (migration?.found === undefined) return session;
  const found = migration.found.map((value) => {
    const answer = own(answers, value.field);
    if (answer === true) return { ...value, confirmed: true };
    return answer === false ? { ...value, confidence: refused } : value;
  });
  return { ...session, migration: { ...migration, found } };
}

import type { Field, FoundValue, MigrationState, ReconciliationResult, Session } from "../contracts/types.js";
import { describe as inWords } from "../contracts/violation.js";
import { RegraftError } from "../errors.js";
import { own } from "../hash/own.js";
import { type CompiledScenario, compile } from "../scenario/compile.js";
import { knownValue } from "../scenario/value.js";
import { withAnswers as told } from "../session/answers.js";
import { kindOf } from "./by.js";
import { type Engine, happened, timeOf } from "./context.js";
import { refused } from "./facts.js";
import { checkJson } from "./input.js";
import { readAnswer, readConsent } from "./person.js";
import { type Question, questionOf } from "./question.js";
import { type ReconcileOptions, settle } from "./reconcile.js";
import { checkSize, requireOpen } from "./session-records.js";
import { answerOf } from "./told.js";
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

/** The value of an answer in its canonical form; refused where there is none. */
async function readValue(
  engine: Engine,
  session: Session,
  { definition, isAsked }: Question,
  field: string,
  answer: unknown,
): Promise<unknown> {
  if (!isAsked) {
    throw new RegraftError("ANSWER.NOT_ASKED", `nobody asked for ${field}`, {
      path: pathOf(field),
      expected: "a field that was asked for or that the new version uses",
      received: field,
    });
  }
  if (definition === undefined && knownValue(undefined, answer)) return answer;
  const read = definition === undefined ? undefined : await readAnswer(engine, session, definition, answer);
  if (read?.ok === true) return read.value;
  throw invalid(field, definition, read ?? { expected: "a value that is not empty" }, answer);
}

/** Why an answer is none. The message says what would be one, and nothing of what was said. */
function invalid(
  field: string,
  definition: Field | undefined,
  { expected, problem }: { readonly expected: string; readonly problem?: string },
  answer: unknown,
): RegraftError {
  const what = problem === undefined ? "the answer" : `the answer (${problem})`;
  return new RegraftError("ANSWER.INVALID", `${field}: expected ${expected}; ${what} is none, so ask again`, {
    path: pathOf(field),
    expected,
    received: definition?.sensitive === true ? kindOf(answer) : inWords(answer),
    ...(problem === undefined ? {} : { problem }),
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

async function withAnswers(engine: Engine, session: Session, to: CompiledScenario, answers: Answers): Promise<Session> {
  const at = timeOf(engine);
  const given: FoundValue[] = [];
  for (const [field, answer] of Object.entries(answers)) {
    const question = await questionOf(engine, session, to, field);
    const value = await readValue(engine, session, question, field, answer);
    given.push(answerOf(field, value, at, question.version));
  }
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
    const next = await withAnswers(engine, session, to, answers);
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
 * Keeps what the person says about values that were found: `true` or "yes" confirms, `false` or "no" refuses, so that the value is
 * not offered again, and anything else is the right value. For a boolean field, `true` confirms and `false` refuses the value found.
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
    for (const field of Object.keys(answers)) offered(session, field);
    const said: [string, unknown][] = [];
    for (const [field, answer] of Object.entries(answers))
      said.push([field, await consentIn(engine, session, to, field, answer)]);
    const corrected = Object.fromEntries(said.filter(([, answer]) => typeof answer !== "boolean"));
    const next = await withAnswers(engine, session, to, corrected);
    const told = said.map(([field, answer]) => [field, typeof answer === "boolean" ? answer : "corrected"]);
    const record = happened(engine, "session.confirmed", { fields: Object.fromEntries(told) });
    return { session: withVerdicts(next, Object.fromEntries(said)), record };
  });
}

/** An answer to "is this right?": a bare yes or no is one, unless the field itself takes it as its value. */
async function consentIn(
  engine: Engine,
  session: Session,
  to: CompiledScenario,
  field: string,
  answer: unknown,
): Promise<unknown> {
  if (typeof answer !== "string") return answer;
  const { definition } = await questionOf(engine, session, to, field);
  if (definition?.type === "enum" && (await readAnswer(engine, session, definition, answer)).ok) return answer;
  const consent = readConsent(engine, session, definition?.type ?? "string", answer);
  if (consent !== "unclear") return consent ?? answer;
  throw invalid(field, definition, { expected: "yes, no, or the right value alone", problem: "ambiguous" }, answer);
}

/** Marks the values that were confirmed or refused; what others say then counts no more. */
function withVerdicts(session: Session, answers: Confirmations): Session {
  const { migration } = session;
  if (migration?.found === undefined) return session;
  const found = migration.found.map((value) => {
    const answer = own(answers, value.field);
    const { competing: _, ...alone } = value;
    if (answer === true) return { ...alone, confirmed: true };
    return answer === false ? { ...alone, confidence: refused } : value;
  });
  return { ...session, migration: { ...migration, found } };
}

import type { Decision, Scenario, Session } from "../contracts/types.js";
import type { RegraftOptions } from "../engine/options.js";
import { createRegraft, type Regraft } from "../engine/regraft.js";
import type { RehearsedSession } from "../engine/rehearse-session.js";
import type { Rehearsal } from "../engine/rehearse-tally.js";
import type { PlanTerms } from "../plan/build.js";
import { compile } from "../scenario/compile.js";
import type { WitnessProblem } from "../session/witness-check.js";
import { memoryStore } from "../stores/memory.js";
import { Answering } from "./answering.js";
import { Play } from "./play.js";
import { problemsOf } from "./prove.js";
import { type WalkOptions, walkSession } from "./walk.js";

/** What is rehearsed: two versions, the terms of a plan, and sessions, which are made up where none are given. */
export interface RehearseAllInput extends PlanTerms, Pick<RegraftOptions, "config" | "fieldSources" | "judge"> {
  readonly from: Scenario;
  readonly to: Scenario;
  /** Sessions of the old version. */
  readonly sessions?: Iterable<Session>;
  /** Makes sessions and answers; equal seeds give equal reports. Default 1. */
  readonly seed?: number;
  /** How many sessions are made. Default 100. */
  readonly count?: number;
  /** How made sessions walk: for example `{ jumpRate: 0.2 }` for people who answer ahead. */
  readonly walk?: Omit<WalkOptions, "seed" | "id" | "at">;
  /** The moment of the rehearsal; made sessions start a day before it. Default the start of 2026. */
  readonly at?: string;
}

/** What a session comes to; `unknown` where a model decides. */
export type RehearsedOutcome = Decision["action"] | "unknown";

/** One session and what became of it. */
export interface RehearsedCase {
  readonly session: Session;
  /** What the next message comes to. */
  readonly result: Decision;
  /** What it comes to once every question has a made-up answer; equal to `result` where nothing is asked. */
  readonly last: Decision;
  /** Whether `last` hangs on a model. */
  readonly unknown: boolean;
  /** Every field that the person was asked for, or asked to confirm, until `last`; each once, in order. */
  readonly questions: readonly string[];
  /** What `verifyWitness` has against `last`, where it is a move. */
  readonly problems: readonly WitnessProblem[];
}

/** What `rehearseAll` found. */
export interface RehearsalReport {
  /** The first results, counted. */
  readonly totals: Rehearsal;
  /** Every session, in the order given. */
  readonly cases: readonly RehearsedCase[];
  /** Sessions that come to one of these outcomes, at once or after their questions. */
  with(...outcomes: readonly RehearsedOutcome[]): RehearsedCase[];
  /** Sessions whose person is asked for more fields than this. */
  askedMoreThan(fields: number): RehearsedCase[];
  /** Sessions whose move `verifyWitness` does not accept. */
  unproven(): RehearsedCase[];
}

/**
 * Rehearses a change for a test: what becomes of every session at its next message, which questions follow, and where it ends when they
 * are answered with made-up values that fit. Every move is checked by `verifyWitness`.
 *
 * The lists hold whole sessions with their results, so that a failed assertion shows whom it is about and why. A judge and sources
 * are asked like at a message; give ones that answer the same every time.
 *
 * @param input - two versions; terms as `propose` takes them; sessions, or a seed and a count
 * @returns the report; nothing is stored or changed
 * @throws RegraftError `SCENARIO.*` for versions that are not valid, `SCHEMA.INVALID` for sessions that are none, and what the terms deserve
 *
 * @remarks Decides each session once, and once more for each round of questions. Keeps all sessions in memory: for tests, not for whole
 * populations; see `rehearse` for those.
 *
 * @example
 * ```ts
 * import { flow, rehearseAll } from "regraft/testing";
 *
 * const v1 = flow(1, "hello amount(amount) offer pay*", "hello>amount; amount>offer; offer>pay");
 * const v2 = flow(2, "hello amount(amount) income(income) offer pay*", "hello>amount; amount>income; income>offer; offer>pay");
 *
 * const report = await rehearseAll({ from: v1, to: v2, seed: 7, count: 50 });
 * report.totals.total; // 50
 * report.with("blocked", "review", "exit_scenario"); // []
 * report.askedMoreThan(1); // []
 * report.unproven(); // []
 * ```
 *
 * @since 0.1.0
 * @public
 */
export async function rehearseAll(input: RehearseAllInput): Promise<RehearsalReport> {
  const { to, at = "2026-01-01T00:00:00Z", seed = 1 } = input;
  const sessions = [...(input.sessions ?? madeSessions(input, at, seed))];
  const rounds = new Rounds(input, at);
  const totals = await rounds.first(sessions);
  const answering = new Answering(compile(to), { seed, at });
  const cases = rounds.results.map((first) => new Play(first));
  for (let open = cases; open.length > 0; ) {
    open = open.filter((one) => one.answer(answering));
    if (open.length > 0) await rounds.again(open);
  }
  const done = cases.map((one) => caseOf(one, input));
  return {
    totals,
    cases: done,
    with: (...outcomes) => done.filter((one) => outcomesOf(one).some((outcome) => outcomes.includes(outcome))),
    askedMoreThan: (fields) => done.filter(({ questions }) => questions.length > fields),
    unproven: () => done.filter(({ problems }) => problems.length > 0),
  };
}

function caseOf({ first, now, questions }: Play, input: RehearseAllInput): RehearsedCase {
  return {
    session: first.session,
    result: first.decision,
    last: now.decision,
    unknown: now.model === "needed",
    questions,
    problems: problemsOf(input, now),
  };
}

/** Where a model decides, the decision without it says nothing. */
function outcomesOf({ result, last, unknown }: RehearsedCase): RehearsedOutcome[] {
  const known = unknown ? [result].filter((one) => one !== last) : [result, last];
  return [...known.map(({ action }) => action), ...(unknown ? ["unknown" as const] : [])];
}

function* madeSessions({ from, count = 100, walk }: RehearseAllInput, at: string, seed: number): Generator<Session> {
  const dayBefore = new Date(Date.parse(at) - 86_400_000).toISOString();
  for (let n = 1; n <= count; n += 1) {
    yield walkSession(from, { ...walk, seed: seed * 1_000_003 + n, id: `session-${n}`, at: dayBefore });
  }
}

/** Rehearses many sessions at once, as often as questions are answered. */
class Rounds {
  readonly results: RehearsedSession[] = [];
  readonly #regraft: Regraft;
  readonly #target: { readonly from: Scenario; readonly to: Scenario } & PlanTerms;

  constructor(input: RehearseAllInput, at: string) {
    const { from, to, policies, mapping, effects, allowRepeat, data, config, fieldSources, judge } = input;
    const clock = { now: () => Date.parse(at) };
    this.#regraft = createRegraft({
      store: memoryStore({ clock }),
      clock,
      ...(config === undefined ? {} : { config }),
      ...(fieldSources === undefined ? {} : { fieldSources }),
      ...(judge === undefined ? {} : { judge }),
    });
    this.#target = {
      from,
      to,
      ...(policies === undefined ? {} : { policies }),
      ...(mapping === undefined ? {} : { mapping }),
      ...(effects === undefined ? {} : { effects }),
      ...(allowRepeat === undefined ? {} : { allowRepeat }),
      ...(data === undefined ? {} : { data }),
    };
  }

  first(sessions: readonly Session[]): Promise<Rehearsal> {
    return this.#rehearse(sessions, (one) => this.results.push(one));
  }

  async again(plays: readonly Play[]): Promise<void> {
    const left = plays.values();
    await this.#rehearse(
      plays.map(({ session }) => session),
      (one) => left.next().value?.goOn(one),
    );
  }

  #rehearse(sessions: readonly Session[], hear: (one: RehearsedSession) => void): Promise<Rehearsal> {
    const onSession = (one: RehearsedSession): void => hear(one);
    return this.#regraft.rehearse(this.#target, { sessions, onSession, judge: true, conversation: true });
  }
}

import type { ReasonCode } from "../contracts/reason-codes.js";
import type { MigrationKind, Scenario, Session, TeleportDecision, WitnessStep } from "../contracts/types.js";
import type { StepMap } from "../diff/compose.js";
import { deepFreeze } from "../hash/freeze.js";
import { type CompiledScenario, compile } from "../scenario/compile.js";
import { reachableFrom } from "../scenario/reachability.js";
import type { Facts } from "./facts.js";
import { type PassedBefore, passedBefore } from "./witness-checkpoints.js";
import { debtOf } from "./witness-debts.js";
import { type Refusal, refusalProblems } from "./witness-obstacle.js";
import { readPast, type WitnessPast } from "./witness-past.js";
import { dataOf, Permits } from "./witness-ways.js";

/** A move with what it was decided from. */
export interface WitnessInput {
  /** The version that the session walks; absent where it is gone. */
  readonly from?: Scenario;
  readonly to: Scenario;
  /** The session before the move. */
  readonly session: Session;
  readonly decision: Pick<TeleportDecision, "stepId" | "version" | "witness">;
  /** What was found beside the session: values and judgements. */
  readonly facts?: Facts;
  readonly mapping?: Readonly<Record<string, string>>;
  readonly effects?: Readonly<Record<string, "same" | "other">>;
  readonly lineage?: Readonly<Record<string, string>>;
  readonly allowRepeat?: readonly string[];
  readonly forceKind?: MigrationKind;
  /** The step of the new version that a person said the session's place means. */
  readonly chosenStepId?: string;
  /** Other versions that the session has visits of. */
  readonly past?: readonly Scenario[];
  /** Composed maps to the new version from versions that are gone, see `composeMaps`. */
  readonly maps?: readonly StepMap[];
}

/** A result that moves nobody, with what it was decided from. */
export type RefusalInput = Omit<WitnessInput, "decision"> & { readonly decision: Refusal };

/** Something that a witness claims and that is not so. */
export interface WitnessProblem {
  readonly code: ReasonCode;
  readonly stepId?: string;
  readonly message: string;
}

/** Whether a witness proves its move. */
export type WitnessVerdict =
  | { readonly ok: true }
  | { readonly ok: false; readonly problems: readonly WitnessProblem[] };

/**
 * Checks the proof of a move without the code that decided it: the run leads from the entry of the new version to the target over
 * transitions that the session's data and past allow, nothing before the target is owed, and no passed checkpoint is repeated,
 * left off the run or orphaned. Of a result that moves nobody it checks that its obstacle is there.
 *
 * Independence. Nothing of `session/` that decides is used: not the reading of the past, of checkpoints, of debts or of ways, and no
 * search for runs; what a session has done, owes and may take is derived again in the `witness-*` files. Shared are only the formats
 * and catalogues (`contracts/`), compiled graphs with their reachability, dominators, fork analysis, conditions and value checks
 * (`scenario/`), the matching of two versions, the effect class of a step and the reading of composed maps (`diff/`), and the
 * type of the facts. So an error in matching or in a condition is not found here.
 *
 * @returns a frozen verdict with every problem found
 * @throws RegraftError `SCENARIO.*` when a version is not valid, `PLAN.MAPPING_INVALID` for a mapping of steps that do not exist
 *
 * @remarks Pure. O(V + E) for each visited fork and each passed checkpoint.
 *
 * @example
 * const result = decide({ session, migration: prepareMigration(compile(v1), compile(v2)) });
 * if (result.action === "teleport") verifyWitness({ from: v1, to: v2, session, decision: result }).ok; // true
 *
 * @since 0.1.0
 * @public
 */
export function verifyWitness(input: WitnessInput | RefusalInput): WitnessVerdict {
  return isMove(input) ? verifyMove(input) : verifyRefusal(input);
}

function isMove(input: WitnessInput | RefusalInput): input is WitnessInput {
  return "witness" in input.decision;
}

function verifyRefusal(input: RefusalInput): WitnessVerdict {
  const { session, facts = {}, forceKind, decision } = input;
  const to = compile(input.to);
  const from = input.from === undefined ? undefined : compile(input.from);
  const past = readPast({ ...input, from, to, past: (input.past ?? []).map(compile) });
  const data = dataOf(to, session.variables, facts.values ?? {});
  const passed = passedBefore(past, session, input.allowRepeat ?? []);
  const [problems = [], others = []] = [false, true].map((anyRound) => {
    const found: WitnessProblem[] = [];
    const permits = new Permits(past, data, facts, { forceKind, anyRound });
    const say = (code: ReasonCode, message: string, stepId?: string) => {
      found.push(stepId === undefined ? { code, message } : { code, stepId, message });
    };
    refusalProblems({ past, passed, permits, data, facts, anyRound, say }, decision);
    return found;
  });
  const ok = problems.length === 0 || others.length === 0;
  return deepFreeze<WitnessVerdict>(ok ? { ok } : { ok: false, problems });
}

function verifyMove(input: WitnessInput): WitnessVerdict {
  const first = problemsOf(input, false);
  if (first.length === 0) return deepFreeze<WitnessVerdict>({ ok: true });
  // Branches of earlier rounds of a loop stand as taken where a passed checkpoint lies on one of them.
  const second = needsEarlierRounds(input) ? problemsOf(input, true) : first;
  return deepFreeze<WitnessVerdict>(second.length === 0 ? { ok: true } : { ok: false, problems: first });
}

/** Whether the branches taken last let no run to the target pass all checkpoints that it has to. */
function needsEarlierRounds({ session, decision, facts = {}, forceKind, ...input }: WitnessInput): boolean {
  const to = compile(input.to);
  const from = input.from === undefined ? undefined : compile(input.from);
  const past = readPast({ ...input, session, from, to, past: (input.past ?? []).map(compile) });
  const goal = to.index.get(decision.stepId);
  const bound = boundTogether(from, past.current, passedBefore(past, session, input.allowRepeat ?? []));
  if (goal === undefined || bound.length === 0) return false;
  const data = dataOf(to, session.variables, facts.values ?? {});
  const permits = new Permits(past, data, facts, { forceKind, anyRound: false });
  const next = (step: number) => (to.ways[step] ?? []).filter((way) => permits.because(way, goal) !== undefined);
  return !passesAll(
    to.entry,
    goal,
    bound.map((k) => k.images),
    (step) => (step === goal ? [] : next(step).map((way) => way.to)),
  );
}

function problemsOf(input: WitnessInput, anyRound: boolean): WitnessProblem[] {
  const { session, decision, facts = {}, forceKind } = input;
  const { run, target, version } = decision.witness;
  const to = compile(input.to);
  const from = input.from === undefined ? undefined : compile(input.from);
  const source = { ...input, from, to, past: (input.past ?? []).map(compile) };
  const past = readPast(source);
  const data = dataOf(to, session.variables, facts.values ?? {});
  const permits = new Permits(past, data, facts, { forceKind, anyRound });
  const problems: WitnessProblem[] = [];
  const say = (code: ReasonCode, message: string, stepId?: string) => {
    problems.push(stepId === undefined ? { code, message } : { code, stepId, message });
  };
  const goal = to.index.get(target);
  if (version !== to.scenario.version || decision.version !== version)
    say("SESSION.VERSION_MOVED", `the witness speaks of version ${version}`);
  if (goal === undefined || target !== decision.stepId || run[run.length - 1]?.stepId !== target) {
    say("TARGET.UNREACHABLE", `the run does not end at ${decision.stepId}`, decision.stepId);
  }
  if (goal === undefined) return problems;
  run.forEach((step, i) => {
    const last = i === run.length - 1;
    checkLink({ to, permits, goal, say }, run[i - 1], step);
    const place = to.index.get(step.stepId);
    if (place === undefined) return;
    if ((step.status === "target") !== last)
      say("TARGET.UNREACHABLE", `${step.stepId} is not where the run ends`, step.stepId);
    const debt = debtOf({ past, data, forceKind, anyRound }, place, step.visited);
    if (!debt.stands)
      say("HISTORY.MISSING", `no visit of the session stands for ${step.stepId} as claimed`, step.stepId);
    if (last) {
      if (step.fields !== undefined)
        say("FIELD.REQUIRED", `${step.stepId} is the target and owes nothing yet`, step.stepId);
      return;
    }
    if (step.status !== debt.status)
      say("HISTORY.MISSING", `${step.stepId} is ${debt.status}, not ${step.status}`, step.stepId);
    if (step.fields?.join("\n") !== (debt.fields.length === 0 ? undefined : debt.fields.join("\n"))) {
      say("FIELD.REQUIRED", `${step.stepId} owes ${debt.fields.join(", ") || "no field"}`, step.stepId);
    }
    for (const field of debt.missing) say("FIELD.REQUIRED", `${field} is not known`, step.stepId);
    if (debt.effect !== undefined)
      say(debt.effect, `${step.stepId} lies before the target and was not done`, step.stepId);
  });
  checkpointProblems(source, past, passedBefore(past, session, input.allowRepeat ?? []), goal, say);
  return problems;

  function checkpointProblems(
    all: typeof source,
    was: WitnessPast,
    passed: readonly PassedBefore[],
    end: number,
    tell: typeof say,
  ): void {
    const isProposed = was.matching?.proposed.some((pair) => pair.from === was.current && pair.to === end) === true;
    const isPlace = was.places.has(end) || (all.chosenStepId === target && isProposed);
    const on = new Set(run.map((step) => to.index.get(step.stepId)));
    for (const k of passed) {
      const standing = k.isCurrent && isPlace;
      const comesAgain = k.images.some((image) =>
        (to.outs[end] ?? []).some((next) => reachableFrom(to, next)[image] === 1),
      );
      if (!k.waived && ((k.images.includes(end) && !standing) || comesAgain)) {
        tell("CHECKPOINT.WOULD_REPEAT", `${k.stepId} was passed and could happen again`, k.stepId);
      }
      const below = k.after.some((step) => reachableFrom(to, step)[end] === 1);
      if (k.proven && k.images.length === 0 && !isPlace && !below) {
        tell("CHECKPOINT.ORPHANED", `${k.stepId} was passed, and ${target} does not follow from it`, k.stepId);
      }
    }
    for (const k of boundTogether(from, was.current, passed)) {
      if (!k.images.some((image) => on.has(image)))
        tell("CHECKPOINT.OFF_RUN", `${k.stepId} was passed and is not on the run`, k.stepId);
    }
  }
}

interface Links {
  readonly to: CompiledScenario;
  readonly permits: Permits;
  readonly goal: number;
  readonly say: (code: ReasonCode, message: string, stepId?: string) => void;
}

/** Whether a step of the run follows the one before it by a real transition that may be taken, for the reason that is given. */
function checkLink({ to, permits, goal, say }: Links, before: WitnessStep | undefined, step: WitnessStep): void {
  const { via, stepId } = step;
  if (before === undefined || via === undefined) {
    const starts = before === undefined && via === undefined && stepId === to.scenario.entry;
    if (!starts) say("TARGET.UNREACHABLE", `${stepId} is not where runs start, or nothing leads to it`, stepId);
    return;
  }
  const way = (to.ways[to.index.get(via.from) ?? -1] ?? []).find((one) => one.index === via.index);
  if (way === undefined || via.from !== before.stepId || to.steps[way.to]?.id !== stepId) {
    say("TARGET.UNREACHABLE", `no transition ${via.index} leads from ${before.stepId} to ${stepId}`, stepId);
    return;
  }
  if (via.condition !== (way.condition?.text ?? way.conditionText))
    say("CONDITION.INVALID", `transition ${via.index} has another condition`, stepId);
  const because = permits.because(way, goal);
  if (because === undefined) say("DECISION.UNKNOWN", `nothing says that transition ${via.index} may be taken`, stepId);
  else if (because !== via.because)
    say("DECISION.UNKNOWN", `transition ${via.index} may be taken by ${because}, not ${via.because}`, stepId);
}

/** More checkpoints than this are not tried together. */
const MAX_TOGETHER = 12;

/** The passed checkpoints that one run has to have all: the latest that some run of the old version passes together. */
function boundTogether(
  from: CompiledScenario | undefined,
  current: number | undefined,
  passed: readonly PassedBefore[],
): PassedBefore[] {
  const bound: PassedBefore[] = [];
  for (const k of passed.filter((one) => one.proven && one.onRun && !one.waived && one.images.length > 0).reverse()) {
    const olds = [...bound, k].flatMap(({ old }) => (old === undefined ? [] : [[old]]));
    const isFree = from === undefined || current === undefined || bound.length >= MAX_TOGETHER;
    if (isFree || passesAll(from.entry, current, olds, (step) => from.outs[step] ?? [])) bound.push(k);
  }
  return bound;
}

/** Whether some walk to a goal passes a step of each of some sets. */
function passesAll(
  start: number,
  goal: number,
  sets: readonly (readonly number[])[],
  next: (step: number) => readonly number[],
): boolean {
  const all = 2 ** sets.length;
  const passed = (step: number, mask: number) =>
    sets.reduce((sum, set, i) => (set.includes(step) ? sum | (1 << i) : sum), mask);
  const seen = new Set<number>();
  const open = [start * all + passed(start, 0)];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    if (seen.has(state)) continue;
    seen.add(state);
    const [step, mask] = [Math.floor(state / all), state % all];
    if (step === goal && mask === all - 1) return true;
    for (const other of next(step)) open.push(other * all + passed(other, mask));
  }
  return false;
}

import type { Decision } from "../contracts/types.js";
import { doesSomething } from "../diff/step-flags.js";
import type { Way } from "../scenario/compile.js";
import { reaching } from "../scenario/reachability.js";
import { conflictAt } from "./checkpoints.js";
import type { Needs } from "./facts.js";
import { ask, blocked, review } from "./outcome.js";
import { Debts } from "./owed.js";
import { type Router, silentRegion } from "./routing.js";
import { findRuns, type RunStep, type RunTree } from "./run.js";
import { missingOn, offRun, settle } from "./settle.js";
import { idOf, inAnyRound, isOwnPlace, obstacle, type Situation } from "./situation.js";

/** The result of aiming at one step, with what ranks it among several. */
export interface Aim {
  readonly outcome: Decision | Needs;
  /** Visited steps on the way there. */
  readonly matches: number;
  readonly cost: number;
}

/**
 * Tries to keep the session at the image of its step: the decided run has to pass it. Where the run leads elsewhere, the session
 * follows it to the first step from which its place cannot be reached any more.
 */
export function aimAt(situation: Situation, goal: number): Aim {
  const s = { ...situation, router: situation.router.anew() };
  const conflict = conflictAt(s.migration.to, s.passed, goal, isOwnPlace(s, goal));
  if (conflict !== undefined) {
    const outcome =
      conflict.code === "CHECKPOINT.UNPROVEN" ? review(s, conflict.obstacle, [goal]) : blocked(s, conflict.obstacle);
    return { outcome, matches: 0, cost: Number.POSITIVE_INFINITY };
  }
  const runs = runsTo(s, goal);
  const any = runs.anyTo(goal);
  const matches = matchesOn(s, any ?? []);
  const wider = any !== undefined && runs.to(goal) === undefined ? inAnyRound(s) : undefined;
  const round = wider === undefined ? undefined : runsTo(wider, goal);
  if (wider !== undefined && round?.to(goal) !== undefined) {
    return { outcome: conclude(wider, round, goal), matches, cost: round.costTo(goal) };
  }
  return { outcome: conclude(s, runs, goal), matches, cost: runs.costTo(goal) };
}

/** How many visits the steps of a run stand for; a visit of one of several equal steps counts once. */
function matchesOn(s: Situation, run: readonly RunStep[]): number {
  const visits = new Map<string, Set<string>>();
  for (const { stepId, contentHash } of s.session.stepHistory) {
    visits.set(contentHash, (visits.get(contentHash) ?? new Set()).add(stepId));
  }
  const unsure = new Map<string, number>();
  let matches = 0;
  for (const { step } of run) {
    const done = s.evidence.done.get(step);
    const hash = s.migration.to.hashes[step] ?? "";
    const left = unsure.get(hash) ?? visits.get(hash)?.size ?? 1;
    if (done === undefined || (!done.certain && left === 0)) continue;
    if (!done.certain) unsure.set(hash, left - 1);
    matches += 1;
  }
  return matches;
}

function conclude(s: Situation, runs: RunTree, goal: number): Decision | Needs {
  const run = runs.to(goal);
  if (run !== undefined) return settle(s, run, "stay");
  const question = questionBefore(s, runs, goal);
  if (question !== undefined) return question;
  const off = runs.anyTo(goal);
  if (off === undefined) return deviate(s, runs, goal);
  return questionPast(inAnyRound(s), goal) ?? offRun(s, off, goal);
}

/** What has to be known to tell whether some run to a goal passes all checkpoints that it has to; undefined if none can. */
function questionPast(s: Situation, goal: number): Decision | Needs | undefined {
  const { to } = s.migration;
  const router = s.router.anew();
  const search = (by: Router) => findRuns(to, by, s.debts, s.waypoints, { goal, near: goal });
  to.ways.forEach((_, step) => {
    if (isOpen(s, step)) router.letRejoin(step);
  });
  const fork = search(router)
    .to(goal)
    ?.find(({ step }) => step !== goal && isOpen(s, step));
  return fork === undefined ? undefined : firstQuestion(s, search(s.router), [fork.step]);
}

/** The runs towards a goal. Where none comes there free, undecided forks are passed whose branches all rejoin silently before it. */
export function runsTo(s: Situation, goal: number): RunTree {
  const { to } = s.migration;
  const search = () => findRuns(to, s.router, s.debts, s.waypoints, { goal, near: goal });
  let runs = search();
  while (runs.to(goal) === undefined || !Debts.isFree(runs.costTo(goal))) {
    const open = runs.reached.filter((step) => isOpen(s, step) && s.router.at(step).exhaustive);
    if (open.length === 0) break;
    const region = silentRegion(to, s.router, goal, (step) => isSilent(s, step));
    const passing = open.filter((step) => s.router.at(step).possible.every((way) => region.has(way.to)));
    if (passing.length === 0) break;
    for (const step of [...passing, ...region]) s.router.letRejoin(step);
    runs = search();
  }
  return runs;
}

function isSilent(s: Situation, step: number): boolean {
  const definition = s.migration.to.steps[step];
  return definition !== undefined && !doesSomething(definition);
}

function isOpen(s: Situation, step: number): boolean {
  return s.router.at(step).undecided !== undefined && s.router.openAt(step).length === 0;
}

/** The first question among forks from which the goal can still be reached: what lies beyond a turning point is not asked. */
export function questionBefore(s: Situation, runs: RunTree, goal: number): Decision | Needs | undefined {
  const before = runs.reached.filter((step) => {
    if (step === goal || !isOpen(s, step)) return false;
    const run = runs.anyTo(step) ?? [];
    return reachesApart(s, step, goal, new Set(run.map((passed) => passed.step)));
  });
  return firstQuestion(s, runs, before);
}

/** Asks for what the first undecided fork needs, together with what the way to it owes; undefined when all is decided. */
export function firstQuestion(s: Situation, runs: RunTree, among: readonly number[]): Decision | Needs | undefined {
  const fork = among.find((step) => isOpen(s, step));
  const way = fork === undefined ? undefined : s.router.at(fork).undecided;
  if (fork === undefined || way === undefined) return undefined;
  const { fields, conditions } = s.knowledge.needsOf(way);
  const owed = missingOn((runs.anyTo(fork) ?? []).map(({ step }) => ({ owed: s.debts.at(step) })));
  const condition = way.condition?.text ?? way.conditionText ?? "";
  const wanted = [...new Set([...owed, ...fields])];
  const stuck = fields.length === 0 && conditions.length === 0;
  const code = stuck ? "DECISION.UNKNOWN" : "FIELD.DECISION_NEEDS";
  const found = obstacle(code, `the way out of ${idOf(s, fork)} is not decided by what is known`, {
    stepId: idOf(s, fork),
    otherStepId: idOf(s, way.to),
    condition,
    ...(wanted.length > 0 ? { fields: wanted } : {}),
  });
  if (stuck)
    return review(
      s,
      found,
      s.router.at(fork).possible.map((other) => other.to),
    );
  return ask(s, { code, fields: wanted, conditions, obstacle: found });
}

/** Follows the decided run away from the goal. */
export function deviate(s: Situation, runs: RunTree, goal: number): Decision | Needs {
  const targets = turningPoints(s, runs, goal);
  const [target, second] = targets;
  if (target === undefined) return deadEnd(s, runs, goal);
  if (s.input.reRouting === false) {
    const found = obstacle("MIGRATION.REROUTED", "re-routing is switched off", {
      stepId: idOf(s, goal),
      otherStepId: idOf(s, target),
    });
    return review(s, found, targets);
  }
  if (second !== undefined) {
    return review(
      s,
      obstacle("TARGET.TIE", `several steps are equally good: ${targets.map((t) => idOf(s, t)).join(", ")}`),
      targets,
    );
  }
  const run = runs.to(target);
  if (run === undefined) return offRun(s, runs.anyTo(target), target);
  return settle(s, run, "re_route");
}

/** The first steps of decided runs from which the goal cannot be reached without repeating a step; the cheapest ones. */
function turningPoints(s: Situation, runs: RunTree, goal: number): number[] {
  const leading = reaching(s.migration.to, goal);
  const lost = waysFrom(s, runs, leading).filter((way) => leading[way.to] !== 1 && mayTurnTo(s, way.to));
  const points = lost.length > 0 ? lost : waysFrom(s, runs, leading).filter((way) => turnsAway(s, runs, goal, way));
  const all = [...new Set(points.map((way) => way.to))];
  const least = Math.min(...all.map((step) => runs.costTo(step)));
  return all.filter((step) => runs.costTo(step) === least);
}

/** The decided ways out of reached steps that can still lead to the goal. */
function waysFrom(s: Situation, runs: RunTree, leading: Uint8Array): Way[] {
  return runs.reached.flatMap((step) => (leading[step] === 1 ? s.router.openAt(step).map((open) => open.way) : []));
}

/** Going back is no way on: neither to the entry nor to what the session has done. */
function mayTurnTo(s: Situation, step: number): boolean {
  return step !== s.migration.to.entry && !s.evidence.done.has(step);
}

/** Whether a way leads where the goal is reached only by repeating a step of the run. */
function turnsAway(s: Situation, runs: RunTree, goal: number, way: Way): boolean {
  if (!mayTurnTo(s, way.to)) return false;
  const on = new Set((runs.anyTo(way.from) ?? []).map((passed) => passed.step));
  return !on.has(way.to) && reachesApart(s, way.from, goal, on) && !reachesApart(s, way.to, goal, on);
}

/** Whether the goal can be reached from a step without the steps already on the run. */
function reachesApart(s: Situation, step: number, goal: number, on: ReadonlySet<number>): boolean {
  const seen = new Set([step]);
  const open = [step];
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === goal) return true;
    for (const next of s.migration.to.outs[at] ?? []) {
      if (seen.has(next) || on.has(next)) continue;
      seen.add(next);
      open.push(next);
    }
  }
  return false;
}

function deadEnd(s: Situation, runs: RunTree, goal: number): Decision {
  const wall = runs.reached.find((step) => s.router.at(step).closed);
  if (wall === undefined) {
    const found = obstacle("TARGET.NONE", `no run leads to ${idOf(s, goal)} or past it`, { stepId: idOf(s, goal) });
    return review(s, found);
  }
  const ways = s.migration.to.ways[wall] ?? [];
  const code = ways.length > 1 ? "DECISION.NO_BRANCH" : "DECISION.GUARD_FALSE";
  const condition = ways[0]?.condition?.text ?? ways[0]?.conditionText;
  const found = obstacle(code, `no way out of ${idOf(s, wall)} is open`, {
    stepId: idOf(s, wall),
    ...(condition === undefined ? {} : { condition }),
  });
  return review(
    s,
    found,
    ways.map((way) => way.to),
  );
}

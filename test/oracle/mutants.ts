import type { Scenario, Session, Witness, WitnessStep } from "../../src/contracts/types.js";
import { contentHash } from "../../src/scenario/content-hash.js";
import type { Refusal } from "../../src/session/witness-obstacle.js";
import { ANSWERS } from "./judge.js";

const STATUSES = ["visited", "passed_over", "silent", "known", "skipped", "done", "forced", "target"] as const;
const REASONS = [
  "only_way",
  "taken_before",
  "condition_true",
  "else",
  "open_choice",
  "all_rejoin",
  "forced",
  "judged",
] as const;

/** A witness with one element changed. */
export interface Mutant {
  readonly change: string;
  readonly witness: Witness;
}

/** All witnesses that differ from one in a single element. */
export function* mutantsOf(witness: Witness, to: Scenario): Generator<Mutant> {
  const { run } = witness;
  yield { change: "version", witness: { ...witness, version: witness.version + 1 } };
  const others = to.steps.filter(({ id }) => id !== witness.target);
  for (const { id } of others) yield { change: `target ${id}`, witness: { ...witness, target: id } };
  const steps = (change: string, changed: readonly WitnessStep[]): Mutant => ({
    change,
    witness: { ...witness, run: [...changed] },
  });
  for (const [i, step] of run.entries()) {
    const put = (change: string, ...now: WitnessStep[]) =>
      steps(`${change} at ${i}`, [...run.slice(0, i), ...now, ...run.slice(i + 1)]);
    yield put("drop");
    yield put("duplicate", step, step);
    yield steps(`cut after ${i}`, run.slice(0, i));
    for (const { id } of to.steps) if (id !== step.stepId) yield put(`step ${id}`, { ...step, stepId: id });
    for (const status of STATUSES) if (status !== step.status) yield put(`status ${status}`, { ...step, status });
    const { visited, fields, via, ...bare } = step;
    const link = via === undefined ? {} : { via };
    const owed = fields === undefined ? {} : { fields };
    const seen = visited === undefined ? {} : { visited };
    if (visited !== undefined) {
      yield put("not visited", { ...bare, ...owed, ...link });
      yield put("visited in another version", {
        ...step,
        visited: { ...visited, scenarioVersion: visited.scenarioVersion + 7 },
      });
      yield put("another visit", { ...step, visited: { ...visited, stepId: "nowhere" } });
      for (const other of run) {
        const claimed = other.visited;
        if (claimed === undefined || other.stepId === step.stepId) continue;
        // Equal steps, and steps that became one, have visits that prove the same.
        const isShared = isSame(claimed, visited) || sharesContent(to, other.stepId, step.stepId);
        if (!isShared) yield put(`the visit of ${other.stepId}`, { ...step, visited: claimed });
      }
    } else yield put("visited", { ...step, visited: { stepId: step.stepId, scenarioVersion: 1 } });
    if (fields !== undefined) yield put("no fields", { ...bare, ...seen, ...link });
    for (const field of (fields ?? []).length > 1 ? (fields ?? []) : [])
      yield put(`without ${field}`, { ...step, fields: (fields ?? []).filter((other) => other !== field) });
    const next = run[i + 1];
    if (next !== undefined) yield steps(`swap at ${i}`, [...run.slice(0, i), next, step, ...run.slice(i + 2)]);
    yield put("another field", { ...step, fields: ["unheard", ...(fields ?? [])] });
    if (via === undefined) {
      yield put("a way in", { ...step, via: { from: step.stepId, index: 0, because: "only_way" } });
      continue;
    }
    yield put("no way in", { ...bare, ...seen, ...owed });
    const formOf = (way: Scenario["transitions"][number] | undefined) =>
      JSON.stringify([way?.from, way?.to, way?.condition, way?.conditionText, way?.else]);
    const own = formOf(to.transitions[via.index]);
    for (const [index, way] of to.transitions.entries()) {
      // A second transition that is equal in everything proves the same.
      if (formOf(way) !== own) yield put(`way ${index}`, { ...step, via: { ...via, index } });
    }
    for (const because of REASONS)
      if (because !== via.because) yield put(`because ${because}`, { ...step, via: { ...via, because } });
    for (const { id } of to.steps) if (id !== via.from) yield put(`from ${id}`, { ...step, via: { ...via, from: id } });
    yield put("a way that is none", { ...step, via: { ...via, index: to.transitions.length } });
    const { condition, ...unconditioned } = via;
    if (condition !== undefined) yield put("no condition", { ...step, via: unconditioned });
    yield put("another condition", { ...step, via: { ...via, condition: "age >= 99" } });
  }
}

function isSame(a: NonNullable<WitnessStep["visited"]>, b: NonNullable<WitnessStep["visited"]>): boolean {
  return a.stepId === b.stepId && a.scenarioVersion === b.scenarioVersion;
}

function sharesContent(to: Scenario, a: string, b: string): boolean {
  const hashOf = (id: string) => to.steps.filter((step) => step.id === id).map(contentHash)[0];
  return hashOf(a) === hashOf(b);
}

/** A refusal with the session that it is claimed of. */
export interface Claim {
  readonly change: string;
  readonly decision: Refusal;
  readonly session: Session;
}

/** Refusals that name what is not so: another step, another reason, or a session that has what it is said to lack. */
export function* untrue(decision: Refusal, session: Session): Generator<Claim> {
  const { obstacle } = decision;
  const claim = (change: string, changed: Refusal): Claim => ({ change, decision: changed, session });
  if ("reason" in decision) yield claim("other reason", { ...decision, reason: "PLAN.EXPIRED" });
  if ("fields" in decision) yield claim("other fields", { ...decision, fields: [...decision.fields, "unheard"] });
  if ("stepIds" in decision) yield claim("no such action", { ...decision, stepIds: ["nowhere"] });
  if ("candidates" in decision) yield claim("no such candidate", { ...decision, candidates: ["nowhere"] });
  if (PLACED.has(obstacle.code))
    yield claim("no such step", { ...decision, obstacle: { ...obstacle, stepId: "nowhere" } });
  for (const field of obstacle.fields ?? []) {
    const value = field === "age" ? 18 : (ANSWERS[field]?.[0] ?? "text");
    const variables = { ...session.variables, [field]: value };
    yield { change: `${field} is known`, decision, session: { ...session, variables } };
  }
}

const PLACED: ReadonlySet<string> = new Set([
  "FIELD.REQUIRED",
  "FIELD.DECISION_NEEDS",
  "DECISION.UNKNOWN",
  "DECISION.NO_BRANCH",
  "DECISION.GUARD_FALSE",
  "CHECKPOINT.WOULD_SKIP",
  "CHECKPOINT.WOULD_REPEAT",
  "CHECKPOINT.ORPHANED",
]);

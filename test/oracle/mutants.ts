import type { Scenario, Witness, WitnessStep } from "../../src/contracts/types.js";

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
    } else yield put("visited", { ...step, visited: { stepId: step.stepId, scenarioVersion: 1 } });
    if (fields !== undefined) yield put("no fields", { ...bare, ...seen, ...link });
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
    yield put("another condition", { ...step, via: { ...via, condition: "age >= 99" } });
  }
}

import type { Session, TeleportDecision } from "../../src/contracts/types.js";
import type { ScenarioDiff } from "../../src/diff/diff.js";
import type { CompiledScenario } from "../../src/scenario/compile.js";
import { reachableFrom } from "../../src/scenario/reachability.js";
import { fieldAccepts } from "../../src/scenario/value.js";

/** A move to be checked: who moved, by which decision, under which data. */
export interface Move {
  readonly session: Session;
  readonly diff: ScenarioDiff;
  readonly decision: TeleportDecision;
  readonly data: Readonly<Record<string, unknown>>;
}

const isEffect = (c: CompiledScenario, step: number): boolean =>
  c.steps[step]?.checkpoint === true || c.steps[step]?.requiredAction === true;

/** Pairs that say that one step is the other, by old step. */
function imagesOf({ diff }: Move): ReadonlyMap<number, number> {
  const { pairs, from, to } = diff.matching;
  const sure = pairs.filter((pair) => pair.relation !== "proposed");
  return new Map(
    sure.flatMap((pair) =>
      isEffect(from, pair.from) === isEffect(to, pair.to) ? [[pair.from, pair.to] as const] : [],
    ),
  );
}

/** The run has to be a path of the new version from its entry to the target. */
function pathFaults({ diff, decision }: Move): string[] {
  const { scenario } = diff.matching.to;
  const { run, target } = decision.witness;
  const faults: string[] = [];
  if (run[0]?.stepId !== scenario.entry) faults.push(`the run starts at ${run[0]?.stepId}, not at the entry`);
  if (run.at(-1)?.stepId !== decision.stepId || target !== decision.stepId)
    faults.push("the run does not end at the target");
  for (const [at, step] of run.entries()) {
    if (at === 0) continue;
    const way = step.via === undefined ? undefined : scenario.transitions[step.via.index];
    const before = run[at - 1]?.stepId;
    if (way === undefined || way.from !== before || way.to !== step.stepId || step.via?.from !== before) {
      faults.push(`no transition leads from ${before} to ${step.stepId} in the run`);
    }
  }
  return faults;
}

/** Before the target nothing with an effect is new to the session, and what inserted steps collect is known. */
function debtFaults(move: Move): string[] {
  const { diff, decision, session, data } = move;
  const { from, to, preimagesOf } = diff.matching;
  const images = imagesOf(move);
  const visited = new Set(session.stepHistory.flatMap(({ stepId }) => images.get(from.index.get(stepId) ?? -1) ?? []));
  const faults: string[] = [];
  for (const { stepId, status } of decision.witness.run.slice(0, -1)) {
    const step = to.index.get(stepId) ?? -1;
    if (isEffect(to, step) && !visited.has(step) && (preimagesOf[step]?.length ?? 0) === 0) {
      faults.push(`the effect of ${stepId} is skipped (${status})`);
    }
    if ((preimagesOf[step]?.length ?? 0) > 0 || status === "skipped") continue;
    for (const name of to.steps[step]?.collects ?? []) {
      const field = to.fields.get(name) ?? { name, type: "string" as const };
      if (!fieldAccepts(field, data[name]))
        faults.push(`${name} of the inserted step ${stepId} is not known (${status})`);
    }
  }
  return faults;
}

/** Whether the old version has one run from its entry to a step that passes all of some steps. */
function passesAll(c: CompiledScenario, goal: number, steps: readonly number[]): boolean {
  const maskOf = (step: number): number => steps.reduce((mask, one, at) => (one === step ? mask | (1 << at) : mask), 0);
  const full = 2 ** steps.length - 1;
  const seen = new Set<string>();
  const open: [number, number][] = [[c.entry, maskOf(c.entry)]];
  for (let state = open.pop(); state !== undefined; state = open.pop()) {
    const [step, mask] = state;
    if (seen.has(`${step} ${mask}`)) continue;
    seen.add(`${step} ${mask}`);
    if (step === goal && mask === full) return true;
    for (const next of c.outs[step] ?? []) open.push([next, mask | maskOf(next)]);
  }
  return false;
}

/**
 * No passed checkpoint can come again, unless the old version could come back to it as well; and all are on the run, if the old
 * version had one run with all of them.
 */
function checkpointFaults(move: Move): string[] {
  const { diff, decision, session } = move;
  const { from, to } = diff.matching;
  const images = imagesOf(move);
  const current = from.index.get(session.stepId) ?? -1;
  const target = to.index.get(decision.stepId) ?? -1;
  const before = reachableFrom(from, current);
  const after = reachableFrom(to, target);
  const onRun = new Set(decision.witness.run.map(({ stepId }) => to.index.get(stepId)));
  const passed = session.passedCheckpoints.flatMap(({ stepId }) => {
    const old = from.index.get(stepId) ?? -1;
    const image = images.get(old);
    const bound = image !== undefined && old !== current && !loopsBack(from, current, old, before);
    return bound ? [{ stepId, old, image }] : [];
  });
  const olds = passed.map(({ old }) => old);
  const together = olds.length <= 12 && passesAll(from, current, olds);
  return passed.flatMap(({ stepId, image }) => {
    if (image === target) return [`the passed checkpoint ${stepId} is the target`];
    if (after[image] === 1) return [`the passed checkpoint ${stepId} can be reached again`];
    return onRun.has(image) || !together ? [] : [`the passed checkpoint ${stepId} is not on the run`];
  });
}

function loopsBack(c: CompiledScenario, current: number, step: number, reachable: Uint8Array): boolean {
  return current !== step
    ? reachable[step] === 1
    : (c.outs[step] ?? []).some((next) => reachableFrom(c, next)[step] === 1);
}

/**
 * Checks a move against the promise with the raw graphs only, apart from the pairs that the diff found.
 *
 * A weaker rule than the promise on purpose: what it reports is a fault, but not every fault is reported.
 */
export function faultsOf(move: Move): string[] {
  return [...pathFaults(move), ...debtFaults(move), ...checkpointFaults(move)];
}

import type { ReasonCode } from "../contracts/reason-codes.js";
import type { Obstacle, Session } from "../contracts/types.js";
import type { CompiledScenario } from "../scenario/compile.js";
import { reachableFrom } from "../scenario/reachability.js";
import { type Evidence, imagesOf, oldStepOf } from "./evidence.js";
import type { Migration } from "./migration.js";
import { canPassAll } from "./own-path.js";
import type { Waypoint } from "./run.js";

/** A checkpoint that a session has passed, or may have where its history is missing. */
export interface Passed {
  readonly stepId: string;
  readonly description: string;
  /** The old step, where the walked version still has it. */
  readonly old: number | undefined;
  /** Steps of the new version with the same effect; several where equal steps cannot be told apart. */
  readonly images: readonly number[];
  /** The session stands on it. */
  readonly isCurrent: boolean;
  /** May run again: it lies in a loop of the old version, or the plan allows it. */
  readonly repeatable: boolean;
  /** Every run to the target has to contain it. */
  readonly onRun: boolean;
  /** Its text was edited and nobody has said whether it is still the same effect. */
  readonly undecided: boolean;
  /** False where only the missing history leaves open whether it was passed. */
  readonly proven: boolean;
  /** Steps that were visited after it, in terms of the new version. */
  readonly after: readonly number[];
}

type Ref = {
  stepId: string;
  contentHash: string;
  scenarioVersion: number;
  checkpointDescription?: string;
  enteredAt?: string;
};

/** Lists all checkpoints that a session has passed, from its record and its history; without a history, what its position proves. */
export function passedCheckpoints(migration: Migration, session: Session, evidence: Evidence): Passed[] {
  const { from } = migration;
  const refs = new Map<string, Ref>();
  const add = (ref: Ref) => refs.set(keyOf(ref), ref);
  const carried = carriedOver(session.stepHistory);
  for (const ref of session.passedCheckpoints) add(ref);
  for (const visit of session.stepHistory) if (visit.isCheckpoint && !carried.has(keyOf(visit))) add(visit);
  const proven = new Set(refs.keys());
  if (evidence.historyMissing && from !== undefined && evidence.current !== undefined) {
    const certain = new Set(evidence.trail);
    const before = (step: number) => certain.has(step) || evidence.own[step] === 1;
    from.steps.forEach((step, i) => {
      if (step.checkpoint !== true || !before(i)) return;
      const description =
        step.checkpointDescription === undefined ? {} : { checkpointDescription: step.checkpointDescription };
      const ref = {
        stepId: step.id,
        contentHash: from.hashes[i] ?? "",
        scenarioVersion: session.scenarioVersion,
        ...description,
      };
      const key = keyOf(ref);
      if (refs.has(key)) return;
      add(ref);
      if (certain.has(i)) proven.add(key);
    });
  }
  if (refs.size === 0) return [];
  return [...refs].map(([key, ref]) => describe(migration, session, evidence, ref, proven.has(key)));
}

function keyOf({ scenarioVersion, stepId }: Pick<Ref, "scenarioVersion" | "stepId">): string {
  return `${scenarioVersion}\u0000${stepId}`;
}

/** Checkpoints that a graft has carried over to a newer version: the same passing, listed under its newest name only. */
function carriedOver(history: Session["stepHistory"]): Set<string> {
  const grafts = history.filter((visit, i) => {
    const next = history[i + 1];
    return visit.isCheckpoint && next?.isCheckpoint === true && next.reason === "graft";
  });
  return new Set(grafts.map(keyOf));
}

/** Whether a step can come after the current one in the version that the session walks. */
function comesAgain({ from }: Migration, { current }: Evidence, step: number): boolean {
  return from !== undefined && (from.outs[current ?? -1] ?? []).some((next) => reaches(from, next, step));
}

function describe(migration: Migration, session: Session, evidence: Evidence, ref: Ref, proven: boolean): Passed {
  const { from, to } = migration;
  const visit = {
    ...ref,
    enteredAt: ref.enteredAt ?? session.createdAt,
    isCheckpoint: true,
    reason: "transition" as const,
  };
  const old = from === undefined ? undefined : oldStepOf(from, session, visit);
  const images = imagesOf(migration, session, visit);
  const sameEffect = images.filter((image) => image.effect).map((image) => image.step);
  const edited = images.find(
    (image) => !image.effect && image.pair !== undefined && image.pair.relation !== "explicit",
  );
  const answer = edited?.pair?.answered === true;
  const upstream =
    old !== undefined && (old === evidence.current || evidence.own[old] === 1 || reaches(from, old, evidence.current));
  return {
    stepId: ref.stepId,
    description: ref.checkpointDescription ?? from?.steps[old ?? -1]?.name ?? ref.stepId,
    old,
    images: sameEffect,
    isCurrent: ref.stepId === session.stepId && ref.scenarioVersion === session.scenarioVersion,
    repeatable: (old !== undefined && comesAgain(migration, evidence, old)) || mayRepeat(migration, session, ref, old),
    onRun: old === undefined || upstream,
    undecided: edited !== undefined && !answer && to.steps[edited.step]?.checkpoint === true,
    proven,
    after: visitedAfter(migration, session, ref),
  };
}

/** Permissions to repeat name steps of the version that the session walks; an equal id of an earlier one may be another effect. */
function mayRepeat(migration: Migration, session: Session, ref: Ref, old: number | undefined): boolean {
  const id =
    migration.from?.steps[old ?? -1]?.id ?? (ref.scenarioVersion === session.scenarioVersion ? ref.stepId : undefined);
  return id !== undefined && migration.allowRepeat.has(id);
}

function reaches(c: CompiledScenario | undefined, step: number, goal: number | undefined): boolean {
  return c !== undefined && goal !== undefined && reachableFrom(c, step)[goal] === 1;
}

function visitedAfter(migration: Migration, session: Session, ref: Ref): number[] {
  const at = session.stepHistory.findIndex((v) => v.stepId === ref.stepId && v.scenarioVersion === ref.scenarioVersion);
  return session.stepHistory
    .slice(at + 1)
    .flatMap((visit) => imagesOf(migration, session, visit).map((image) => image.step));
}

/** More passed checkpoints than this are not tried together. */
const MAX_TOGETHER = 12;

/**
 * Sets of steps that a run has to pass, one for each passed checkpoint that must stay on it.
 *
 * Rounds of a loop may have passed checkpoints of branches that exclude each other; then no single run has them all, and the
 * latest that the old version lets stand together count.
 */
export function waypointsOf(
  passed: readonly Passed[],
  from: CompiledScenario | undefined,
  current: number | undefined,
): Waypoint[] {
  const owed = passed.filter((k) => k.proven && k.onRun && !k.repeatable && k.images.length > 0);
  const together: Passed[] = [];
  for (const k of [...owed].reverse()) {
    const olds = [...together, k].flatMap((other) => (other.old === undefined ? [] : [other.old]));
    const fits =
      from === undefined || current === undefined || olds.length > MAX_TOGETHER || canPassAll(from, current, olds);
    if (fits) together.unshift(k);
  }
  return together.map((k) => new Set(k.images));
}

/** A reason why a session may not stand on a step, because of a checkpoint it has passed. */
export interface CheckpointConflict {
  readonly code: ReasonCode;
  readonly obstacle: Obstacle;
}

/**
 * Checks a target against all passed checkpoints: none of them may run again, and one that the new version lacks ties the
 * session to its own place or to what it did afterwards.
 *
 * @returns the first conflict, or undefined
 */
export function conflictAt(
  c: CompiledScenario,
  passed: readonly Passed[],
  target: number,
  isOwnImage: boolean,
): CheckpointConflict | undefined {
  const ahead = new Map<number, Uint8Array>();
  const reach = (step: number) => {
    const set = ahead.get(step) ?? reachableFrom(c, step);
    ahead.set(step, set);
    return set;
  };
  const targetId = c.steps[target]?.id ?? "";
  const again = (image: number) => (c.outs[target] ?? []).some((next) => reach(next)[image] === 1);
  for (const k of passed) {
    const standing = k.isCurrent && isOwnImage;
    const repeats = !k.repeatable && k.images.some((image) => (image === target && !standing) || again(image));
    if (repeats) {
      const code = k.proven ? "CHECKPOINT.WOULD_REPEAT" : "CHECKPOINT.UNPROVEN";
      return { code, obstacle: obstacleOf(code, k, targetId, `${k.description} could happen again after ${targetId}`) };
    }
    const tied = k.images.length === 0 && k.proven && !isOwnImage;
    if (tied && !k.after.some((step) => step === target || reach(step)[target] === 1)) {
      const code = "CHECKPOINT.ORPHANED";
      return {
        code,
        obstacle: obstacleOf(code, k, targetId, `${k.description} was passed and ${targetId} does not follow from it`),
      };
    }
  }
  return undefined;
}

/** Describes a conflict between a passed checkpoint and a step. */
export function obstacleOf(code: ReasonCode, k: Passed, stepId: string, message: string): Obstacle {
  return { code, stepId: k.stepId, otherStepId: stepId, checkpointDescription: k.description, message };
}

import type { Session } from "../contracts/types.js";
import { effectClass } from "../diff/pair.js";
import { reachableFrom } from "../scenario/reachability.js";
import { oldStep, type Ref, refOf, type WitnessPast } from "./witness-past.js";

/** A checkpoint that the session has passed, or may have where the history is missing. */
export interface PassedBefore {
  readonly stepId: string;
  readonly old: number | undefined;
  readonly images: readonly number[];
  readonly isCurrent: boolean;
  readonly proven: boolean;
  /** It may run again, and need not be on the run. */
  readonly waived: boolean;
  readonly onRun: boolean;
  /** What was visited after it, in steps of the new version. */
  readonly after: readonly number[];
}

/** All checkpoints that a session has passed: from its record, its history, or without one from its place. */
export function passedBefore(past: WitnessPast, session: Session, allowRepeat: readonly string[]): PassedBefore[] {
  const { from, current } = past;
  const refs = new Map<string, Ref & { proven: boolean }>();
  const keyOf = (ref: Ref) => `${ref.scenarioVersion} ${ref.stepId}`;
  for (const ref of session.passedCheckpoints) refs.set(keyOf(ref), { ...ref, proven: true });
  const carried = session.stepHistory.filter((visit, i) => {
    const next = session.stepHistory[i + 1];
    return visit.isCheckpoint && next?.isCheckpoint === true && next.reason === "graft";
  });
  const older = new Set(carried.map(keyOf));
  for (const visit of session.stepHistory) {
    if (visit.isCheckpoint && !older.has(keyOf(visit))) refs.set(keyOf(visit), { ...visit, proven: true });
  }
  if (past.historyMissing && from !== undefined) {
    from.steps.forEach((step, old) => {
      const proven = past.trail.includes(old);
      const ref = refOf(from, old);
      if (effectClass(step) !== "checkpoint" || refs.has(keyOf(ref)) || !(proven || past.region(false)[old] === 1))
        return;
      refs.set(keyOf(ref), { ...ref, proven });
    });
  }
  const again = (old: number) =>
    from !== undefined &&
    current !== undefined &&
    (from.outs[current] ?? []).some((next) => reachableFrom(from, next)[old] === 1);
  return [...refs.values()].map((ref) => {
    const deed = past.standFor(ref);
    const old = from === undefined ? undefined : oldStep(from, session, ref);
    const first = session.stepHistory.findIndex((visit) => keyOf(visit) === keyOf(ref));
    const later = session.stepHistory.slice(first + 1);
    return {
      stepId: ref.stepId,
      old,
      images: deed.effect ? deed.steps : [],
      isCurrent: ref.stepId === session.stepId && ref.scenarioVersion === session.scenarioVersion,
      proven: ref.proven,
      waived: allowRepeat.includes(ref.stepId) || (old !== undefined && again(old)),
      onRun:
        old === undefined || from === undefined || current === undefined || reachableFrom(from, old)[current] === 1,
      after: later.flatMap((visit) => past.standFor(visit).steps),
    };
  });
}

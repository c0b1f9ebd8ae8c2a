import type { CompletedAction, Session, Visit } from "../contracts/types.js";
import type { StepTrace, TracedPair } from "../diff/compose-trace.js";
import type { CompiledScenario, Way } from "../scenario/compile.js";
import { dominatorsOf } from "../scenario/dominators.js";
import type { Migration } from "./migration.js";
import { ownRegion } from "./own-path.js";
import { dropFinishedRounds } from "./reduce.js";

/** A visit of the session that stands for a step of the new version. */
export interface Done {
  readonly visit: { readonly stepId: string; readonly scenarioVersion: number };
  /** The pair that connects them; undefined when only the content hash does. */
  readonly pair: TracedPair | undefined;
  /** Whether the step's effect counts as done too. */
  readonly effect: boolean;
  /** False when the visit may stand for one of several equal steps. */
  readonly certain: boolean;
  /** False where only the action has run: the session was never asked what the step collects. */
  readonly asked: boolean;
}

/** What a session's own past says, in terms of both versions. */
export interface Evidence {
  /** The current step in the old version; undefined when its graph is gone. */
  readonly current: number | undefined;
  /** Visited old steps of the reduced history before the current one, in order. */
  readonly trail: readonly number[];
  /** By new step: what stands for it, if anything. */
  readonly done: ReadonlyMap<number, Done>;
  /** By old step: on some way of the old version to the current step that agrees with the history. */
  readonly own: Uint8Array;
  /** By old step: on some way of the old version to the current step, whatever branch was taken last. */
  readonly possible: () => Uint8Array;
  /** The ways out of an old step that agree with the history; undefined if it says nothing. */
  readonly takenFrom: (old: number) => readonly Way[] | undefined;
  /** The history does not begin with an entry: nothing may be concluded from a visit that is missing. */
  readonly historyMissing: boolean;
}

/** Reads the session's past under a prepared migration. O(V + E + visits). */
export function readEvidence(migration: Migration, session: Session): Evidence {
  const { from } = migration;
  const historyMissing = session.stepHistory[0]?.reason !== "entry";
  const current = from?.index.get(session.stepId);
  const visited = from === undefined ? [] : session.stepHistory.map((visit) => oldStepOf(from, session, visit));
  const seen = reduceTrail(visited, current);
  const proven =
    historyMissing && from !== undefined && current !== undefined ? dominatorsOf(from, current).slice(0, -1) : [];
  const trail = [...proven.filter((step) => !seen.includes(step)), ...seen];
  const region = ownRegion(from, current, seen.length > 0 ? seen : trail);
  const done = new Map<number, Done>();
  for (const visit of session.stepHistory) standFor(migration, session, visit, done);
  for (const step of proven) standForStep(migration, session, step, done);
  for (const action of session.completedActions ?? []) {
    for (const step of completedAt(migration, session, action)) done.set(step, completed(action, done.get(step)));
  }
  return {
    current,
    trail,
    done,
    own: region.own,
    possible: region.possible,
    takenFrom: region.takenFrom,
    historyMissing,
  };
}

/** A completed action speaks of the effect only; a waiver says that nothing else is wanted either. */
function completed({ stepId, scenarioVersion, waived }: CompletedAction, earlier: Done | undefined): Done {
  const { visit, pair, asked } = earlier ?? { visit: { stepId, scenarioVersion }, pair: undefined, asked: false };
  return { visit, pair, effect: true, certain: true, asked: asked || waived === true };
}

/** The step of the new version that an action counts for which was completed for it, or for a version before it. */
function completedAt(migration: Migration, session: Session, action: CompletedAction): number[] {
  const { to } = migration;
  if (action.scenarioVersion === to.scenario.version) {
    const step = to.index.get(action.stepId);
    return step !== undefined && to.hashes[step] === action.contentHash ? [step] : [];
  }
  return imagesOf(migration, session, action).flatMap(({ step, effect, certain }) => (effect && certain ? [step] : []));
}

/** The visited steps in order without finished rounds of loops and without the current step. */
function reduceTrail(visited: readonly (number | undefined)[], current: number | undefined): number[] {
  const known = [...visited, current].filter((step) => step !== undefined);
  return dropFinishedRounds(known, (step) => step).filter((step) => step !== current);
}

/** The step of the walked version that a visit, perhaps of an earlier version, was of. */
export function oldStepOf(from: CompiledScenario, session: Session, visit: Visit): number | undefined {
  if (visit.scenarioVersion === session.scenarioVersion) return from.index.get(visit.stepId);
  const equal = from.byHash.get(visit.contentHash) ?? [];
  return equal.length === 1 ? equal[0] : equal.find((step) => from.steps[step]?.id === visit.stepId);
}

function standForStep(migration: Migration, session: Session, old: number, done: Map<number, Done>): void {
  const stepId = migration.from?.steps[old]?.id;
  if (stepId === undefined) return;
  const contentHash = migration.from?.hashes[old] ?? "";
  standFor(migration, session, { stepId, contentHash, scenarioVersion: session.scenarioVersion }, done);
}

type VisitRef = Pick<Visit, "stepId" | "contentHash" | "scenarioVersion">;

function standFor(migration: Migration, session: Session, visit: VisitRef, done: Map<number, Done>): void {
  const { stepId, scenarioVersion } = visit;
  for (const { step, pair, effect, certain } of imagesOf(migration, session, visit)) {
    const own: Done = { visit: { stepId, scenarioVersion }, pair, effect, certain, asked: true };
    const earlier = done.get(step);
    done.set(step, earlier === undefined ? own : together(earlier, own));
  }
}

/** Two visits that stand for one step: what either has done is done, what either has answered is answered. */
function together(a: Done, b: Done): Done {
  const addedBy = (done: Done) => done.pair?.addedFields.length ?? 0;
  const shown = addedBy(b) < addedBy(a) ? b : a;
  const [effect, proven] = [a.effect || b.effect, (a.effect && a.certain) || (b.effect && b.certain)];
  return { ...shown, effect, certain: effect ? proven : a.certain || b.certain };
}

/** What is known of the step on which the session stands; without a visit of it only its id. */
export function ownVisit({ stepId, scenarioVersion, stepHistory }: Session): VisitRef {
  return stepHistory.findLast((visit) => visit.stepId === stepId) ?? { stepId, contentHash: "", scenarioVersion };
}

/** A step of the new version that a visit stands for. */
export interface Image {
  readonly step: number;
  readonly pair: TracedPair | undefined;
  readonly effect: boolean;
  readonly certain: boolean;
}

/** What is known of a version whose graph is gone; a map of another version under the same number says nothing. */
export function traceOf(migration: Migration, session: Session, version: number): StepTrace | undefined {
  const trace = migration.traces.get(version);
  const isWalked = version === session.scenarioVersion;
  return isWalked && trace?.map.from.checksum !== session.scenarioChecksum ? undefined : trace;
}

/**
 * The steps of the new version that a visit stands for: by the pairs of its own version, else by equal content. Several when
 * equal steps cannot be told apart.
 */
export function imagesOf(migration: Migration, session: Session, visit: VisitRef): Image[] {
  const own =
    visit.scenarioVersion === session.scenarioVersion ? migration.matching : migration.past.get(visit.scenarioVersion);
  const old = own?.from.index.get(visit.stepId);
  if (own !== undefined && old !== undefined && own.from.hashes[old] === visit.contentHash) {
    const pair = own.imageOf[old];
    if (pair !== undefined) return [{ step: pair.to, pair, effect: pair.effect, certain: true }];
    const candidates = own.ambiguous.get(old);
    if (candidates !== undefined)
      return candidates.map((step) => ({ step, pair: undefined, effect: true, certain: candidates.length === 1 }));
    if (visit.scenarioVersion === session.scenarioVersion) return [];
  }
  const equal = migration.to.byHash.get(visit.contentHash) ?? [];
  const trace = own === undefined ? traceOf(migration, session, visit.scenarioVersion) : undefined;
  const traced = trace?.imagesOf(visit.stepId, visit.contentHash) ?? [];
  if (traced.length > 0 || (trace !== undefined && equal.length > 0)) return [...traced];
  if (equal.length > 0)
    return equal.map((step) => ({ step, pair: undefined, effect: true, certain: equal.length === 1 }));
  const via = migration.from === undefined ? undefined : (migration.from.byHash.get(visit.contentHash) ?? []);
  const pair = via?.length === 1 ? migration.matching?.imageOf[via[0] ?? -1] : undefined;
  return pair === undefined ? [] : [{ step: pair.to, pair, effect: pair.effect, certain: true }];
}

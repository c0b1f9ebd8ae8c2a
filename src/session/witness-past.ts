import type { Session } from "../contracts/types.js";
import type { StepMap } from "../diff/compose.js";
import { type StepTrace, stepTrace, type TracedPair } from "../diff/compose-trace.js";
import type { MatchOptions } from "../diff/match.js";
import { matchSteps } from "../diff/match.js";
import type { Matching } from "../diff/matching.js";
import type { CompiledScenario, Way } from "../scenario/compile.js";
import { dominatorsOf } from "../scenario/dominators.js";
import { reaching } from "../scenario/reachability.js";

/** What names a step of some version in a session. */
export type Ref = { readonly stepId: string; readonly contentHash: string; readonly scenarioVersion: number };

/** One thing that the session did, and the steps of the new version it may stand for. */
export interface Deed {
  readonly stepId: string;
  readonly scenarioVersion: number;
  readonly steps: readonly number[];
  readonly pair: TracedPair | undefined;
  /** Whether the effect of those steps counts as done. */
  readonly effect: boolean;
  /** An action that was completed, not a visit. */
  readonly action: boolean;
  /** Nothing that the step collects is wanted any more. */
  readonly asked: boolean;
}

/** What an auditor reads out of a session, by another way than the decision does. */
export interface WitnessPast {
  readonly from: CompiledScenario | undefined;
  readonly to: CompiledScenario;
  readonly matching: Matching | undefined;
  readonly current: number | undefined;
  /** The images of the step on which the session stands. */
  readonly places: ReadonlySet<number>;
  readonly deeds: readonly Deed[];
  /** Visited old steps before the current one without finished rounds; before them what only the old version proves. */
  readonly trail: readonly number[];
  readonly historyMissing: boolean;
  /** Old steps on the ways to the current one that agree with the history, or in `anyRound` on any way. */
  region(anyRound: boolean): Uint8Array;
  /** The ways out of an old step that the session took, or can have taken. */
  taken(old: number, anyRound: boolean): readonly Way[];
  deedsAt(step: number): readonly Deed[];
  /** What a visit, or a checkpoint passed long ago, stands for. */
  standFor(ref: Ref): Deed;
}

/** The versions and answers that a reading starts from. */
export interface PastInput extends MatchOptions {
  readonly from: CompiledScenario | undefined;
  readonly to: CompiledScenario;
  readonly session: Session;
  readonly past: readonly CompiledScenario[];
  /** Maps to the new version from versions that are gone. */
  readonly maps?: readonly StepMap[];
}

/** Reads a session's past. O(V + E) and O(E) for each visited fork. */
export function readPast(input: PastInput): WitnessPast {
  const { from, to, session } = input;
  const matching = from === undefined ? undefined : matchSteps(from, to, input);
  const older = new Map(input.past.map((c) => [c.scenario.version, matchSteps(c, to)]));
  const usable = (input.maps ?? []).filter((map) => {
    const isWalked = map.from.version === session.scenarioVersion;
    return isWalked ? from === undefined && map.from.checksum === session.scenarioChecksum : true;
  });
  const traces = new Map(usable.map((map) => [map.from.version, stepTrace(map, to)]));
  const current = from?.index.get(session.stepId);
  const historyMissing = session.stepHistory[0]?.reason !== "entry";
  const deedOf = (ref: Ref) => standFor(input, matching, { older, traces }, ref);
  const seen = trailOf(input, current);
  // Where the beginning of the history is missing, what lies on every way to the current step was passed all the same.
  const above = historyMissing && from !== undefined && current !== undefined ? dominatorsOf(from, current) : [];
  const proven = above.filter((step) => step !== current);
  const trail = [...proven.filter((step) => !seen.includes(step)), ...seen];
  const shown = [...session.stepHistory, ...(from === undefined ? [] : proven.map((old) => refOf(from, old)))];
  const deeds = [
    ...shown.map(deedOf),
    ...(session.completedActions ?? []).map((action) => completed(to, action, deedOf(action))),
  ];
  const sequence = current === undefined ? [] : [...(seen.length > 0 ? seen : trail), current];
  const observed = from === undefined ? new Map<number, readonly Way[]>() : observe(from, sequence);
  const regions = regionsOf(from, current, observed);
  const bare = { stepId: session.stepId, contentHash: "", scenarioVersion: session.scenarioVersion };
  const own =
    current === undefined
      ? (session.stepHistory.findLast(({ stepId }) => stepId === session.stepId) ?? bare)
      : undefined;
  const here = from !== undefined && current !== undefined ? deedOf(refOf(from, current)) : own && deedOf(own);
  const byStep = new Map<number, Deed[]>();
  for (const deed of deeds) for (const step of deed.steps) byStep.set(step, [...(byStep.get(step) ?? []), deed]);
  const region = (anyRound: boolean) => (anyRound ? regions.any : regions.own);
  return {
    from,
    to,
    matching,
    current,
    places: new Set(here?.steps),
    deeds,
    trail,
    historyMissing,
    region,
    taken: (old, anyRound) => {
      const seen = anyRound || !regions.consistent ? undefined : observed.get(old);
      return seen ?? (from?.ways[old] ?? []).filter((way) => region(anyRound)[way.to] === 1 || way.to === current);
    },
    deedsAt: (step) => byStep.get(step) ?? [],
    standFor: deedOf,
  };
}

/** The step of the walked version that something of the past was of. */
export function oldStep(from: CompiledScenario, session: Session, ref: Ref): number | undefined {
  if (ref.scenarioVersion === session.scenarioVersion) return from.index.get(ref.stepId);
  const equal = from.byHash.get(ref.contentHash) ?? [];
  return equal.length === 1 ? equal[0] : equal.find((step) => from.steps[step]?.id === ref.stepId);
}

function standFor(
  { from, to, session }: PastInput,
  matching: Matching | undefined,
  { older, traces }: { older: ReadonlyMap<number, Matching>; traces: ReadonlyMap<number, StepTrace> },
  ref: Ref,
): Deed {
  const { stepId, scenarioVersion, contentHash } = ref;
  const deed = (steps: readonly number[], pair?: TracedPair): Deed => ({
    stepId,
    scenarioVersion,
    steps,
    pair,
    effect: pair === undefined || pair.effect,
    action: false,
    asked: true,
  });
  const walked = scenarioVersion === session.scenarioVersion;
  const own = walked ? matching : older.get(scenarioVersion);
  const old = own?.from.index.get(stepId);
  if (own !== undefined && old !== undefined && own.from.hashes[old] === contentHash) {
    const pair = own.imageOf[old];
    if (pair !== undefined) return deed([pair.to], pair);
    const twins = own.ambiguous.get(old);
    if (twins !== undefined || walked) return deed(twins ?? []);
  }
  const equal = to.byHash.get(contentHash) ?? [];
  const trace = own === undefined ? traces.get(scenarioVersion) : undefined;
  const traced = trace?.imagesOf(stepId, contentHash) ?? [];
  if (trace !== undefined && (traced.length > 0 || equal.length > 0)) {
    const steps = traced.map(({ step }) => step);
    return deed(steps, traced[0]?.pair);
  }
  if (equal.length > 0) return deed(equal);
  const [via, other] = from?.byHash.get(contentHash) ?? [];
  const pair = via === undefined || other !== undefined ? undefined : matching?.imageOf[via];
  return pair === undefined ? deed([]) : deed([pair.to], pair);
}

function completed(to: CompiledScenario, action: Ref & { readonly waived?: boolean }, deed: Deed): Deed {
  const named = to.index.get(action.stepId);
  const direct = action.scenarioVersion === to.scenario.version;
  const same = named !== undefined && to.hashes[named] === action.contentHash ? [named] : [];
  const steps = direct ? same : deed.effect && deed.steps.length === 1 ? deed.steps : [];
  return { ...deed, steps, pair: undefined, effect: true, action: true, asked: action.waived === true };
}

/** A step of a version, as a visit names it. */
export function refOf(c: CompiledScenario, step: number): Ref {
  return { stepId: c.steps[step]?.id ?? "", contentHash: c.hashes[step] ?? "", scenarioVersion: c.scenario.version };
}

function trailOf({ from, session }: PastInput, current: number | undefined): number[] {
  if (from === undefined || current === undefined) return [];
  let trail: number[] = [];
  for (const visit of [...session.stepHistory.map((ref) => oldStep(from, session, ref)), current]) {
    if (visit === undefined) continue;
    const before = trail.indexOf(visit);
    trail = before < 0 ? [...trail, visit] : trail.slice(0, before + 1);
  }
  return trail.filter((step) => step !== current);
}

/** Where a visited fork was followed by what only some of its branches lead to, those were taken. */
function observe(c: CompiledScenario, sequence: readonly number[]): Map<number, readonly Way[]> {
  const found = new Map<number, readonly Way[]>();
  for (const [i, step] of sequence.entries()) {
    const next = sequence[i + 1];
    const ways = c.ways[step] ?? [];
    if (next === undefined || ways.length < 2) continue;
    const there = reaching(c, next, step);
    const direct = ways.filter((way) => way.to === next);
    const towards = direct.length > 0 ? direct : ways.filter((way) => there[way.to] === 1);
    if (direct.length > 0 || (towards.length > 0 && towards.length < ways.length)) found.set(step, towards);
  }
  return found;
}

function regionsOf(
  from: CompiledScenario | undefined,
  current: number | undefined,
  observed: ReadonlyMap<number, readonly Way[]>,
): { own: Uint8Array; any: Uint8Array; consistent: boolean } {
  if (from === undefined || current === undefined) {
    return { own: new Uint8Array(0), any: new Uint8Array(0), consistent: false };
  }
  const back = reaching(from, current);
  const until = (ways: (step: number) => readonly Way[]): Uint8Array => {
    const flags = new Uint8Array(from.size);
    flags[from.entry] = 1;
    const open = [from.entry];
    for (let step = open.pop(); step !== undefined; step = open.pop()) {
      for (const { to } of step === current ? [] : ways(step)) {
        if (flags[to] !== 1) open.push(to);
        flags[to] = 1;
      }
    }
    return flags;
  };
  const every = until((step) => from.ways[step] ?? []);
  const seen = until((step) => observed.get(step) ?? from.ways[step] ?? []);
  const consistent = seen[current] === 1;
  const between = (flags: Uint8Array) => flags.map((flag, step) => (step === current ? 0 : flag & (back[step] ?? 0)));
  return { own: between(consistent ? seen : every), any: between(every), consistent };
}

import type { Session } from "../../src/contracts/types.js";
import type { Matching } from "../../src/diff/matching.js";
import type { CompiledScenario, Way } from "../../src/scenario/compile.js";

/** A passed checkpoint and the steps of the new version that have its effect. */
export interface Passed {
  readonly old: number;
  readonly images: readonly number[];
  readonly proven: boolean;
  readonly onRun: boolean;
  readonly repeatable: boolean;
  readonly after: readonly number[];
}

/** What stands for a step of the new version in the session's past. */
export interface Record {
  readonly addedFields: readonly string[];
  readonly effect: boolean;
  readonly certain: boolean;
}

/** A session's past in terms of both versions, found by looking at everything. Only visits of the old version are read. */
export interface Past {
  readonly current: number;
  readonly currentImages: readonly number[];
  readonly trail: readonly number[];
  readonly own: ReadonlySet<number>;
  readonly possible: ReadonlySet<number>;
  readonly done: ReadonlyMap<number, readonly Record[]>;
  readonly completed: ReadonlySet<number>;
  readonly passed: readonly Passed[];
  readonly historyMissing: boolean;
  taken(old: number, anyRound: boolean): readonly Way[];
}

type Ways = (step: number) => readonly Way[];

export function readPast(m: Matching, session: Session, allowRepeat: readonly string[]): Past {
  const { from, to } = m;
  const current = at(from, session.stepId);
  const visited = session.stepHistory.map((visit) => at(from, visit.stepId));
  const historyMissing = session.stepHistory[0]?.reason !== "entry";
  const always = from.steps.map((_, i) => i).filter((i) => i !== current && !connected(from, from.entry, current, i));
  const proven = historyMissing && connected(from, from.entry, current) ? byDomination(from, always) : [];
  const seen = reduced([...visited, current]).filter((step) => step !== current);
  const trail = [...proven.filter((step) => !seen.includes(step)), ...seen];
  const observed = observedWays(from, [...(seen.length > 0 ? seen : trail), current]);
  const all: Ways = (step) => from.ways[step] ?? [];
  const shown: Ways = (step) => observed.get(step) ?? all(step);
  const consistent = spread(from, current, shown).has(current);
  const chosen = consistent ? shown : all;
  const region = (ways: Ways) =>
    new Set([...spread(from, current, ways)].filter((s) => s !== current && connected(from, s, current)));
  const own = region(chosen);
  const possible = region(all);
  const done = new Map<number, Record[]>();
  const imagesOf = (old: number): [number, Record][] => {
    const pair = m.imageOf[old];
    if (pair !== undefined) return [[pair.to, { addedFields: pair.addedFields, effect: pair.effect, certain: true }]];
    const twins = m.ambiguous.get(old) ?? [];
    return twins.map((twin) => [twin, { addedFields: [], effect: true, certain: twins.length === 1 }]);
  };
  for (const old of [...visited, ...proven]) {
    for (const [step, record] of imagesOf(old)) done.set(step, [...(done.get(step) ?? []), record]);
  }
  const completed = new Set((session.completedActions ?? []).map((action) => at(to, action.stepId)));
  return {
    current,
    currentImages: imagesOf(current)
      .map(([step]) => step)
      .filter((step) => to.reachable[step] === 1),
    trail,
    own,
    possible,
    done,
    completed,
    passed: passedOf(m, session, { current, visited, trail, own, historyMissing, allowRepeat, imagesOf }),
    historyMissing,
    taken: (old, anyRound) => {
      const evidence = anyRound || !consistent ? undefined : observed.get(old);
      const inside = anyRound ? possible : own;
      return evidence ?? all(old).filter((way) => inside.has(way.to) || way.to === current);
    },
  };
}

export function at(c: CompiledScenario, id: string): number {
  const step = c.index.get(id);
  if (step === undefined) throw new Error(`no step ${id}`);
  return step;
}

/** Whether some path leads from one step to another without a third. A step leads to itself. */
export function connected(c: CompiledScenario, from: number, goal: number, without?: number): boolean {
  const seen = new Set<number>();
  const go = (step: number): boolean => {
    if (step === without || seen.has(step)) return false;
    if (step === goal) return true;
    seen.add(step);
    return (c.outs[step] ?? []).some(go);
  };
  return go(from);
}

/** Whether a step can come again, or another after it, by at least one way. */
export function follows(c: CompiledScenario, step: number, goal: number): boolean {
  return (c.outs[step] ?? []).some((next) => connected(c, next, goal));
}

function reduced(steps: readonly number[]): number[] {
  const out: number[] = [];
  for (const step of steps) {
    const before = out.indexOf(step);
    if (before >= 0) out.length = before;
    out.push(step);
  }
  return out;
}

/** What is on every way to a step, from the entry down. */
function byDomination(c: CompiledScenario, trail: readonly number[]): number[] {
  const above = (step: number) => trail.filter((other) => other !== step && !connected(c, c.entry, step, other)).length;
  return [...trail].sort((a, b) => above(a) - above(b));
}

function observedWays(c: CompiledScenario, sequence: readonly number[]): Map<number, readonly Way[]> {
  const found = new Map<number, readonly Way[]>();
  sequence.forEach((step, i) => {
    const next = sequence[i + 1];
    const ways = c.ways[step] ?? [];
    if (next === undefined || ways.length < 2) return;
    const direct = ways.filter((way) => way.to === next);
    const towards = ways.filter((way) => connected(c, way.to, next, step));
    if (direct.length > 0) found.set(step, direct);
    else if (towards.length > 0 && towards.length < ways.length) found.set(step, towards);
  });
  return found;
}

/** Steps that the ways lead to from the entry, not going on from the goal. */
function spread(c: CompiledScenario, goal: number, ways: Ways): Set<number> {
  const seen = new Set<number>();
  const go = (step: number): void => {
    if (seen.has(step)) return;
    seen.add(step);
    if (step !== goal) for (const way of ways(step)) go(way.to);
  };
  go(c.entry);
  return seen;
}

interface Reading {
  readonly current: number;
  readonly visited: readonly number[];
  readonly trail: readonly number[];
  readonly own: ReadonlySet<number>;
  readonly historyMissing: boolean;
  readonly allowRepeat: readonly string[];
  readonly imagesOf: (old: number) => [number, Record][];
}

function passedOf(m: Matching, session: Session, r: Reading): Passed[] {
  const { from } = m;
  const isCheckpoint = (step: number) => from.steps[step]?.checkpoint === true;
  const recorded = session.passedCheckpoints.map((k) => at(from, k.stepId));
  const certain = [
    ...new Set([
      ...recorded,
      ...r.visited.filter(isCheckpoint),
      ...(r.historyMissing ? r.trail.filter(isCheckpoint) : []),
    ]),
  ];
  const perhaps = r.historyMissing ? [...r.own].filter((step) => isCheckpoint(step) && !certain.includes(step)) : [];
  const describe =
    (proven: boolean) =>
    (old: number): Passed => {
      const since = r.visited.slice(r.visited.indexOf(old) + 1);
      return {
        old,
        images: r
          .imagesOf(old)
          .filter(([, record]) => record.effect)
          .map(([step]) => step),
        proven,
        onRun: old === r.current || r.own.has(old) || connected(from, old, r.current),
        repeatable: follows(from, r.current, old) || r.allowRepeat.includes(from.steps[old]?.id ?? ""),
        after: since.flatMap((step) => r.imagesOf(step).map(([image]) => image)),
      };
    };
  return [...certain.map(describe(true)), ...perhaps.map(describe(false))];
}

/** Whether one walk of a version passes all of the given steps and ends at the goal. Tries all sets of steps passed. */
export function passTogether(c: CompiledScenario, goal: number, steps: readonly number[]): boolean {
  const seen = new Set<string>();
  const go = (step: number, passed: ReadonlySet<number>): boolean => {
    const now = steps.includes(step) ? new Set([...passed, step]) : passed;
    if (step === goal && now.size === new Set(steps).size) return true;
    const key = `${step}:${[...now].sort().join()}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return (c.outs[step] ?? []).some((next) => go(next, now));
  };
  return go(c.entry, new Set());
}

import type { CompiledScenario, Way } from "../scenario/compile.js";
import type { Matching } from "./matching.js";
import { stepFlagsOf } from "./step-flags.js";
import { commonTargets, type Targets } from "./targets.js";

/** A way out of a step and what it leads to, in terms that both versions share. */
export interface WayKey {
  readonly way: Way;
  /** Where it leads, after skipping inserted (or removed) one-way steps, see `commonTargets`. */
  readonly target: number;
}

/** How the ways out of a step of the new version relate to those of its match. */
export interface WaysChange {
  readonly step: number;
  /** The old step whose ways were compared; undefined for an inserted step. */
  readonly old: number | undefined;
  readonly added: readonly WayKey[];
  readonly removed: readonly WayKey[];
  /** Same target, other condition, priority or order. */
  readonly modified: readonly WayKey[];
}

/** The comparison of all ways of two versions. */
export interface WaysDiff {
  readonly changes: readonly WaysChange[];
  /** The old steps whose ways a new step kept, each with the ways that correspond. Made when asked for. */
  unchangedFrom(step: number): ReadonlyMap<number, readonly WayPair[]>;
}

/** A way of the old version and the way of the new one that is the same. */
export interface WayPair {
  readonly old: Way;
  readonly now: Way;
}

/**
 * Compares the ways out of all matched steps.
 *
 * The ways of a step are unchanged when both versions give the same list of (target, condition, else) in order of evaluation;
 * targets are compared by match, past inserted and removed one-way steps. The order among open ways has no meaning.
 *
 * @remarks O(V + E).
 */
export function compareWays(m: Matching): WaysDiff {
  const targets = commonTargets(m);
  const candidatesOf = oldCandidates(m);
  const oldsOf = (step: number) => candidatesOf.get(step) ?? (m.preimagesOf[step] ?? []).map((pair) => pair.from);
  const isKept = (old: number, step: number) =>
    sameAtSight(m.from.ways[old] ?? [], m.to.ways[step] ?? [], targets) ||
    sameWays(keysOf(m.from, old, targets.old), keysOf(m.to, step, targets.now)) !== undefined;
  const differing = differingWays((old) => keysOf(m.from, old, targets.old));
  const usual = usualCase(m, targets);
  const changes: WaysChange[] = [];
  for (let step = 0; step < m.to.size; step += 1) {
    if (usual(step)) continue;
    const olds = oldsOf(step);
    const changed = (olds.length > 1 ? differing(olds) : olds).find((old) => !isKept(old, step));
    if (changed === undefined && olds.length > 0) continue;
    const now = keysOf(m.to, step, targets.now);
    if (changed === undefined) changes.push({ step, old: undefined, added: now, removed: [], modified: [] });
    else changes.push(compareKeys(step, changed, keysOf(m.from, changed, targets.old), now));
  }
  const unchanged = new Map<number, ReadonlyMap<number, readonly WayPair[]>>();
  return {
    changes,
    unchangedFrom: (step) => {
      const known = unchanged.get(step);
      if (known !== undefined) return known;
      const now = keysOf(m.to, step, targets.now);
      const kept = oldsOf(step).flatMap((old): [number, WayPair[]][] => {
        const pairs = sameWays(keysOf(m.from, old, targets.old), now);
        return pairs === undefined ? [] : [[old, pairs]];
      });
      const made = new Map(kept);
      unchanged.set(step, made);
      return made;
    },
  };
}

/** For new steps that are candidates of ambiguous old ones: those old steps. Equal twins share one list. */
function oldCandidates(m: Matching): Map<number, readonly number[]> {
  const groups = new Map<readonly number[], number[]>();
  for (const [old, candidates] of m.ambiguous) {
    const group = groups.get(candidates);
    if (group === undefined) groups.set(candidates, [old]);
    else group.push(old);
  }
  const found = new Map<number, readonly number[]>();
  for (const [candidates, olds] of groups) {
    for (const step of candidates) found.set(step, found.has(step) ? [...(found.get(step) ?? []), ...olds] : olds);
  }
  return found;
}

/** Of a list of old steps, the first of all that have the same ways; made once for each list. */
function differingWays(keysOfOld: (old: number) => readonly WayKey[]): (olds: readonly number[]) => readonly number[] {
  const made = new Map<readonly number[], readonly number[]>();
  const textOf = ({ way, target }: WayKey) =>
    `${target}|${way.condition?.canonical ?? ""}|${way.conditionText ?? ""}|${way.open}`;
  return (olds) => {
    const known = made.get(olds);
    if (known !== undefined) return known;
    const firsts = new Map<string, number>();
    for (const old of olds) {
      const text = JSON.stringify(keysOfOld(old).map(textOf));
      if (!firsts.has(text)) firsts.set(text, old);
    }
    made.set(olds, [...firsts.values()]);
    return [...firsts.values()];
  };
}

/** Whether a step is one of most: it has one match, and in both versions one free way out that leads to the same. */
function usualCase(m: Matching, targets: Targets): (step: number) => boolean {
  const [oldNext, newNext] = [stepFlagsOf(m.from).next, stepFlagsOf(m.to).next];
  return (step) => {
    const pairs = m.preimagesOf[step] ?? [];
    const [old, now] = [oldNext[pairs[0]?.from ?? -1] ?? -1, newNext[step] ?? -1];
    const isOne = pairs.length === 1 && old >= 0 && now >= 0 && !m.contested.has(step);
    return isOne && targets.old[old] === targets.now[now];
  };
}

/** Whether two lists of ways, neither with open ones, are the same as they stand. */
function sameAtSight(before: readonly Way[], now: readonly Way[], targets: Targets): boolean {
  if (before.length !== now.length) return false;
  for (let at = 0; at < before.length; at += 1) {
    const [old, own] = [before[at], now[at]];
    if (
      old === undefined ||
      own === undefined ||
      old.open ||
      targets.old[old.to] !== targets.now[own.to] ||
      !isSameWhen(old, own)
    )
      return false;
  }
  return true;
}

/** Whether two ways are taken under the same condition. */
function isSameWhen(a: Way, b: Way): boolean {
  const sameCondition = a.condition === b.condition || a.condition?.canonical === b.condition?.canonical;
  return sameCondition && a.conditionText === b.conditionText && a.open === b.open;
}

function isSame(a: WayKey, b: WayKey): boolean {
  return a.target === b.target && isSameWhen(a.way, b.way);
}

/** The ways out of a step in order of evaluation; open ones, which have no order, by their targets. */
function keysOf(c: CompiledScenario, step: number, targets: Int32Array): WayKey[] {
  const keys = (c.ways[step] ?? []).map((way) => ({ way, target: targets[way.to] ?? 0 }));
  const open = keys.filter((key) => key.way.open).sort((a, b) => a.target - b.target);
  return [...keys.filter((key) => !key.way.open), ...open];
}

/** Ways that read alike, as those to equal twins, all correspond to each other: their order tells nothing. */
function sameWays(before: readonly WayKey[], now: readonly WayKey[]): WayPair[] | undefined {
  if (before.length !== now.length) return undefined;
  if (!before.every((old, at) => isSame(old, now[at] ?? old))) return undefined;
  return now.flatMap((key) => before.filter((old) => isSame(old, key)).map((old) => ({ old: old.way, now: key.way })));
}

function compareKeys(step: number, old: number, before: readonly WayKey[], now: readonly WayKey[]): WaysChange {
  const left = [...before];
  const rest = now.filter((key) => {
    const at = left.findIndex((other) => isSame(other, key));
    if (at >= 0) left.splice(at, 1);
    return at < 0;
  });
  const modified: WayKey[] = [];
  const added = rest.filter((key) => {
    const at = left.findIndex((other) => other.target === key.target);
    if (at < 0) return true;
    left.splice(at, 1);
    modified.push(key);
    return false;
  });
  const onlyOrder = added.length === 0 && left.length === 0 && modified.length === 0;
  return { step, old, added, removed: left, modified: onlyOrder ? now : modified };
}

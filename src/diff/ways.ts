import type { CompiledScenario, Way } from "../scenario/compile.js";
import type { Matching } from "./matching.js";

/** What a way out of a step leads to and when, in words that both versions share. */
export interface WayKey {
  readonly way: Way;
  /** Where it leads, after skipping inserted (or removed) one-way steps. */
  readonly target: string;
  /** When it is taken. */
  readonly when: string;
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
  /** By new step: the old steps whose ways it kept, each with the ways that correspond. */
  readonly unchangedFrom: readonly ReadonlyMap<number, readonly WayPair[]>[];
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
 * @remarks O(V + E) (each skipped step is walked once and remembered).
 */
export function compareWays(m: Matching): WaysDiff {
  const newTarget = targetNames(m.to, "new", (step) => nameInNew(m, step));
  const oldTarget = targetNames(m.from, "old", (step) => nameInOld(m, step));
  const candidatesOf = oldCandidates(m);
  const changes: WaysChange[] = [];
  const unchangedFrom: ReadonlyMap<number, readonly WayPair[]>[] = [];
  for (let step = 0; step < m.to.size; step += 1) {
    const now = keysOf(m.to, step, newTarget);
    const olds = m.contested.has(step) ? (candidatesOf.get(step) ?? []) : (m.preimagesOf[step] ?? []).map((p) => p.from);
    const unchanged = new Map<number, readonly WayPair[]>();
    let first: WaysChange | undefined;
    for (const old of olds) {
      const before = keysOf(m.from, old, oldTarget);
      const same = sameWays(before, now);
      if (same !== undefined) unchanged.set(old, same);
      else first ??= compareKeys(step, old, before, now);
    }
    unchangedFrom.push(unchanged);
    if (olds.length === 0) changes.push({ step, old: undefined, added: now, removed: [], modified: [] });
    else if (first !== undefined) changes.push(first);
  }
  return { changes, unchangedFrom };
}

function oldCandidates(m: Matching): Map<number, number[]> {
  const found = new Map<number, number[]>();
  for (const [old, candidates] of m.ambiguous) {
    for (const step of candidates) found.set(step, [...(found.get(step) ?? []), old]);
  }
  return found;
}

function nameInNew(m: Matching, step: number): string | undefined {
  if (m.contested.has(step)) return `h${m.to.hashes[step]}`;
  return (m.preimagesOf[step]?.length ?? 0) > 0 ? `x${step}` : undefined;
}

function nameInOld(m: Matching, step: number): string | undefined {
  if (m.ambiguous.has(step)) return `h${m.from.hashes[step]}`;
  const image = m.imageOf[step];
  return image === undefined ? undefined : `x${image.to}`;
}

/** Names every step for the comparison; a one-way step without a match takes the name of what follows it. */
function targetNames(c: CompiledScenario, side: "old" | "new", nameOf: (step: number) => string | undefined): string[] {
  const names: (string | undefined)[] = new Array<string | undefined>(c.size).fill(undefined);
  for (let start = 0; start < c.size; start += 1) {
    const trail: number[] = [];
    const onTrail = new Set<number>();
    let step = start;
    let name = names[step] ?? nameOf(step);
    while (name === undefined) {
      const only = c.ways[step]?.length === 1 ? c.ways[step]?.[0] : undefined;
      trail.push(step);
      onTrail.add(step);
      const goesOn = only !== undefined && only.condition === undefined && only.conditionText === undefined;
      if (!goesOn || onTrail.has(only.to)) name = `${side}:${step}`;
      else {
        step = only.to;
        name = names[step] ?? nameOf(step);
      }
    }
    names[start] = name;
    for (const passed of trail) names[passed] = name;
  }
  return names.map((name, step) => name ?? `${side}:${step}`);
}

function keysOf(c: CompiledScenario, step: number, names: readonly string[]): WayKey[] {
  const keys = (c.ways[step] ?? []).map((way) => ({ way, target: names[way.to] ?? "", when: whenOf(way) }));
  const open = keys.filter((key) => key.way.open).sort((a, b) => compareText(a.target, b.target));
  return [...keys.filter((key) => !key.way.open), ...open];
}

function whenOf(way: Way): string {
  if (way.condition !== undefined) return `if ${way.condition.canonical}`;
  if (way.conditionText !== undefined) return `judge ${way.conditionText}`;
  return way.open ? "open" : "always";
}

/** Ways that read alike, as those to equal twins, all correspond to each other: their order tells nothing. */
function sameWays(before: readonly WayKey[], now: readonly WayKey[]): WayPair[] | undefined {
  const nameOf = (key: WayKey) => `${key.when}\n${key.target}`;
  const alike = new Map<string, Way[]>();
  for (const [i, old] of before.entries()) {
    const name = nameOf(old);
    const own = now[i];
    if (own === undefined || nameOf(own) !== name) return undefined;
    alike.set(name, [...(alike.get(name) ?? []), old.way]);
  }
  if (before.length !== now.length) return undefined;
  return now.flatMap((key) => (alike.get(nameOf(key)) ?? []).map((old) => ({ old, now: key.way })));
}

function compareKeys(step: number, old: number, before: readonly WayKey[], now: readonly WayKey[]): WaysChange {
  const left = [...before];
  const rest = now.filter((key) => {
    const at = left.findIndex((other) => other.target === key.target && other.when === key.when);
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

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

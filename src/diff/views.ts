import type { CompiledScenario } from "../scenario/compile.js";
import { reachableFrom, reaching } from "../scenario/reachability.js";
import { isDecision, isGuard } from "./exposure.js";
import type { Matching } from "./matching.js";
import type { WaysDiff } from "./ways.js";

/** What changed above or below one anchor, as ids. `inserted`, `newForks`, `changedForks`, `changedWays` and `guards` are of the new version, the others of the old. */
export interface ChangeView {
  readonly inserted: readonly string[];
  readonly removed: readonly string[];
  readonly moved: readonly string[];
  readonly modified: readonly string[];
  /** Steps that decide now and did not before. */
  readonly newForks: readonly string[];
  /** Steps that decided before and whose branches or conditions changed. */
  readonly changedForks: readonly string[];
  /** Steps with a way out whose target stayed and whose condition, priority or order changed. */
  readonly changedWays: readonly string[];
  readonly guards: readonly string[];
}

/**
 * Steps on some way from the entry to `step` that does not pass `step` itself before its end.
 *
 * @returns one flag per step; O(V + E)
 */
export function upstreamOf(c: CompiledScenario, step: number): Uint8Array {
  const before = step === c.entry ? new Uint8Array(c.size) : reachableFrom(c, c.entry, step);
  const leading = reaching(c, step);
  return before.map((flag, i) => (i === step ? 0 : flag & (leading[i] ?? 0)));
}

/** Steps that can come after `step`, itself included only where a loop leads back. One flag per step; O(V + E). */
export function downstreamOf(c: CompiledScenario, step: number): Uint8Array {
  const after = new Uint8Array(c.size);
  for (const next of c.outs[step] ?? []) {
    if (after[next] === 1) continue;
    const set = reachableFrom(c, next);
    for (let i = 0; i < c.size; i += 1) if (set[i] === 1) after[i] = 1;
  }
  return after;
}

/**
 * Lists the changes among two sets of steps, one of each version.
 *
 * @param deciding - a step of the new version whose own ways out belong to the view although it is in neither set
 */
export function changesWithin(
  m: Matching,
  ways: WaysDiff,
  old: Uint8Array,
  now: Uint8Array,
  deciding?: number,
): ChangeView {
  const oldId = (step: number) => m.from.steps[step]?.id ?? "";
  const newId = (step: number) => m.to.steps[step]?.id ?? "";
  const seen = ways.changes.filter(({ step }) => now[step] === 1 || step === deciding);
  const forks = seen.filter((change) => isDecision(m.to, change));
  const wasFork = (step: number | undefined) => step !== undefined && (m.from.ways[step]?.length ?? 0) > 1;
  return {
    inserted: ids(m.to, (s) => now[s] === 1 && (m.preimagesOf[s]?.length ?? 0) === 0 && !m.contested.has(s)),
    removed: ids(m.from, (s) => old[s] === 1 && m.imageOf[s] === undefined && !m.ambiguous.has(s)),
    moved: m.pairs.filter((p) => old[p.from] !== now[p.to]).map((p) => oldId(p.from)),
    modified: m.pairs.filter((p) => now[p.to] === 1 && p.changed.length > 0).map((p) => oldId(p.from)),
    newForks: forks.filter((f) => !wasFork(f.old)).map((f) => newId(f.step)),
    changedForks: forks.filter((f) => wasFork(f.old)).map((f) => newId(f.step)),
    changedWays: seen.filter((change) => change.modified.length > 0).map((change) => newId(change.step)),
    guards: seen.filter((change) => isGuard(m.to, change)).map((change) => newId(change.step)),
  };
}

function ids(c: CompiledScenario, keep: (step: number) => boolean): string[] {
  return c.steps.flatMap((step, i) => (keep(i) ? [step.id] : []));
}

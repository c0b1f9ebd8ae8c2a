import type { CompiledScenario } from "../scenario/compile.js";

/** Above this many combinations a group of twins is settled by equal neighbourhoods and ids alone. */
const SCORED_COMBINATIONS = 4096;
const MAX_ROUNDS = 64;

/** Steps of equal content in both versions, at least two on one side. */
export interface TwinGroup {
  readonly from: readonly number[];
  readonly to: readonly number[];
}

/** What settled a twin. */
export interface TwinPair {
  readonly from: number;
  readonly to: number;
  readonly evidence: "hash_id" | "hash_neighbourhood";
}

/** What a step has around it. */
interface Labels {
  /** Name -> how often it is there. */
  readonly counts: ReadonlyMap<string, number>;
  /** One text of all. */
  readonly text: string;
}

/**
 * Tells equal steps apart by their neighbours.
 *
 * A twin is paired when one candidate shares strictly more of its neighbourhood than every other (equal ids break a tie),
 * in both directions. Settled twins become landmarks for the next round, so a row of twins is settled from its ends. What
 * nothing decides stays open; it is never paired by order.
 *
 * @param landmarks - pairs that are certain already
 * @remarks Label refinement restricted to the twins: O(edges at twins) for the first round; a later one looks only at groups next to
 * what the one before has settled.
 */
export function settleTwins(
  from: CompiledScenario,
  to: CompiledScenario,
  groups: readonly TwinGroup[],
  landmarks: readonly { readonly from: number; readonly to: number }[],
): TwinPair[] {
  const [old, now] = [new Side(from), new Side(to)];
  for (const pair of landmarks) {
    old.settled.set(pair.from, pair.to);
    now.settled.set(pair.to, pair.to);
  }
  const groupOf = new Map(groups.flatMap((group) => group.from.map((step) => [step, group])));
  const groupTo = new Map(groups.flatMap((group) => group.to.map((step) => [step, group])));
  const found: TwinPair[] = [];
  let due: Iterable<TwinGroup> = groups;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const fresh = [...due].flatMap((group) => pairsIn(old, now, group));
    if (fresh.length === 0) break;
    const touched = new Set<TwinGroup | undefined>();
    for (const pair of fresh) {
      for (const step of old.settle(pair.from, pair.to)) touched.add(groupOf.get(step));
      for (const step of now.settle(pair.to, pair.to)) touched.add(groupTo.get(step));
      found.push(pair);
    }
    due = groups.filter((group) => touched.has(group));
  }
  return found;
}

/** The pairs of a group that its neighbourhoods decide as far as they are settled. */
function pairsIn(old: Side, now: Side, group: TwinGroup): TwinPair[] {
  const left = group.from.filter((step) => !old.settled.has(step));
  const right = group.to.filter((step) => !now.settled.has(step));
  if (left.length === 0 || right.length === 0) return [];
  const before = left.map((step) => old.neighbourhood(step));
  const after = right.map((step) => now.neighbourhood(step));
  const compare = left.length * right.length <= SCORED_COMBINATIONS ? bestPairs : equalPairs;
  return compare(old.c, now.c, left, right, before, after);
}

/** One version with what is settled in it. */
class Side {
  readonly c: CompiledScenario;
  /** Settled step -> a number that it shares with its match. */
  readonly settled = new Map<number, number>();
  readonly #known = new Map<number, Labels>();

  constructor(c: CompiledScenario) {
    this.c = c;
  }

  /** Settles a step; returns it and its neighbours, which are known by other names from now on. */
  settle(step: number, shared: number): readonly number[] {
    this.settled.set(step, shared);
    const touched = [step, ...(this.c.outs[step] ?? []), ...(this.c.ins[step] ?? [])];
    for (const other of touched) this.#known.delete(other);
    return touched;
  }

  /** The ways in and out of a step, each under a name that does not mention ids. */
  neighbourhood(step: number): Labels {
    const known = this.#known.get(step);
    if (known !== undefined) return known;
    const counts = new Map<string, number>();
    const add = (label: string) => counts.set(label, (counts.get(label) ?? 0) + 1);
    if (step === this.c.entry) add("entry");
    const ways = this.c.ways[step] ?? [];
    if (ways.length === 0) add("end");
    for (const way of ways) add(`o|${wayText(way)}|${this.#nameOf(way.to)}`);
    for (const source of this.c.ins[step] ?? []) {
      for (const way of this.c.ways[source] ?? [])
        if (way.to === step) add(`i|${wayText(way)}|${this.#nameOf(source)}`);
    }
    const labels = { counts, text: JSON.stringify([...counts].sort(([a], [b]) => (a < b ? -1 : 1))) };
    this.#known.set(step, labels);
    return labels;
  }

  #nameOf(step: number): string {
    const shared = this.settled.get(step);
    return shared === undefined ? `h${this.c.hashes[step]}` : `p${shared}`;
  }
}

function wayText(way: { condition?: { canonical: string }; conditionText?: string; isElse: boolean }): string {
  return `${way.condition?.canonical ?? ""}|${way.conditionText ?? ""}|${way.isElse ? "else" : ""}`;
}

/** Share of common labels in 0..1 (Dice), so that a smaller common core never beats a larger one. */
function likeness(a: Labels, b: Labels): number {
  let common = 0;
  let total = 0;
  for (const [label, count] of a.counts) {
    common += Math.min(count, b.counts.get(label) ?? 0);
    total += count;
  }
  for (const count of b.counts.values()) total += count;
  return total === 0 ? 0 : (2 * common) / total;
}

function bestPairs(
  from: CompiledScenario,
  to: CompiledScenario,
  left: readonly number[],
  right: readonly number[],
  before: readonly Labels[],
  after: readonly Labels[],
): TwinPair[] {
  const sameId = left.map((l) => right.map((r) => from.steps[l]?.id === to.steps[r]?.id));
  const score = before.map((a, i) => after.map((b, j) => likeness(a, b) * 4 + (sameId[i]?.[j] === true ? 1e-6 : 0)));
  const at = (i: number, j: number) => score[i]?.[j] ?? 0;
  const pairs: TwinPair[] = [];
  for (let i = 0; i < left.length; i += 1) {
    for (let j = 0; j < right.length; j += 1) {
      const own = at(i, j);
      if (own <= 0) continue;
      const bestInRow = right.every((_, other) => other === j || at(i, other) < own);
      const bestInColumn = left.every((_, other) => other === i || at(other, j) < own);
      if (!bestInRow || !bestInColumn) continue;
      pairs.push({
        from: left[i] ?? 0,
        to: right[j] ?? 0,
        evidence: sameId[i]?.[j] ? "hash_id" : "hash_neighbourhood",
      });
    }
  }
  return pairs;
}

function equalPairs(
  from: CompiledScenario,
  to: CompiledScenario,
  left: readonly number[],
  right: readonly number[],
  before: readonly Labels[],
  after: readonly Labels[],
): TwinPair[] {
  const pairs: TwinPair[] = [];
  const rightByText = byText(right, after);
  const leftByText = byText(left, before);
  for (const [text, olds] of leftByText) {
    const news = rightByText.get(text) ?? [];
    const [old, now] = [olds[0], news[0]];
    if (olds.length === 1 && news.length === 1 && old !== undefined && now !== undefined) {
      pairs.push({ from: old, to: now, evidence: "hash_neighbourhood" });
      continue;
    }
    const byId = new Map(news.map((step) => [to.steps[step]?.id, step]));
    for (const step of olds) {
      const same = byId.get(from.steps[step]?.id);
      if (same !== undefined) pairs.push({ from: step, to: same, evidence: "hash_id" });
    }
  }
  return pairs;
}

function byText(steps: readonly number[], labels: readonly Labels[]): Map<string, number[]> {
  const groups = new Map<string, number[]>();
  for (const [at, step] of steps.entries()) {
    const text = labels[at]?.text ?? "";
    const group = groups.get(text);
    if (group === undefined) groups.set(text, [step]);
    else group.push(step);
  }
  return groups;
}

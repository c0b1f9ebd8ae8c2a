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

type Labels = Map<string, number>;

/**
 * Tells equal steps apart by their neighbours.
 *
 * A twin is paired when one candidate shares strictly more of its neighbourhood than every other (equal ids break a tie),
 * in both directions. Settled twins become landmarks for the next round, so a row of twins is settled from its ends. What
 * nothing decides stays open; it is never paired by order.
 *
 * @param landmarks - pairs that are certain already
 * @remarks Label refinement restricted to the twins: O(rounds x edges at twins).
 */
export function settleTwins(
  from: CompiledScenario,
  to: CompiledScenario,
  groups: readonly TwinGroup[],
  landmarks: readonly { readonly from: number; readonly to: number }[],
): TwinPair[] {
  const settledFrom = new Map(landmarks.map((pair) => [pair.from, pair.to]));
  const settledTo = new Map(landmarks.map((pair) => [pair.to, pair.from]));
  const found: TwinPair[] = [];
  let open = groups;
  for (let round = 0; round < MAX_ROUNDS && open.length > 0; round += 1) {
    const fresh: TwinPair[] = [];
    for (const group of open) {
      const left = group.from.filter((step) => !settledFrom.has(step));
      const right = group.to.filter((step) => !settledTo.has(step));
      const oldLabel = (step: number) =>
        settledFrom.has(step) ? `p${settledFrom.get(step)}` : `h${from.hashes[step]}`;
      const newLabel = (step: number) => (settledTo.has(step) ? `p${step}` : `h${to.hashes[step]}`);
      const before = left.map((step) => neighbourhood(from, step, oldLabel));
      const after = right.map((step) => neighbourhood(to, step, newLabel));
      const pairs =
        left.length * right.length <= SCORED_COMBINATIONS
          ? bestPairs(from, to, left, right, before, after)
          : equalPairs(from, to, left, right, before, after);
      fresh.push(...pairs);
    }
    if (fresh.length === 0) break;
    for (const pair of fresh) {
      settledFrom.set(pair.from, pair.to);
      settledTo.set(pair.to, pair.from);
    }
    found.push(...fresh);
    open = open.filter(
      (group) => group.from.some((s) => !settledFrom.has(s)) && group.to.some((s) => !settledTo.has(s)),
    );
  }
  return found;
}

/** The ways in and out of a step, each under a name that does not mention ids. */
function neighbourhood(c: CompiledScenario, step: number, labelOf: (step: number) => string): Labels {
  const labels: Labels = new Map();
  const add = (label: string) => labels.set(label, (labels.get(label) ?? 0) + 1);
  if (step === c.entry) add("entry");
  const ways = c.ways[step] ?? [];
  if (ways.length === 0) add("end");
  for (const way of ways) add(`o|${wayText(way)}|${labelOf(way.to)}`);
  for (const source of c.ins[step] ?? []) {
    for (const way of c.ways[source] ?? []) if (way.to === step) add(`i|${wayText(way)}|${labelOf(source)}`);
  }
  return labels;
}

function wayText(way: { condition?: { canonical: string }; conditionText?: string; isElse: boolean }): string {
  return `${way.condition?.canonical ?? ""}|${way.conditionText ?? ""}|${way.isElse ? "else" : ""}`;
}

/** Share of common labels in 0..1 (Dice), so that a smaller common core never beats a larger one. */
function likeness(a: Labels, b: Labels): number {
  let common = 0;
  let total = 0;
  for (const [label, count] of a) {
    common += Math.min(count, b.get(label) ?? 0);
    total += count;
  }
  for (const count of b.values()) total += count;
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
  const key = (labels: Labels) =>
    [...labels]
      .map(([label, count]) => `${label}*${count}`)
      .sort()
      .join("\n");
  const pairs: TwinPair[] = [];
  const rightByKey = new Map<string, number[]>();
  right.forEach((step, j) => {
    const text = key(after[j] ?? new Map());
    rightByKey.set(text, [...(rightByKey.get(text) ?? []), step]);
  });
  const leftByKey = new Map<string, number[]>();
  left.forEach((step, i) => {
    const text = key(before[i] ?? new Map());
    leftByKey.set(text, [...(leftByKey.get(text) ?? []), step]);
  });
  for (const [text, olds] of leftByKey) {
    const news = rightByKey.get(text) ?? [];
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

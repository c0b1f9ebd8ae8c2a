import type { Step } from "../contracts/types.js";
import type { CompiledScenario } from "../scenario/compile.js";
import type { Matching, PairEvidence, PairRelation, StepMatch } from "./matching.js";
import { effectClass } from "./pair.js";

type Lists = Omit<Matching, "suggested">;

const MIN_LIKENESS = 0.5;
const MAX_COMBINATIONS = 40_000;

/**
 * Suggests pairs of steps that read alike and stand in a like place. A suggestion never moves anybody: it is shown to the
 * operator, who may turn it into an explicit mapping.
 */
export function suggestPairs(
  m: Lists,
  pair: (old: number, now: number, relation: PairRelation, evidence: PairEvidence) => StepMatch,
): StepMatch[] {
  const named = new Set(m.proposed.map((match) => match.from));
  const olds = [...m.from.steps.keys()].filter((s) => !m.imageOf[s] && !m.ambiguous.has(s) && !named.has(s));
  const news = [...m.to.steps.keys()].filter((s) => (m.preimagesOf[s]?.length ?? 0) === 0 && !m.contested.has(s));
  if (olds.length === 0 || news.length === 0 || olds.length * news.length > MAX_COMBINATIONS) return [];
  const words = news.map((step) => wordsOf(m.to.steps[step]));
  return olds.flatMap((old) => {
    const own = wordsOf(m.from.steps[old]);
    let best: { step: number; likeness: number } | undefined;
    news.forEach((step, i) => {
      if (!sameClass(m, old, step)) return;
      const text = overlap(own, words[i] ?? new Set());
      const likeness = text + (text > 0 && sharesNeighbour(m, old, step) ? 0.25 : 0);
      if (likeness >= MIN_LIKENESS && likeness > (best?.likeness ?? 0)) best = { step, likeness };
    });
    return best === undefined ? [] : [{ ...pair(old, best.step, "suggested", "similar"), effect: false }];
  });
}

/** Whether the texts of two steps have at least half of their words in common. */
export function readAlike(before: Step | undefined, after: Step | undefined): boolean {
  return overlap(wordsOf(before), wordsOf(after)) >= MIN_LIKENESS;
}

function sameClass(m: Lists, old: number, now: number): boolean {
  const [before, after] = [m.from.steps[old], m.to.steps[now]];
  return before !== undefined && after !== undefined && effectClass(before) === effectClass(after);
}

function wordsOf(step: Step | undefined): Set<string> {
  const text = [step?.intent ?? step?.name ?? "", step?.description ?? "", ...(step?.collects ?? [])].join(" ");
  return new Set(text.toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? []);
}

function overlap(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  if (a.size === 0 || b.size === 0) return 0;
  let common = 0;
  for (const word of a) if (b.has(word)) common += 1;
  return common / (a.size + b.size - common);
}

function sharesNeighbour(m: Lists, old: number, now: number): boolean {
  const images = (c: CompiledScenario, steps: readonly number[]) =>
    steps.map((s) => (c === m.from ? m.imageOf[s]?.to : s)).filter((s) => s !== undefined);
  const near = new Set([...images(m.to, m.to.outs[now] ?? []), ...images(m.to, m.to.ins[now] ?? [])]);
  return [...images(m.from, m.from.outs[old] ?? []), ...images(m.from, m.from.ins[old] ?? [])].some((s) => near.has(s));
}

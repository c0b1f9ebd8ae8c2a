import type { Scenario } from "../../src/contracts/types.js";
import { matchSteps } from "../../src/diff/match.js";
import { effectClass } from "../../src/diff/pair.js";
import { compile } from "../../src/scenario/compile.js";
import type { EditedFlow } from "./edits.js";
import { type Answer, type Known, wrongAnswers } from "./truth.js";

/** What came out, in numbers of pairs or of old steps. */
export interface Tally {
  /** Pairs that were made without a person. */
  pairs: number;
  wrong: number;
  /** Old steps that have a true image. */
  true: number;
  /** Of these: paired rightly. */
  found: number;
  /** Of these: left open between equal steps. */
  ambiguous: number;
  /** Of those left open: none of the candidates is right. */
  astray: number;
  /** Of these: shown to the operator as a proposal or suggestion that is right. */
  proposed: number;
}

/** One measured pair of versions; `effects` counts only what involves a checkpoint or a required action. */
export interface Measured {
  readonly all: Tally;
  readonly effects: Tally;
  /** The wrong pairs, in words. */
  readonly wrong: readonly string[];
}

export const emptyTally = (): Tally => ({
  pairs: 0,
  wrong: 0,
  true: 0,
  found: 0,
  ambiguous: 0,
  astray: 0,
  proposed: 0,
});

/** Adds the second tally to the first. */
export function addTally(sum: Tally, more: Tally): void {
  for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += more[key];
}

/** Matches a version with an edit of it and compares the pairs with the truth. */
export function measure(before: Scenario, { scenario, truth }: EditedFlow): Measured {
  const [from, to] = [compile(before), compile(scenario)];
  const matching = matchSteps(from, to);
  const rightOf = (old: number): number[] =>
    (truth.get(from.steps[old]?.id ?? "") ?? []).flatMap((id) => to.index.get(id) ?? []);
  const origin = new Map<number, number[]>();
  for (let old = 0; old < from.size; old += 1)
    for (const now of rightOf(old)) origin.set(now, [...(origin.get(now) ?? []), old]);
  const known: Known = { from, to, origin };
  const answers = matching.pairs.map((pair): Answer => ({ old: pair.from, now: pair.to, right: rightOf(pair.from) }));
  const wrong = new Set(wrongAnswers(known, answers));
  const hasEffect = (c: typeof from, step: number): boolean => {
    const found = c.steps[step];
    return found !== undefined && effectClass(found) !== "none";
  };
  const [all, effects] = [emptyTally(), emptyTally()];
  for (const answer of answers) {
    const sums = hasEffect(from, answer.old) || hasEffect(to, answer.now) ? [all, effects] : [all];
    for (const sum of sums) {
      sum.pairs += 1;
      if (wrong.has(answer)) sum.wrong += 1;
    }
  }
  const byOld = new Map(answers.map((answer) => [answer.old, answer]));
  const shown = [...matching.proposed, ...matching.suggested];
  for (let old = 0; old < from.size; old += 1) {
    const right = rightOf(old);
    if (right.length === 0) continue;
    const answer = byOld.get(old);
    const candidates = matching.ambiguous.get(old);
    const equal = (now: number): boolean =>
      right.includes(now) || right.some((step) => to.hashes[step] === to.hashes[now]);
    const sums = hasEffect(from, old) || right.some((now) => hasEffect(to, now)) ? [all, effects] : [all];
    for (const sum of sums) {
      sum.true += 1;
      if (answer !== undefined && !wrong.has(answer)) sum.found += 1;
      if (candidates !== undefined) sum.ambiguous += 1;
      if (candidates !== undefined && !candidates.some(equal)) sum.astray += 1;
      if (shown.some((pair) => pair.from === old && right.includes(pair.to))) sum.proposed += 1;
    }
  }
  const name = (c: typeof from, step: number): string => c.steps[step]?.id ?? "";
  const said = matching.pairs.filter((_, at) => {
    const answer = answers[at];
    return answer !== undefined && wrong.has(answer);
  });
  return {
    all,
    effects,
    wrong: said.map((pair) => {
      const right = rightOf(pair.from).map((now) => name(to, now));
      const effect = hasEffect(from, pair.from) || hasEffect(to, pair.to) ? "with an effect: " : "";
      return `${effect}${name(from, pair.from)} -> ${name(to, pair.to)} by ${pair.evidence}, truly ${right.join(" or ") || "gone"}`;
    }),
  };
}

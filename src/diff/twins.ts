import type { CompiledScenario } from "../scenario/compile.js";
import { likeness, type Neighbourhood, Side } from "./neighbourhood.js";
import { effectClass } from "./pair.js";

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

/** What two versions are known by before their twins are told apart. */
export interface TwinGround {
  readonly from: CompiledScenario;
  readonly to: CompiledScenario;
  /** Pairs that are certain already. */
  readonly landmarks: readonly { readonly from: number; readonly to: number }[];
  /** Whether ids tell anything: false once some id names other content than before. */
  readonly idsHold: boolean;
}

/**
 * Tells equal steps apart by their neighbours.
 *
 * A twin is paired when one candidate shares strictly more of its neighbourhood than every other, in both directions; equal ids
 * break a tie. It takes more where something speaks against the pair: when one of the ids is still there but names another step,
 * or when a twin was added or removed, only an equal neighbourhood counts, all of whose steps are known. Where a twin was added or
 * removed, an equal id makes up for that, but not for twins with an effect. Settled twins become landmarks for the next round, so
 * a row of twins is settled from its ends, and one that is left over on both sides is a pair, if it has no effect. What nothing
 * decides stays open; it is never paired by order.
 *
 * @remarks Label refinement restricted to the twins: O(edges at twins) for the first round; a later one looks only at groups next to
 * what the one before has settled.
 */
export function settleTwins(ground: TwinGround, groups: readonly TwinGroup[]): TwinPair[] {
  const [old, now] = [new Side(ground.from, ground.to), new Side(ground.to, ground.from)];
  for (const pair of ground.landmarks) {
    old.settled.set(pair.from, pair.to);
    now.settled.set(pair.to, pair.to);
  }
  const groupOf = new Map(groups.flatMap((group) => group.from.map((step) => [step, group])));
  const groupTo = new Map(groups.flatMap((group) => group.to.map((step) => [step, group])));
  const found: TwinPair[] = [];
  let due: Iterable<TwinGroup> = groups;
  for (let round = 0; round < MAX_ROUNDS; round += 1) {
    const fresh = [...due].flatMap((group) => pairsIn(old, now, group, ground.idsHold));
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

/** What is left of a group in one round. */
interface Rest {
  readonly old: readonly Twin[];
  readonly now: readonly Twin[];
  /** As many twins before as after, so that none of them was added or removed. */
  readonly isEven: boolean;
  readonly idsHold: boolean;
  /** Whether the twins have an effect: then they are told apart by what is certain or not at all. */
  readonly hasEffect: boolean;
}

interface Twin {
  readonly step: number;
  readonly id: string;
  /** Whether the other version has a step of this id. */
  readonly isIdKept: boolean;
  readonly around: Neighbourhood;
  /** How many twins hang together with this one, itself included. */
  readonly row: number;
}

/** The pairs of a group that its neighbourhoods decide as far as they are settled. */
function pairsIn(old: Side, now: Side, group: TwinGroup, idsHold: boolean): TwinPair[] {
  const first = old.c.steps[group.from[0] ?? -1];
  const rest: Rest = {
    old: twinsLeft(old, group.from, now.c),
    now: twinsLeft(now, group.to, old.c),
    isEven: group.from.length === group.to.length,
    idsHold,
    hasEffect: first !== undefined && effectClass(first) !== "none",
  };
  if (rest.old.length === 0 || rest.now.length === 0) return [];
  const [last, lastNow] = [rest.old[0], rest.now[0]];
  const isLast = rest.isEven && !rest.hasEffect && rest.old.length === 1 && rest.now.length === 1;
  if (isLast && last !== undefined && lastNow !== undefined && !isContradicted(rest, last, lastNow))
    return [pairOf(last, lastNow)];
  return rest.old.length * rest.now.length <= SCORED_COMBINATIONS ? bestPairs(rest) : equalPairs(rest);
}

function twinsLeft(side: Side, steps: readonly number[], other: CompiledScenario): Twin[] {
  const left = steps.filter((step) => !side.settled.has(step));
  const rows = side.rows(left);
  const idOf = (step: number) => side.c.steps[step]?.id ?? "";
  return left.map((step) => ({
    step,
    id: idOf(step),
    isIdKept: other.index.has(idOf(step)),
    around: side.neighbourhood(step),
    row: rows.get(step) ?? 1,
  }));
}

function pairOf(old: Twin, now: Twin): TwinPair {
  return { from: old.step, to: now.step, evidence: old.id === now.id ? "hash_id" : "hash_neighbourhood" };
}

function bestPairs(rest: Rest): TwinPair[] {
  const score = rest.old.map((old) =>
    rest.now.map((now) => likeness(old.around, now.around) * 4 + (rest.idsHold && old.id === now.id ? 1e-6 : 0)),
  );
  const at = (i: number, j: number) => score[i]?.[j] ?? 0;
  const isBest = (i: number, j: number): boolean =>
    at(i, j) > 0 &&
    rest.now.every((_, other) => other === j || at(i, other) < at(i, j)) &&
    rest.old.every((_, other) => other === i || at(other, j) < at(i, j));
  return rest.old.flatMap((old, i) =>
    rest.now.flatMap((now, j) => (isBest(i, j) && isEnough(rest, old, now, at(i, j)) ? [pairOf(old, now)] : [])),
  );
}

/** Whether the best candidate of a twin is good enough. */
function isEnough(rest: Rest, old: Twin, now: Twin, score: number): boolean {
  const isKnown = old.around.isKnown && now.around.isKnown;
  const isSame = old.around.text === now.around.text && old.row === now.row;
  if (rest.idsHold && old.id === now.id) return isSame || rest.isEven || !rest.hasEffect;
  if (isContradicted(rest, old, now) || !rest.isEven) return isKnown && isSame;
  return isSame || (isKnown && !rest.hasEffect && score > 2);
}

/** Whether ids speak against a pair: one of the two is still there and names another step. */
function isContradicted({ idsHold }: Rest, old: Twin, now: Twin): boolean {
  return idsHold && old.id !== now.id && (old.isIdKept || now.isIdKept);
}

/** The pairs of a large group: equal neighbourhoods that stand once on each side, else equal ids among those. */
function equalPairs(rest: Rest): TwinPair[] {
  const nowByText = byText(rest.now);
  return [...byText(rest.old)].flatMap(([text, olds]) => {
    const news = nowByText.get(text) ?? [];
    const [old, now] = [olds[0], news[0]];
    const isAlone = olds.length === 1 && news.length === 1 && (rest.isEven || now?.around.isKnown === true);
    if (isAlone && old !== undefined && now !== undefined) return [pairOf(old, now)];
    if (!rest.idsHold) return [];
    const byId = new Map(news.map((twin) => [twin.id, twin]));
    return olds.flatMap((twin) => {
      const same = byId.get(twin.id);
      return same === undefined ? [] : [pairOf(twin, same)];
    });
  });
}

function byText(twins: readonly Twin[]): Map<string, Twin[]> {
  const groups = new Map<string, Twin[]>();
  for (const twin of twins) {
    const group = groups.get(twin.around.text);
    if (group === undefined) groups.set(twin.around.text, [twin]);
    else group.push(twin);
  }
  return groups;
}

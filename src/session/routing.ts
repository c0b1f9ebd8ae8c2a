import type { WitnessTransition } from "../contracts/types.js";
import type { CompiledScenario, Way } from "../scenario/compile.js";
import { analyseFork } from "../scenario/fork.js";
import type { Evidence } from "./evidence.js";
import type { Knowledge } from "./facts.js";
import type { Migration } from "./migration.js";

/** Why a way may be part of the run. */
export type Because = WitnessTransition["because"];

/** A way that the run may take. */
export interface OpenWay {
  readonly way: Way;
  readonly because: Because;
}

/** What the session's data and past decide at one step of the new version. */
export interface Routing {
  readonly open: readonly OpenWay[];
  /** Ways that may turn out to be taken once more is known; empty when decided. */
  readonly possible: readonly Way[];
  /** Whether one of the possible ways will be taken for certain. */
  readonly exhaustive: boolean;
  /** The first undecided way. */
  readonly undecided?: Way;
  /** Every way is closed: a guard or all branches are false. */
  readonly closed: boolean;
}

/** Decides, step by step and at most once each, which ways of the new version the session's run may take. */
export class Router {
  readonly #migration: Migration;
  readonly #evidence: Evidence;
  readonly #knowledge: Knowledge;
  readonly #forced: boolean;
  readonly #anyRound: boolean;
  readonly #cache: Map<number, Routing>;
  readonly #rejoin = new Set<number>();

  /**
   * @param options.forced - new decisions are waived: all their ways are open
   * @param options.anyRound - an unchanged decision stands as taken in any round of a loop, not only in the last
   * @param cache - what is decided already under the same options
   */
  constructor(
    migration: Migration,
    evidence: Evidence,
    knowledge: Knowledge,
    options: { readonly forced: boolean; readonly anyRound: boolean },
    cache = new Map<number, Routing>(),
  ) {
    this.#migration = migration;
    this.#evidence = evidence;
    this.#knowledge = knowledge;
    this.#forced = options.forced;
    this.#anyRound = options.anyRound;
    this.#cache = cache;
  }

  /** The same decisions towards another goal: which forks need none is declared anew. */
  anew(): Router {
    const options = { forced: this.#forced, anyRound: this.#anyRound };
    return new Router(this.#migration, this.#evidence, this.#knowledge, options, this.#cache);
  }

  /** The ways out of a step, decided as far as the facts go. */
  at(step: number): Routing {
    const known = this.#cache.get(step);
    if (known !== undefined) return known;
    const made = this.#takenBefore(step) ?? this.#evaluate(step);
    this.#cache.set(step, made);
    return made;
  }

  /** The ways a run may take, undecided forks whose branches all rejoin included. */
  openAt(step: number): readonly OpenWay[] {
    const routing = this.at(step);
    if (routing.undecided === undefined || !this.#rejoin.has(step)) return routing.open;
    return routing.possible.map((way) => ({ way, because: "all_rejoin" }));
  }

  /** Declares that the undecided ways of a step need no decision. */
  letRejoin(step: number): void {
    this.#rejoin.add(step);
  }

  /** A decision that did not change and that the session has passed stands as taken. */
  #takenBefore(step: number): Routing | undefined {
    const { to, ways } = this.#migration;
    const out = to.ways[step] ?? [];
    if (ways === undefined || out.length === 0 || isFree(out)) return undefined;
    for (const [old, pairs] of ways.unchangedFrom(step)) {
      if (old === this.#evidence.current) continue;
      const passed = this.#region[old] === 1 || this.#evidence.trail.includes(old);
      if (!passed) continue;
      const taken = (this.#anyRound ? undefined : this.#evidence.takenFrom(old)) ?? this.#ownWays(old);
      const chosen = pairs.filter((pair) => taken.includes(pair.old)).map((pair) => pair.now);
      if (chosen.length > 0) return decided(chosen.map((way) => ({ way, because: "taken_before" })));
    }
    return undefined;
  }

  get #region(): Uint8Array {
    return this.#anyRound ? this.#evidence.possible() : this.#evidence.own;
  }

  #ownWays(old: number): readonly Way[] {
    const { current } = this.#evidence;
    return (this.#migration.from?.ways[old] ?? []).filter((way) => this.#region[way.to] === 1 || way.to === current);
  }

  #evaluate(step: number): Routing {
    const out = this.#migration.to.ways[step] ?? [];
    const [only, second] = out;
    if (only === undefined) return { open: [], possible: [], exhaustive: false, closed: false };
    if (second === undefined && isFree(out)) return decided([{ way: only, because: "only_way" }]);
    if (this.#forced) return decided(out.map((way) => ({ way, because: "forced" })));
    const possible: Way[] = [];
    for (const way of out) {
      if (way.open) continue;
      const verdict = this.#knowledge.verdictOf(way);
      if (verdict === false) continue;
      if (verdict === true && possible.length === 0) return decided([{ way, because: reasonOf(way) }]);
      possible.push(way);
      if (verdict === true) return undecided(possible, true);
    }
    const choice = out.filter((way) => way.open);
    if (possible.length === 0) {
      return choice.length > 0
        ? decided(choice.map((way) => ({ way, because: "open_choice" })))
        : { open: [], possible: [], exhaustive: false, closed: true };
    }
    return undecided([...possible, ...choice], choice.length > 0 || this.#coversAll(out));
  }

  #coversAll(out: readonly Way[]): boolean {
    return out.length > 1 && analyseFork(out, this.#migration.to.fields).exhaustive === true;
  }
}

function isFree(ways: readonly Way[]): boolean {
  const [only] = ways;
  return ways.length === 1 && only?.condition === undefined && only?.conditionText === undefined;
}

function reasonOf(way: Way): Because {
  if (way.condition !== undefined) return "condition_true";
  return way.conditionText !== undefined ? "judged" : "else";
}

function decided(open: readonly OpenWay[]): Routing {
  return { open, possible: [], exhaustive: true, closed: false };
}

/** Where all ways that may be taken lead to one step, there is nothing to decide. */
function undecided(possible: readonly Way[], exhaustive: boolean): Routing {
  const [first] = possible;
  if (exhaustive && first !== undefined && possible.every((way) => way.to === first.to)) {
    return decided([{ way: first, because: "all_rejoin" }]);
  }
  return { open: [], possible, exhaustive, closed: false, ...(first === undefined ? {} : { undecided: first }) };
}

/**
 * Steps from which every possible continuation reaches the goal over silent steps alone: nothing there is asked or done, so
 * how the session gets through does not matter.
 */
export function silentRegion(
  c: CompiledScenario,
  router: Router,
  goal: number,
  isSilent: (step: number) => boolean,
): Set<number> {
  const region = new Set([goal]);
  const queue = [goal];
  for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
    for (const step of c.ins[at] ?? []) {
      if (region.has(step) || !isSilent(step)) continue;
      const routing = router.at(step);
      const sure =
        routing.undecided === undefined
          ? routing.open.map((open) => open.way)
          : routing.exhaustive
            ? routing.possible
            : [];
      if (sure.length === 0 || !sure.every((way) => region.has(way.to))) continue;
      region.add(step);
      queue.push(step);
    }
  }
  return region;
}

import type { Field } from "../../src/contracts/types.js";
import type { Matching } from "../../src/diff/matching.js";
import type { CompiledScenario, Way } from "../../src/scenario/compile.js";
import type { Verdict } from "../../src/scenario/condition.js";
import { fieldAccepts } from "../../src/scenario/value.js";
import { connected, follows, type Past, passTogether } from "./past.js";

/** Why a step of a run stands in the way. */
export interface Wall {
  readonly step: number;
  readonly missing: readonly string[];
  readonly action: boolean;
  readonly checkpoint: boolean;
  readonly unclear: boolean;
}

/** The ways that may be taken out of a step, or that it is undecided. */
interface Choice {
  readonly open: readonly Way[];
  readonly possible: readonly Way[];
  readonly covers: boolean;
}

/** A run to a step, told by the steps that it passes before its end. */
export interface Run {
  readonly before: ReadonlySet<number>;
  readonly walls: readonly Wall[];
}

export interface OracleInput {
  readonly matching: Matching;
  readonly past: Past;
  readonly data: Readonly<Record<string, unknown>>;
  readonly judged?: Readonly<Record<string, Verdict>>;
  readonly forceKind?: string;
}

const SAMPLES: Readonly<Record<string, readonly unknown[]>> = {
  age: [0, 17, 18, 19, 60],
  country: ["US", "FR"],
  amount: [0, 10, 11, 100, 101],
  member: [true, false],
};

/** Says what is sound by trying every run of the new version. */
export class Oracle {
  readonly #in: OracleInput;
  readonly #to: CompiledScenario;
  readonly #data: Record<string, unknown> = {};

  constructor(input: OracleInput) {
    this.#in = input;
    this.#to = input.matching.to;
    for (const [name, value] of Object.entries(input.data)) {
      const field = this.#to.fields.get(name);
      if (value === undefined || (value !== null && value !== "" && field !== undefined && !fieldAccepts(field, value)))
        continue;
      this.#data[name] = value;
    }
  }

  /** All runs to a step that pass the checkpoints they have to; undecided forks are passed only where that does not matter. */
  runsTo(goal: number): Run[] {
    const { past } = this.#in;
    const first = this.#allRuns(goal, false);
    const whole = first.filter((before) => this.#isWhole(before, goal));
    if (whole.length > 0 || first.length === 0 || past.passed.length === 0)
      return whole.map((before) => this.#run(before, false));
    return this.#allRuns(goal, true)
      .filter((before) => this.#isWhole(before, goal))
      .map((before) => this.#run(before, true));
  }

  /** Whether any run by decided ways leads to a step, whatever it passes. */
  leadsTo(goal: number): boolean {
    return this.#allRuns(goal, false).length > 0;
  }

  /** Runs to a step on which nothing stands in the way. */
  soundRuns(goal: number): Run[] {
    return this.runsTo(goal).filter((run) => run.walls.length === 0);
  }

  /** What passed checkpoints say against a target; empty if nothing. */
  againstTarget(target: number, isOwnImage: boolean): string[] {
    const { past } = this.#in;
    const to = this.#to;
    return past.passed.flatMap((k) => {
      const found: string[] = [];
      const standing = k.old === past.current && isOwnImage;
      for (const image of k.repeatable ? [] : k.images) {
        if (image === target && !standing) found.push("P2a: stands on a passed checkpoint");
        if (follows(to, target, image)) found.push("P2a: a passed checkpoint can come again");
      }
      const below = k.after.some((step) => step === target || connected(to, step, target));
      if (k.images.length === 0 && k.proven && !isOwnImage && !below) found.push("P2: orphaned");
      return found;
    });
  }

  /** Whether a path leads on to a goal without the steps that a run has passed. */
  reachesApart(step: number, goal: number, before: ReadonlySet<number>): boolean {
    if (step === goal) return true;
    const next = (this.#to.outs[step] ?? []).filter((other) => !before.has(other));
    return next.some((other) => this.reachesApart(other, goal, new Set([...before, step])));
  }

  /** The decision at a step: which ways may be taken. */
  choice(step: number, anyRound: boolean): Choice {
    const out = this.#to.ways[step] ?? [];
    const [only, second] = out;
    if (only === undefined) return { open: [], possible: [], covers: false };
    const isFree = second === undefined && only.condition === undefined && only.conditionText === undefined;
    if (isFree) return { open: [only], possible: [], covers: true };
    const before = this.#takenBefore(step, anyRound);
    if (before.length > 0) return { open: before, possible: [], covers: true };
    if (this.#in.forceKind !== undefined) return { open: out, possible: [], covers: true };
    const { open, possible, covers } = this.#evaluated(out);
    const [first] = possible;
    const isOne = first !== undefined && covers && possible.every((way) => way.to === first.to);
    return isOne ? { open: [first], possible: [], covers } : { open, possible, covers };
  }

  #evaluated(out: readonly Way[]): Choice {
    const possible: Way[] = [];
    for (const way of out.filter((one) => !one.open)) {
      const verdict = this.#verdict(way);
      if (verdict === false) continue;
      possible.push(way);
      if (verdict === true)
        return possible.length === 1
          ? { open: [way], possible: [], covers: true }
          : { open: [], possible, covers: true };
    }
    const choice = out.filter((way) => way.open);
    if (possible.length === 0) return { open: choice, possible: [], covers: true };
    return {
      open: [],
      possible: [...possible, ...choice],
      covers: choice.length > 0 || (out.length > 1 && coversAll(out, this.#to.fields)),
    };
  }

  #verdict(way: Way): Verdict {
    if (way.condition !== undefined) return way.condition.evaluate(this.#data);
    return way.conditionText === undefined ? true : (this.#in.judged?.[way.conditionText] ?? "unknown");
  }

  #takenBefore(step: number, anyRound: boolean): Way[] {
    const { matching: m, past } = this.#in;
    const candidates = [...m.ambiguous].filter(([, news]) => news.includes(step)).map(([old]) => old);
    const olds = m.contested.has(step) ? candidates : (m.preimagesOf[step] ?? []).map((pair) => pair.from);
    for (const old of olds) {
      if (old === past.current) continue;
      const region = anyRound ? past.possible : past.own;
      if (!region.has(old) && !past.trail.includes(old)) continue;
      const [before, now] = [waysText(m, "old", old), waysText(m, "now", step)];
      if (before.map(([text]) => text).join("\n") !== now.map(([text]) => text).join("\n")) continue;
      const taken = past.taken(old, anyRound);
      const texts = new Set(before.filter(([, way]) => taken.includes(way)).map(([text]) => text));
      const found = now.filter(([text]) => texts.has(text)).map(([, way]) => way);
      if (found.length > 0) return found;
    }
    return [];
  }

  /** Every set of steps that some run passes before it ends at the goal. */
  #allRuns(goal: number, anyRound: boolean): ReadonlySet<number>[] {
    const found = new Map<string, ReadonlySet<number>>();
    const seen = new Set<string>();
    const open: { step: number; before: ReadonlySet<number> }[] = [{ step: this.#to.entry, before: new Set() }];
    for (let state = open.pop(); state !== undefined; state = open.pop()) {
      const { step, before } = state;
      const key = `${step}:${[...before].sort((a, b) => a - b).join()}`;
      if (seen.has(key)) continue;
      seen.add(key);
      if (step === goal) {
        found.set(key, before);
        continue;
      }
      const { open: ways, possible } = this.choice(step, anyRound);
      const next = possible.length > 0 && this.#rejoins(step, goal, anyRound) ? possible : ways;
      for (const way of next) open.push({ step: way.to, before: new Set([...before, step]) });
    }
    return [...found.values()];
  }

  /** Whether everything that may be taken out of an undecided fork comes to the goal silently. */
  #rejoins(fork: number, goal: number, anyRound: boolean): boolean {
    const comes = (step: number, on: readonly number[]): boolean => {
      if (step === goal) return true;
      if (on.includes(step) || !this.#isSilent(step)) return false;
      const { open, possible, covers } = this.choice(step, anyRound);
      const ways = possible.length > 0 ? (covers ? possible : []) : open;
      return ways.length > 0 && ways.every((way) => comes(way.to, [...on, step]));
    };
    const { possible, covers } = this.choice(fork, anyRound);
    return covers && possible.every((way) => comes(way.to, []));
  }

  #isSilent(step: number): boolean {
    const s = this.#to.steps[step];
    return (s?.collects ?? []).length === 0 && s?.checkpoint !== true && s?.requiredAction !== true;
  }

  #isWhole(before: ReadonlySet<number>, goal: number): boolean {
    const { past, matching } = this.#in;
    const owed = past.passed.filter((k) => k.proven && k.onRun && !k.repeatable && k.images.length > 0);
    const together: number[] = [];
    for (const k of [...owed].reverse())
      if (passTogether(matching.from, past.current, [...together, k.old])) together.push(k.old);
    return owed
      .filter((k) => together.includes(k.old))
      .every((k) => k.images.some((image) => image === goal || before.has(image)));
  }

  #run(before: ReadonlySet<number>, anyRound: boolean): Run {
    return { before, walls: [...before].flatMap((step) => this.#wall(step, anyRound) ?? []) };
  }

  #wall(step: number, anyRound: boolean): Wall | undefined {
    const { matching: m, past, forceKind } = this.#in;
    const definition = this.#to.steps[step];
    const done = past.done.get(step) ?? [];
    const region = anyRound ? past.possible : past.own;
    const over = (m.preimagesOf[step] ?? []).filter((pair) => region.has(pair.from));
    const records = done.length > 0 ? done : over;
    const owes = records.length > 0 ? records.map((one) => one.addedFields) : [this.#asks(step)];
    const least =
      owes.map((fields) => fields.filter((field) => !this.#knows(field))).sort((a, b) => a.length - b.length)[0] ?? [];
    const missing = forceKind === "clean_graft" ? [] : least;
    const hasEffect = definition?.checkpoint === true || definition?.requiredAction === true;
    const certain = past.completed.has(step) || done.some((one) => one.effect && one.certain);
    const unclear = hasEffect && !certain && done.some((one) => one.effect);
    const over2 = done.length === 0 && over.some((one) => one.effect);
    const open = hasEffect && !certain && !unclear && !over2;
    const wall = {
      step,
      missing,
      checkpoint: open && definition?.checkpoint === true,
      action: open && definition?.checkpoint !== true,
      unclear,
    };
    return wall.missing.length > 0 || wall.checkpoint || wall.action || wall.unclear ? wall : undefined;
  }

  #asks(step: number): readonly string[] {
    const collects = this.#to.steps[step]?.collects ?? [];
    const rule = this.#to.skips[step];
    const verdict = collects.length === 0 || rule === undefined ? false : rule.evaluate(this.#data);
    if (verdict === true) return [];
    if (verdict === false || collects.every((field) => this.#knows(field))) return collects;
    const needs = rule?.missing(this.#data) ?? [];
    return needs.length > 0 ? needs : collects;
  }

  #knows(field: string): boolean {
    const value = this.#data[field];
    return value !== undefined && value !== null && value !== "";
  }
}

/** The ways out of a step, each with a text that is equal for ways that are the same in both versions. */
function waysText(m: Matching, side: "old" | "now", step: number): [string, Way][] {
  const c = side === "old" ? m.from : m.to;
  const nameOf = (target: number): string | undefined => {
    if (side === "old")
      return m.ambiguous.has(target) ? `=${c.hashes[target]}` : m.imageOf[target] && `${m.imageOf[target]?.to}`;
    if (m.contested.has(target)) return `=${c.hashes[target]}`;
    return (m.preimagesOf[target] ?? []).length > 0 ? `${target}` : undefined;
  };
  const endOf = (target: number): string => {
    const on: number[] = [];
    for (let step = target; ; ) {
      const name = nameOf(step);
      if (name !== undefined) return name;
      on.push(step);
      const [only, second] = c.ways[step] ?? [];
      const isFree = second === undefined && only?.condition === undefined && only?.conditionText === undefined;
      if (only === undefined || !isFree || on.includes(only.to)) return `${side}-only ${step}`;
      step = only.to;
    }
  };
  const texts = (c.ways[step] ?? []).map((way): [string, Way] => [
    [way.open ? "open" : "", way.condition?.canonical ?? "", way.conditionText ?? "", endOf(way.to)].join("|"),
    way,
  ]);
  const isOpen = ([, way]: [string, Way]) => way.open;
  return [...texts.filter((one) => !isOpen(one)), ...texts.filter(isOpen).sort(([a], [b]) => (a < b ? -1 : 1))];
}

/** Whether for every choice of sample values one of the ways holds. */
function coversAll(ways: readonly Way[], defined: ReadonlyMap<string, Field>): boolean {
  const fields = [...new Set(ways.flatMap((way) => way.condition?.fields ?? []))];
  const samplesOf = (name: string) => {
    const field = defined.get(name);
    return (SAMPLES[name] ?? []).filter((value) => field === undefined || fieldAccepts(field, value));
  };
  const all = fields.reduce<Record<string, unknown>[]>(
    (list, field) => list.flatMap((data) => samplesOf(field).map((value) => ({ ...data, [field]: value }))),
    [{}],
  );
  return all.every((data) =>
    ways.some((way) =>
      way.condition === undefined ? way.conditionText === undefined : way.condition.evaluate(data) === true,
    ),
  );
}

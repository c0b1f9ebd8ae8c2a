import type { MigrationKind, WitnessTransition } from "../contracts/types.js";
import type { Matching } from "../diff/matching.js";
import { effectClass } from "../diff/pair.js";
import type { CompiledScenario, Way } from "../scenario/compile.js";
import type { Verdict } from "../scenario/condition.js";
import { analyseFork } from "../scenario/fork.js";
import { knownValue } from "../scenario/value.js";
import type { Facts } from "./facts.js";
import type { WitnessPast } from "./witness-past.js";

type Because = WitnessTransition["because"];

/** The ways out of a step that a run may take, each with the only reason that it may have. */
interface Choice {
  readonly open: ReadonlyMap<number, Because>;
  /** Ways of an undecided fork of which one will be taken for certain; empty otherwise. */
  readonly either: readonly Way[];
}

/** The data of a session under the definitions of a version: what does not fit them is not known. */
export function dataOf(c: CompiledScenario, variables: object, values: object): Record<string, unknown> {
  const data: Record<string, unknown> = Object.create(null) as Record<string, unknown>;
  for (const [name, value] of [...Object.entries(values), ...Object.entries(variables)]) {
    const isEmpty = value === null || value === "";
    if (value !== undefined && (isEmpty || knownValue(c.fields.get(name), value))) data[name] = value;
  }
  return data;
}

/** What a run of the new version may do at each step, derived for an audit. */
export class Permits {
  readonly #past: WitnessPast;
  readonly #data: Readonly<Record<string, unknown>>;
  readonly #facts: Facts;
  readonly #forceKind: MigrationKind | undefined;
  readonly #anyRound: boolean;
  #silent: ReadonlySet<number> | undefined;

  constructor(
    past: WitnessPast,
    data: Readonly<Record<string, unknown>>,
    facts: Facts,
    options: { readonly forceKind: MigrationKind | undefined; readonly anyRound: boolean },
  ) {
    this.#past = past;
    this.#data = data;
    this.#facts = facts;
    this.#forceKind = options.forceKind;
    this.#anyRound = options.anyRound;
  }

  /** Why a way may be taken on a run to a goal; undefined if it may not. */
  because(way: Way, goal: number): Because | undefined {
    const { open, either } = this.#choice(way.from);
    const known = open.get(way.index);
    if (known !== undefined) return known;
    if (!either.includes(way)) return undefined;
    this.#silent ??= this.#comingTo(goal);
    const silent = this.#silent;
    return either.every((other) => silent.has(other.to)) ? "all_rejoin" : undefined;
  }

  #choice(step: number): Choice {
    const ways = this.#past.to.ways[step] ?? [];
    const all = (because: Because, some = ways) => ({
      open: new Map(some.map((way) => [way.index, because])),
      either: [],
    });
    const [only, second] = ways;
    if (only !== undefined && second === undefined && isPlain(only)) return all("only_way");
    const before = this.#takenBefore(step);
    if (before.length > 0) return all("taken_before", before);
    if (this.#forceKind === "clean_graft" || this.#forceKind === "gap_fill") return all("forced");
    const closed = ways.filter((way) => !way.open);
    const firstTrue = closed.findIndex((way) => this.#verdict(way) === true);
    const until = firstTrue < 0 ? closed : closed.slice(0, firstTrue + 1);
    const maybe = until.filter((way) => this.#verdict(way) !== false);
    const events = ways.filter((way) => way.open);
    const [first, other] = maybe;
    if (first === undefined) return all("open_choice", events);
    if (other === undefined && firstTrue >= 0) return all(reasonOf(first), maybe);
    const sure = firstTrue >= 0 || events.length > 0 || this.#isExhaustive(ways);
    const rest = firstTrue >= 0 ? [] : events;
    const either = sure ? [...maybe, ...rest] : [];
    // Ways that all lead to one step leave nothing open.
    if (either.length > 0 && either.every((way) => way.to === first.to)) return all("all_rejoin", [first]);
    return { open: new Map(), either };
  }

  #isExhaustive(ways: readonly Way[]): boolean {
    return ways.length > 1 && analyseFork(ways, this.#past.to.fields).exhaustive === true;
  }

  #verdict(way: Way): Verdict {
    if (way.condition !== undefined) return way.condition.evaluate(this.#data);
    if (way.conditionText === undefined) return true;
    const { judged = {} } = this.#facts;
    return Object.hasOwn(judged, way.conditionText) ? (judged[way.conditionText] ?? "unknown") : "unknown";
  }

  /** The ways that the session took at a decision that the new version kept. */
  #takenBefore(step: number): readonly Way[] {
    const { matching, current, trail } = this.#past;
    if (matching === undefined) return [];
    const region = this.#past.region(this.#anyRound);
    for (const old of oldOnes(matching, step)) {
      if (old === current || (region[old] !== 1 && !trail.includes(old))) continue;
      const [before, now] = [formOf(matching, "old", old), formOf(matching, "now", step)];
      if (before.length !== now.length || before.some((part, i) => part.text !== now[i]?.text)) continue;
      const taken = this.#past.taken(old, this.#anyRound);
      const texts = new Set(before.filter((part) => taken.includes(part.way)).map((part) => part.text));
      const kept = now.filter((part) => texts.has(part.text)).map((part) => part.way);
      if (kept.length > 0) return kept;
    }
    return [];
  }

  /** Steps from which everything that may happen comes to the goal without asking or doing anything. */
  #comingTo(goal: number): ReadonlySet<number> {
    const { to } = this.#past;
    const coming = new Set([goal]);
    const open = [...(to.ins[goal] ?? [])];
    for (let step = open.pop(); step !== undefined; step = open.pop()) {
      const definition = to.steps[step];
      const isSilent =
        definition !== undefined && (definition.collects ?? []).length === 0 && effectClass(definition) === "none";
      if (coming.has(step) || !isSilent) continue;
      const { open: taken, either } = this.#choice(step);
      const next = (to.ways[step] ?? []).filter((way) => taken.has(way.index) || either.includes(way));
      if (next.length === 0 || next.some((way) => !coming.has(way.to))) continue;
      coming.add(step);
      open.push(...(to.ins[step] ?? []));
    }
    return coming;
  }
}

function isPlain(way: Way): boolean {
  return way.condition === undefined && way.conditionText === undefined;
}

function reasonOf(way: Way): Because {
  if (way.condition !== undefined) return "condition_true";
  return way.conditionText === undefined ? "else" : "judged";
}

/** The old steps that a new step may be. */
function oldOnes(m: Matching, step: number): readonly number[] {
  if (!m.contested.has(step)) return (m.preimagesOf[step] ?? []).map((pair) => pair.from);
  return [...m.ambiguous].filter(([, news]) => news.includes(step)).map(([old]) => old);
}

/** The ways out of a step as text that is equal in both versions where nothing changed. */
function formOf(m: Matching, side: "old" | "now", step: number): { readonly way: Way; readonly text: string }[] {
  const c = side === "old" ? m.from : m.to;
  const parts = (c.ways[step] ?? []).map((way) => {
    const when = way.condition?.canonical ?? "";
    return { way, text: JSON.stringify([way.open, when, way.conditionText ?? "", endOf(m, side, c, way.to)]) };
  });
  const events = parts.filter((part) => part.way.open).sort((a, b) => (a.text < b.text ? -1 : 1));
  return [...parts.filter((part) => !part.way.open), ...events];
}

/** What a way leads to, past steps without a match that have one free way out. */
function endOf(m: Matching, side: "old" | "now", c: CompiledScenario, target: number): string {
  const seen = new Set<number>();
  for (let step = target; ; ) {
    const twin = side === "old" ? m.ambiguous.has(step) : m.contested.has(step);
    if (twin) return `twin ${c.hashes[step]}`;
    const image = side === "old" ? m.imageOf[step]?.to : (m.preimagesOf[step] ?? []).length > 0 ? step : undefined;
    if (image !== undefined) return `step ${image}`;
    seen.add(step);
    const [only, second] = c.ways[step] ?? [];
    if (only === undefined || second !== undefined || !isPlain(only) || seen.has(only.to)) return `${side} ${step}`;
    step = only.to;
  }
}

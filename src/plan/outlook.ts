import type { Plan, PlanOutlook } from "../contracts/types.js";
import type { ScenarioDiff } from "../diff/diff.js";
import { union } from "../diff/exposure.js";
import { flagged, hasUpstream } from "../diff/flags.js";
import type { Matching } from "../diff/matching.js";
import { metUnpassed } from "../diff/meets.js";
import { effectClass } from "../diff/pair.js";
import type { CompiledScenario } from "../scenario/compile.js";
import { undecidedEffects } from "./effects.js";
import { CheckpointRisks } from "./outlook-checkpoints.js";
import { type Bits, bit, under, writeOutlook } from "./outlook-terms.js";

/**
 * What can become of sessions, by the old step they stand on: every action, and for moves every kind. An upper bound for every
 * session whose past lies on the old version, whatever its history and data are, while the plan is deployed.
 *
 * @remarks Pure, O(V + E). Steps with the same outlook are listed together, so the value is linear too.
 */
export function outlookOf(diff: ScenarioDiff, terms: Pick<Plan, "policies" | "allowRepeat">): PlanOutlook[] {
  const { from } = diff.matching;
  const prospects = new Prospects(diff, new Set(terms.allowRepeat ?? []));
  return writeOutlook(
    from,
    from.steps.map((step, at) => under(terms, step.id, prospects.of(at))),
  );
}

/** A question, an action or a checkpoint above a step that a session there may owe. */
interface Owed {
  readonly fields: Uint8Array;
  readonly actions: Uint8Array;
  readonly checkpoints: Uint8Array;
}

class Prospects {
  readonly #diff: ScenarioDiff;
  readonly #risks: CheckpointRisks;
  readonly #owed: Owed;
  /** The same for sessions that are led elsewhere: also what lies on loops that lead to the step. */
  readonly #owedAround: Owed;
  readonly #proposed: ReadonlySet<number>;
  /** By new step: equal steps above it leave open whether an effect was had. */
  readonly #unclear: Uint8Array;
  /** What every session can meet. */
  readonly #everywhere: Bits;
  readonly #elsewhere: Bits;
  readonly #asksForWays: boolean;
  /** By new step: a checkpoint comes after it that earlier versions may have had. */
  readonly #back: Uint8Array;

  constructor(diff: ScenarioDiff, allowRepeat: ReadonlySet<string>) {
    const m = diff.matching;
    this.#diff = diff;
    this.#proposed = new Set(m.proposed.map((pair) => pair.from));
    this.#risks = new CheckpointRisks(m, allowRepeat);
    const { to } = m;
    this.#owed = owedAbove(diff, (seeds) => metUnpassed(m, seeds));
    this.#owedAround = owedAbove(diff, (seeds) => hasUpstream(to, seeds));
    const effects = [...m.contested].filter((step) => effectOf(to, step) !== "none");
    this.#unclear = hasUpstream(to, flagged(to, effects));
    const undecided = undecidedEffects(m);
    this.#everywhere = undecided.some((id) => isCheckpoint(m, id)) ? bit.review : 0;
    this.#asksForWays = diff.classes.exposure.deciding.some((flag, step) => flag === 1 && readsFields(to, step));
    this.#elsewhere = relocated(m);
    this.#back = comingBack(m);
  }

  /** The bits of an old step. */
  of(old: number): Bits {
    const m = this.#diff.matching;
    if (this.#proposed.has(old)) return bit.review;
    const image = m.imageOf[old];
    const places = (image === undefined ? (m.ambiguous.get(old) ?? []) : [image.to]).filter(
      (step) => m.to.reachable[step] === 1,
    );
    if (places.length === 0) return this.#everywhere | this.#elsewhere | this.#leaving(old);
    const tie = places.length > 1 ? bit.review : 0;
    return places.reduce((bits, now) => bits | this.#staying(old, now), this.#everywhere | tie);
  }

  #staying(old: number, now: number): Bits {
    const { exposure } = this.#diff.classes;
    const leaves = exposure.rerouted[now] === 1;
    const { fields, actions, checkpoints } = leaves ? this.#owedAround : this.#owed;
    const risk = this.#risks.staying(old, now);
    const isRouted = exposure.routed[now] === 1 || exposure.stops[now] === 1 || this.#risks.isCrowded;
    const owes = fields[now] === 1 || actions[now] === 1 || checkpoints[now] === 1;
    const asks = exposure.stops[now] === 1 || (exposure.decides[now] === 1 && (leaves || owes));
    let bits: Bits = bit.clean_graft;
    if (this.#owed.fields[now] === 1) bits |= bit.gap_fill;
    if (fields[now] === 1) bits |= bit.collect;
    if (actions[now] === 1) bits |= bit.execute_action;
    if (checkpoints[now] === 1 || risk.repeats || this.#back[now] === 1) bits |= bit.blocked;
    if (this.#unclear[now] === 1 || risk.unproven) bits |= bit.review;
    if (risk.offRun && isRouted) bits |= bit.blocked;
    if (asks) bits |= bit.review | (this.#asksForWays ? bit.collect : 0);
    if (leaves) bits |= bit.re_route | bit.review | (this.#risks.tied(old) ? bit.blocked : 0);
    return bits;
  }

  /** Whether the sessions of a step without a place can find nothing of their way left. */
  #leaving(old: number): Bits {
    const { from, imageOf, to } = this.#diff.matching;
    const first = imageOf[from.entry];
    const isKept = first !== undefined && to.reachable[first.to] === 1;
    return isKept && old !== from.entry ? 0 : bit.exit_scenario;
  }
}

function effectOf(c: CompiledScenario, step: number) {
  const definition = c.steps[step];
  return definition === undefined ? "none" : effectClass(definition);
}

function isCheckpoint({ from }: Matching, id: string): boolean {
  return from.steps[from.index.get(id) ?? -1]?.checkpoint === true;
}

function readsFields(c: CompiledScenario, step: number): boolean {
  return (c.ways[step] ?? []).some(
    (way) => (way.condition?.fields ?? c.scenario.transitions[way.index]?.fields ?? []).length > 0,
  );
}

function owedAbove({ matching: { to }, classes }: ScenarioDiff, spread: (seeds: Uint8Array) => Uint8Array): Owed {
  const { exposure, grown } = classes;
  const above = (asks: (step: number) => boolean) => {
    const only = (flags: Uint8Array) => flags.map((flag, step) => Number(flag === 1 && asks(step)));
    return union(hasUpstream(to, only(grown)), spread(only(exposure.met)));
  };
  return {
    fields: above((step) => (to.steps[step]?.collects?.length ?? 0) > 0),
    actions: above((step) => effectOf(to, step) === "required_action"),
    checkpoints: above((step) => effectOf(to, step) === "checkpoint"),
  };
}

/** What can become of sessions whose step is gone: they go on from any place they have visited. */
function relocated({ from, to }: Matching): Bits {
  const some = (holds: (step: number) => boolean) =>
    to.steps.some((_, step) => to.reachable[step] === 1 && holds(step));
  const asks = some((step) => (to.steps[step]?.collects?.length ?? 0) > 0 || readsFields(to, step));
  const acts = some((step) => effectOf(to, step) === "required_action");
  const ties =
    from.steps.some((step) => step.checkpoint === true) || some((step) => effectOf(to, step) === "checkpoint");
  return (
    bit.re_route | bit.review | (asks ? bit.collect : 0) | (acts ? bit.execute_action : 0) | (ties ? bit.blocked : 0)
  );
}

/** Steps before a checkpoint that the old version lacks and one before it may have had. */
function comingBack({ from, to }: Matching): Uint8Array {
  const flags = new Uint8Array(to.size);
  if (from.scenario.version === 1) return flags;
  const open = to.steps.flatMap((step, at) =>
    step.checkpoint === true && !from.byHash.has(to.hashes[at] ?? "") ? [at] : [],
  );
  for (let step = open.pop(); step !== undefined; step = open.pop()) {
    for (const before of to.ins[step] ?? []) {
      if (flags[before] === 1) continue;
      flags[before] = 1;
      open.push(before);
    }
  }
  return flags;
}

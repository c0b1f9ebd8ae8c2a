import type { Field, Scenario, Step } from "../contracts/types.js";
import { checksumFrom } from "./checksum.js";
import { type Condition, compileCondition } from "./condition.js";
import { contentHash } from "./content-hash.js";
import { immediateDominators, reachableOver } from "./graph.js";
import { defineScenario } from "./parse.js";
import { inEvaluationOrder, priorityOf } from "./ways-order.js";

/** A transition as a way out of its step. Steps are numbers: positions in the scenario's steps. */
export interface Way {
  /** Position in the scenario's transitions. */
  readonly index: number;
  readonly from: number;
  readonly to: number;
  readonly condition?: Condition;
  /** Decided by a judge; never beside `condition`. */
  readonly conditionText?: string;
  /** Taken when no conditioned sibling holds: flagged so, or unconditioned beside conditioned ones. */
  readonly isElse: boolean;
  readonly priority: number;
  /** Unconditioned, and one of several such: an event of the host decides. */
  readonly open: boolean;
}

/**
 * A version as the algorithms read it: steps as numbers, neighbours, hashes, reachability and dominators. Its lists are not frozen,
 * because V8 reads frozen arrays several times slower; nobody may write to them.
 */
export interface CompiledScenario {
  readonly scenario: Scenario;
  readonly checksum: string;
  readonly steps: readonly Step[];
  readonly size: number;
  /** The step where runs start. */
  readonly entry: number;
  /** Step id -> step. */
  readonly index: ReadonlyMap<string, number>;
  /** By step: its content hash. */
  readonly hashes: readonly string[];
  /** By step: its ways out in the order of evaluation. */
  readonly ways: readonly (readonly Way[])[];
  /** By step: its distinct predecessors, ascending. */
  readonly ins: readonly (readonly number[])[];
  /** By step: its distinct successors, in the order of evaluation. */
  readonly outs: readonly (readonly number[])[];
  /** Content hash -> the steps that have it. */
  readonly byHash: ReadonlyMap<string, readonly number[]>;
  /** Field name -> definition. */
  readonly fields: ReadonlyMap<string, Field>;
  /** By step: its compiled `skipWhen`, if it has one. */
  readonly skips: readonly (Condition | undefined)[];
  /** By step: 1 if some run from the entry can come there. */
  readonly reachable: Uint8Array;
  /** By step: its immediate dominator from the entry; -1 for the entry, -2 for what is not reachable. */
  readonly idom: Int32Array;
}

const cache = new WeakMap<Scenario, CompiledScenario>();

/**
 * Compiles a version for the algorithms: once for each scenario, kept as long as the scenario is.
 *
 * @param scenario - a defined scenario; another one is defined first
 * @throws RegraftError as {@link defineScenario} does, if it is not defined yet
 *
 * @remarks O(V + E), without recursion: a chain of a million steps compiles.
 *
 * @example
 * const c = compile(defineScenario(json));
 * c.steps[c.entry]?.id; // json.entry
 *
 * @since 0.1.0
 */
export function compile(scenario: Scenario): CompiledScenario {
  const known = cache.get(scenario);
  if (known !== undefined) return known;
  const defined = defineScenario(scenario);
  const made = cache.get(defined) ?? build(defined);
  cache.set(scenario, made);
  cache.set(defined, made);
  return made;
}

function build(scenario: Scenario): CompiledScenario {
  const { steps } = scenario;
  const index = new Map(steps.map((step, at) => [step.id, at]));
  const hashes = steps.map(contentHash);
  const ways = waysOf(scenario, index);
  const outs = ways.map((out) => [...new Set(out.map((way) => way.to))]);
  const ins = predecessorsOf(outs);
  const entry = index.get(scenario.entry) ?? 0;
  return Object.freeze({
    scenario,
    checksum: checksumFrom(scenario, hashes),
    steps,
    size: steps.length,
    entry,
    index,
    hashes,
    ways,
    ins,
    outs,
    byHash: grouped(hashes),
    fields: new Map((scenario.fields ?? []).map((field) => [field.name, field])),
    skips: steps.map(({ skipWhen }) => (skipWhen === undefined ? undefined : compileCondition(skipWhen))),
    reachable: reachableOver(outs, entry),
    idom: immediateDominators(outs, ins, entry),
  });
}

function waysOf({ steps, transitions }: Scenario, index: ReadonlyMap<string, number>): readonly (readonly Way[])[] {
  const byStep: { index: number; transition: Scenario["transitions"][number] }[][] = steps.map(() => []);
  transitions.forEach((transition, at) => {
    byStep[index.get(transition.from) ?? -1]?.push({ index: at, transition });
  });
  return byStep.map((out, from) =>
    inEvaluationOrder(out).map(({ index: at, transition, isElse, open }): Way => {
      const { condition, conditionText } = transition;
      return Object.freeze({
        index: at,
        from,
        to: index.get(transition.to) ?? -1,
        ...(condition !== undefined ? { condition: compileCondition(condition) } : {}),
        ...(condition === undefined && conditionText !== undefined ? { conditionText } : {}),
        isElse,
        priority: priorityOf(transition),
        open,
      });
    }),
  );
}

function predecessorsOf(outs: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const ins: number[][] = outs.map(() => []);
  outs.forEach((targets, from) => {
    for (const to of targets) ins[to]?.push(from);
  });
  return ins;
}

function grouped(hashes: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const groups = new Map<string, number[]>();
  hashes.forEach((hash, step) => {
    const group = groups.get(hash);
    if (group === undefined) groups.set(hash, [step]);
    else group.push(step);
  });
  return groups;
}

import type { Scenario, Step, Transition } from "../contracts/types.js";
import { defineScenario } from "../scenario/parse.js";
import { type Random, seededRandom } from "./random.js";

/** How a scenario is generated. */
export interface GenerateOptions {
  /** Equal seeds give equal scenarios. */
  readonly seed: number;
  readonly id?: string;
  readonly version?: number;
  /** Number of steps; by default chosen by the seed, from 3 to 9. */
  readonly steps?: number;
}

export const FIELDS = ["age", "country", "amount", "email", "member", "note"] as const;
export const CONDITIONS = [
  ["age >= 18", "age < 18"],
  ['country == "US"', 'country != "US"'],
  ["amount > 100", "amount > 10"],
  ["member == true", "member != true"],
] as const;

/**
 * Generates a small scenario as flows are: mostly a chain, with forks that rejoin or end, loops back, equal steps,
 * checkpoints, required actions, questions, skip rules and now and then a step that nothing leads to.
 *
 * @returns a defined scenario
 */
export function generateScenario(options: GenerateOptions): Scenario {
  const random = seededRandom(options.seed);
  const count = options.steps ?? 3 + random.integer(7);
  const steps = Array.from({ length: count }, (_, i) => generateStep(random, `s${i}`));
  const transitions = steps.flatMap((_, i) => generateWays(random, i, count));
  return defineScenario({
    id: options.id ?? "generated",
    version: options.version ?? 1,
    entry: "s0",
    steps,
    transitions,
  });
}

/** One step; about one in six shares its content with others. */
export function generateStep(random: Random, id: string): Step {
  if (random.chance(0.16)) return { id, name: "Shall I go on?" };
  const name = `Step ${id}`;
  const roll = random.next();
  if (roll < 0.14) return { id, name, checkpoint: true, checkpointDescription: `${name} done` };
  if (roll < 0.24) return { id, name, requiredAction: true };
  if (roll < 0.55) {
    const collects = [random.pick(FIELDS) ?? "note"];
    return random.chance(0.15) ? { id, name, collects, skipWhen: "member == true" } : { id, name, collects };
  }
  return { id, name };
}

function generateWays(random: Random, from: number, count: number): Transition[] {
  if (from === count - 1) return [];
  const next = `s${from + 1}`;
  const ahead = () => `s${Math.min(count - 1, from + 1 + random.integer(3))}`;
  const roll = random.next();
  const pair = random.pick(CONDITIONS) ?? CONDITIONS[0];
  const at = `s${from}`;
  if (roll < 0.6) return [{ from: at, to: next }];
  if (roll < 0.75) {
    return [
      { from: at, to: ahead(), condition: pair[0] },
      { from: at, to: next, ...(random.chance(0.5) ? { else: true } : { condition: pair[1] }) },
    ];
  }
  if (roll < 0.87) {
    return [
      { from: at, to: `s${random.integer(from + 1)}`, condition: pair[0] },
      { from: at, to: next, else: true },
    ];
  }
  if (roll < 0.94) {
    return [
      { from: at, to: next },
      { from: at, to: ahead() },
    ];
  }
  return [{ from: at, to: next, condition: pair[0] }];
}

/** Renames every step of a scenario and shuffles every list whose order has no meaning; nobody should notice. */
export function disguise(scenario: Scenario, options: { readonly seed: number; readonly version: number }): Scenario {
  const random = seededRandom(options.seed);
  const names = new Map(shuffled(random, scenario.steps).map((step, i) => [step.id, `n${i}`]));
  const nameOf = (id: string) => names.get(id) ?? id;
  const byStep = new Map<string, Transition[]>();
  for (const way of scenario.transitions) {
    const list = byStep.get(way.from) ?? [];
    byStep.set(way.from, list);
    list.push({ ...way, from: nameOf(way.from), to: nameOf(way.to) });
  }
  return defineScenario({
    ...scenario,
    version: options.version,
    entry: nameOf(scenario.entry),
    steps: shuffled(random, scenario.steps).map((step) => ({
      ...step,
      id: nameOf(step.id),
      metadata: { x: random.integer(100) },
    })),
    transitions: shuffled(random, [...byStep.values()]).flat(),
  });
}

function shuffled<T>(random: Random, values: readonly T[]): T[] {
  const left = [...values];
  const out: T[] = [];
  while (left.length > 0) out.push(...left.splice(random.integer(left.length), 1));
  return out;
}

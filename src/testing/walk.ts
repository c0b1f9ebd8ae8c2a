import type { Field, Scenario, Session } from "../contracts/types.js";
import { type CompiledScenario, compile, type Way } from "../scenario/compile.js";
import { fieldAccepts } from "../scenario/value.js";
import { recordVisit, startSession } from "../session/visits.js";
import { literalsOf } from "./literals.js";
import { type Random, seededRandom } from "./random.js";
import { sampleValue } from "./sample.js";

/** How a session is walked. */
export interface WalkOptions {
  /** Equal seeds give equal sessions. */
  readonly seed: number;
  readonly id: string;
  /** When the session enters the flow, in UTC; each visit is a minute later than the one before. */
  readonly at: string;
  readonly tenantId?: string;
  readonly channel?: string;
  /** The most visits; by default chosen by the seed, up to twice the number of steps and never above 60. */
  readonly steps?: number;
  /** Chance at each step of going somewhere else than a transition leads: people answer ahead. Default 0. */
  readonly jumpRate?: number;
  /** Chance at each step of coming back to a step that was visited before. Default 0. */
  readonly repeatRate?: number;
  /** Chance that a question is left without an answer; its field is then null. Default 0. */
  readonly silenceRate?: number;
}

class Walk {
  private readonly variables: Record<string, unknown> = {};
  private readonly literals: ReadonlyMap<string, readonly unknown[]>;

  constructor(
    private readonly c: CompiledScenario,
    private readonly random: Random,
    private readonly options: WalkOptions,
  ) {
    this.literals = literalsOf(c);
  }

  run(): Session {
    const { c, random, options } = this;
    const { id, tenantId, channel } = options;
    const most = options.steps ?? 1 + random.integer(Math.min(60, 2 * c.size));
    const start = Date.parse(options.at);
    let session = startSession(c.scenario, {
      id,
      at: options.at,
      ...(tenantId === undefined ? {} : { tenantId }),
      ...(channel === undefined ? {} : { channel }),
    });
    let current = c.entry;
    const visited = [current];
    for (let turn = 1; turn < most; turn += 1) {
      this.answer(current);
      const next = this.next(current, visited);
      if (next === undefined) break;
      const at = new Date(start + turn * 60_000).toISOString();
      session = recordVisit(session, c.scenario, (c.steps[next] as { id: string }).id, { at, turn });
      current = next;
      visited.push(next);
    }
    return { ...session, variables: { ...session.variables, ...this.variables } };
  }

  private next(current: number, visited: readonly number[]): number | undefined {
    const { c, random, options } = this;
    if (random.chance(options.repeatRate ?? 0)) return random.pick(visited);
    if (random.chance(options.jumpRate ?? 0)) {
      return random.pick([...c.steps.keys()].filter((step) => c.reachable[step] === 1 && step !== current));
    }
    let at = current;
    for (let passed = 0; passed <= c.size; passed += 1) {
      const way = this.choose(c.ways[at] ?? []);
      if (way === undefined) return undefined;
      at = way.to;
      if (!this.passesByItself(at)) return at;
    }
    return undefined;
  }

  private answer(step: number): void {
    for (const name of this.c.steps[step]?.collects ?? []) {
      const isSilent = this.random.chance(this.options.silenceRate ?? 0);
      this.variables[name] = isSilent ? null : this.value(this.c.fields.get(name) ?? { name, type: "string" });
    }
  }

  private value(field: Field): unknown {
    const telling = (this.literals.get(field.name) ?? [])
      .map((value) => (field.type === "object" ? [value] : value))
      .filter((value) => fieldAccepts(field, value));
    return telling.length > 0 && this.random.chance(0.7) ? this.random.pick(telling) : sampleValue(field, this.random);
  }

  /** The flow's own view: what is not known is not set, so a condition over it decides as if it were null. */
  private view(): Record<string, unknown> {
    const empty = Object.fromEntries([...this.c.fields.keys()].map((name) => [name, null]));
    return { ...empty, ...this.variables };
  }

  private passesByItself(step: number): boolean {
    return this.c.skips[step]?.evaluate(this.view()) === true;
  }

  private choose(ways: readonly Way[]): Way | undefined {
    this.refresh(ways);
    const data = this.view();
    for (const way of ways) {
      if (way.isElse) return way;
      if (way.condition !== undefined) {
        if (way.condition.evaluate(data) === true) return way;
      } else if (way.conditionText !== undefined) {
        if (this.random.chance(0.3)) return way;
      } else if (!way.open) return way;
    }
    return this.random.pick(ways.filter(({ open }) => open));
  }

  /** What the host or a tool knows may be another value at each decision. */
  private refresh(ways: readonly Way[]): void {
    const names = new Set(ways.flatMap(({ condition }) => condition?.fields ?? []));
    for (const name of names) {
      const field = this.c.fields.get(name);
      if (field !== undefined && field.source !== undefined && field.source !== "person") {
        this.variables[name] = this.value(field);
      }
    }
  }
}

/**
 * Walks one session through a scenario under made-up answers, as far as the seed says.
 *
 * Conditions are decided by the answers, which prefer the values that conditions ask about; judged conditions by chance. With
 * `jumpRate` and `repeatRate` the history is not a path of the graph, as in real walks. The last step is not yet answered.
 *
 * @param scenario - the version to walk
 * @param options - seed, identity and rates
 * @returns a session that stands at the step of its last visit
 * @throws RegraftError `SCENARIO.*` when the scenario is not valid
 *
 * @remarks Pure: equal arguments give equal sessions. Time linear in the visits times the ways out of each step.
 *
 * @example
 * ```ts
 * import { walkSession } from "regraft/testing";
 *
 * const door = {
 *   id: "door", version: 1, entry: "ask",
 *   steps: [{ id: "ask", name: "Ask", collects: ["age"] }, { id: "in", name: "In" }],
 *   transitions: [{ from: "ask", to: "in" }],
 *   fields: [{ name: "age", type: "integer" as const }],
 * };
 * walkSession(door, { seed: 1, id: "s1", at: "2026-01-01T00:00:00Z", steps: 2 }).stepId; // "in"
 * ```
 *
 * @since 0.1.0
 * @public
 */
export function walkSession(scenario: Scenario, options: WalkOptions): Session {
  const c = compile(scenario);
  return new Walk(c, seededRandom(options.seed), options).run();
}

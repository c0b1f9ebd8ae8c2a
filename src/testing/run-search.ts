import { canonicalJson } from "../hash/canonical-json.js";
import { own } from "../hash/own.js";
import type { CompiledScenario, Way } from "../scenario/compile.js";
import { fieldAccepts } from "../scenario/value.js";
import { literalsOf } from "./literals.js";
import type { Random } from "./random.js";
import { sampleValue } from "./sample.js";

type Data = Readonly<Record<string, unknown>>;

/** A run that was found: the steps it visits, and the values that its conditions rest on. */
export interface FoundRun {
  readonly visits: readonly number[];
  readonly data: Data;
}

/**
 * Which fields a condition may be given a value for: those that a step before it has asked and those that no step asks, or any.
 */
export type Givable = "asked" | "any";

interface Node {
  readonly step: number;
  readonly data: Data;
  readonly asked: ReadonlySet<string>;
  readonly visits: readonly number[];
}

const mostNodes = 20_000;
const valuesPerField = 8;

/** Searches for a short run to a step under values that make its conditions true, the shortest first. */
export class RunSearch {
  /** Whether there was more to try than could be tried. */
  gaveUp = false;
  readonly #leads: ReadonlySet<number>;
  readonly #values = new Map<string, readonly unknown[]>();
  readonly #literals: ReadonlyMap<string, readonly unknown[]>;
  readonly #collected: ReadonlySet<string>;
  readonly #seen = new Set<number>();

  readonly #c: CompiledScenario;
  readonly #target: number;
  readonly #random: Random;

  constructor(c: CompiledScenario, target: number, random: Random) {
    this.#c = c;
    this.#target = target;
    this.#random = random;
    this.#literals = literalsOf(c);
    this.#collected = new Set(c.steps.flatMap(({ collects = [] }) => collects));
    this.#leads = leadingTo(c, target);
  }

  find(given: Data, givable: Givable): FoundRun | undefined {
    const c = this.#c;
    const target = this.#target;
    const known = new Set<string>();
    let nodes: Node[] = [{ step: c.entry, data: given, asked: new Set(), visits: [c.entry] }];
    let tried = 0;
    while (nodes.length > 0) {
      const next: Node[] = [];
      for (const node of nodes) {
        this.#seen.add(node.step);
        if (node.step === target && node.visits.at(-1) === target) return { visits: node.visits, data: node.data };
        tried += 1;
        if (tried > mostNodes) {
          this.gaveUp = true;
          return undefined;
        }
        for (const follower of this.#followers(node, givable)) {
          const key = keyOf(follower);
          if (known.has(key)) continue;
          known.add(key);
          next.push(follower);
        }
      }
      nodes = next;
    }
    return undefined;
  }

  /** Conditions at steps that were reached, on ways towards the target that were not. */
  inTheWay(): string[] {
    const c = this.#c;
    return [...this.#seen].flatMap((step) =>
      (c.ways[step] ?? []).flatMap(({ to, condition, conditionText, isElse }) => {
        if (!this.#leads.has(to) || this.#seen.has(to)) return [];
        const text = condition?.text ?? conditionText ?? (isElse ? "else" : "a way behind another one");
        return [`${text} at ${c.steps[step]?.id}`];
      }),
    );
  }

  #followers(node: Node, givable: Givable): Node[] {
    const c = this.#c;
    const visited = node.visits.at(-1) === node.step;
    const asked = visited ? new Set([...node.asked, ...(c.steps[node.step]?.collects ?? [])]) : node.asked;
    const ways = c.ways[node.step] ?? [];
    const here = { ...node, asked };
    const readAtWays = ways.flatMap(({ condition }) => condition?.fields ?? []);
    return this.#variants(here, readAtWays, givable).flatMap((variant) =>
      waysOpen(ways, variant.data)
        .filter(({ to }) => this.#leads.has(to))
        .flatMap(({ to }) => this.#arrivals(variant, to, givable)),
    );
  }

  /** The step is visited, or passed over where it passes by itself. */
  #arrivals(node: Node, to: number, givable: Givable): Node[] {
    const rule = this.#c.skips[to];
    return this.#variants(node, rule?.fields ?? [], givable).map((variant) => {
      const passes = rule?.evaluate(variant.data) === true;
      return { ...variant, step: to, visits: passes ? variant.visits : [...variant.visits, to] };
    });
  }

  /** The node under each choice of values for those of some fields that are not settled yet and may be. */
  #variants(node: Node, fields: readonly string[], givable: Givable): Node[] {
    const open = [...new Set(fields)].filter((field) => {
      if (own(node.data, field) !== undefined) return false;
      return givable === "any" || node.asked.has(field) || !this.#collected.has(field);
    });
    return open.reduce<Node[]>(
      (nodes, field) =>
        nodes.flatMap((one) =>
          this.#valuesOf(field).map((value) => ({ ...one, data: { ...one.data, [field]: value } })),
        ),
      [node],
    );
  }

  /** Values worth trying: what conditions compare the field with, a few others, and at last no answer. */
  #valuesOf(name: string): readonly unknown[] {
    const known = this.#values.get(name);
    if (known !== undefined) return known;
    const c = this.#c;
    const random = this.#random;
    const field = c.fields.get(name);
    const literals = this.#literals.get(name) ?? [];
    const telling =
      field === undefined
        ? [...literals, true, false]
        : literals
            .map((value) => (field.type === "object" ? [value] : value))
            .filter((one) => fieldAccepts(field, one));
    const samples = Array.from({ length: 3 }, () => sampleValue(field ?? { name, type: "string" }, random));
    const distinct = new Map([...telling, ...samples].map((value) => [canonicalJson(value), value]));
    const values = [...shuffled([...distinct.values()], random).slice(0, valuesPerField), null];
    this.#values.set(name, values);
    return values;
  }
}

function shuffled<T>(values: T[], random: Random): T[] {
  return values
    .map((value) => ({ value, order: random.next() }))
    .sort((a, b) => a.order - b.order)
    .map(({ value }) => value);
}

/** The ways that may be taken under some data; what it does not decide lets nobody pass. */
function waysOpen(ways: readonly Way[], data: Data): Way[] {
  const open: Way[] = [];
  for (const way of ways) {
    if (way.condition === undefined) {
      open.push(way);
      if (way.conditionText === undefined && !way.open) break;
      continue;
    }
    const verdict = way.condition.evaluate(data);
    if (verdict === true) open.push(way);
    if (verdict !== false) break;
  }
  return open;
}

/** Steps from which some transitions lead to a step, itself among them. */
function leadingTo({ outs, size }: CompiledScenario, target: number): Set<number> {
  const leads = new Set([target]);
  for (let before = 0; before < leads.size; ) {
    before = leads.size;
    for (let step = 0; step < size; step += 1) {
      if ((outs[step] ?? []).some((next) => leads.has(next))) leads.add(step);
    }
  }
  return leads;
}

function keyOf({ step, data, asked, visits }: Node): string {
  return canonicalJson([step, visits.at(-1) === step, data, [...asked].sort()]);
}

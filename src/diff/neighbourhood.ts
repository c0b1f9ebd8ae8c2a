import type { CompiledScenario, Way } from "../scenario/compile.js";

/** What a step has around it, under names that two versions share. */
export interface Neighbourhood {
  /** Name of a way in or out -> how often it is there. */
  readonly counts: ReadonlyMap<string, number>;
  /** One text of all. */
  readonly text: string;
  /** Whether it shows who every neighbour is: none is a twin, or one of equal steps of which some were added or removed. */
  readonly isKnown: boolean;
}

/** One version with the steps whose match is settled. */
export class Side {
  readonly c: CompiledScenario;
  /** Settled step -> a number that it shares with its match. */
  readonly settled = new Map<number, number>();
  readonly #made = new Map<number, Neighbourhood>();
  readonly #other: CompiledScenario;

  constructor(c: CompiledScenario, other: CompiledScenario) {
    this.c = c;
    this.#other = other;
  }

  /** Settles a step; returns it and its neighbours, which are known by other names from now on. */
  settle(step: number, shared: number): readonly number[] {
    this.settled.set(step, shared);
    const touched = [step, ...(this.c.outs[step] ?? []), ...(this.c.ins[step] ?? [])];
    for (const other of touched) this.#made.delete(other);
    return touched;
  }

  /** The ways in and out of a step. Neighbours are named by their match; those without one by their content, never by an id. */
  neighbourhood(step: number): Neighbourhood {
    const known = this.#made.get(step);
    if (known !== undefined) return known;
    const counts = new Map<string, number>();
    const add = (label: string) => counts.set(label, (counts.get(label) ?? 0) + 1);
    const ways = this.c.ways[step] ?? [];
    const sources = this.c.ins[step] ?? [];
    if (step === this.c.entry) add("entry");
    if (ways.length === 0) add("end");
    for (const way of ways) add(`o|${wayText(way)}|${this.#nameOf(way.to)}`);
    for (const source of sources) {
      for (const way of this.c.ways[source] ?? [])
        if (way.to === step) add(`i|${wayText(way)}|${this.#nameOf(source)}`);
    }
    const made = {
      counts,
      text: JSON.stringify([...counts].sort(([a], [b]) => (a < b ? -1 : 1))),
      isKnown: this.#areKnown(step, this.c.outs[step]) && this.#areKnown(step, sources),
    };
    this.#made.set(step, made);
    return made;
  }

  /** How many twins that are not settled hang together with each of these, directly or over each other. */
  rows(twins: readonly number[]): ReadonlyMap<number, number> {
    const left = new Set(twins);
    const sizes = new Map<number, number>();
    for (const start of twins) {
      if (!left.delete(start)) continue;
      const row = [start];
      for (const step of row) {
        for (const next of [...(this.c.outs[step] ?? []), ...(this.c.ins[step] ?? [])])
          if (left.delete(next)) row.push(next);
      }
      for (const step of row) sizes.set(step, row.length);
    }
    return sizes;
  }

  #areKnown(step: number, neighbours: readonly number[] = []): boolean {
    const [own, size] = [this.c.hashes[step], (c: CompiledScenario, hash: string) => c.byHash.get(hash)?.length];
    return neighbours.every((next) => {
      const hash = this.c.hashes[next] ?? "";
      return this.settled.has(next) || (hash !== own && size(this.c, hash) === size(this.#other, hash));
    });
  }

  #nameOf(step: number): string {
    const shared = this.settled.get(step);
    return shared === undefined ? `h${this.c.hashes[step]}` : `p${shared}`;
  }
}

/** Share of common ways in 0..1 (Dice), so that a smaller common core never beats a larger one. */
export function likeness(a: Neighbourhood, b: Neighbourhood): number {
  let common = 0;
  let total = 0;
  for (const [label, count] of a.counts) {
    common += Math.min(count, b.counts.get(label) ?? 0);
    total += count;
  }
  for (const count of b.counts.values()) total += count;
  return total === 0 ? 0 : (2 * common) / total;
}

function wayText(way: Way): string {
  return `${way.condition?.canonical ?? ""}|${way.conditionText ?? ""}|${way.isElse ? "else" : ""}`;
}

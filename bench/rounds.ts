/** The spread of a figure over the rounds. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** A case of a comparison: its name and what one round of it does. */
export interface Contender {
  readonly name: string;
  run(): unknown;
}

let sink: unknown;

/** User and system time of the process that one call takes, in milliseconds. */
function cpuOf(work: () => unknown): number {
  const before = process.cpuUsage();
  sink = work();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

/**
 * Times contenders against a baseline in the same process: each round runs all of them back to back, the order alternating, and
 * only ratios within one round count, so that a machine that slows down slows both sides.
 */
export function compare(baseline: Contender, contenders: readonly Contender[], rounds: number): Map<string, Spread> {
  const ratios = new Map<string, number[]>(contenders.map(({ name }) => [name, []]));
  const all = [baseline, ...contenders];
  for (const contender of all) sink = contender.run();
  for (let round = 0; round < rounds; round += 1) {
    const times = new Map<string, number>();
    for (const contender of round % 2 === 0 ? all : [...all].reverse())
      times.set(
        contender.name,
        cpuOf(() => contender.run()),
      );
    const base = Math.max(times.get(baseline.name) ?? 0, 0.001);
    for (const { name } of contenders) ratios.get(name)?.push((times.get(name) ?? 0) / base);
  }
  return new Map([...ratios].map(([name, values]) => [name, spreadOf(values)]));
}

function spreadOf(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return { median: at(sorted.length >> 1), least: at(0), most: at(sorted.length - 1) };
}

/** What the last contender returned; keeps the work from being optimised away. */
export function lastResult(): unknown {
  return sink;
}

/** One line of the report. */
export interface Line {
  readonly goal: string;
  readonly what: string;
  readonly steps: number;
  readonly spread: Spread;
  /** The ratio that the goal asks for: at most, or at least. */
  readonly limit?: { readonly atMost: number } | { readonly atLeast: number };
}

/** Prints a line: ratio, spread, goal and whether it was met. */
export function print({ goal, what, steps, spread, limit }: Line): boolean {
  const met =
    limit === undefined || ("atMost" in limit ? spread.median <= limit.atMost : spread.median >= limit.atLeast);
  const wanted = limit === undefined ? "" : "atMost" in limit ? `<= ${limit.atMost}` : `>= ${limit.atLeast}`;
  const figure = (value: number) => value.toPrecision(3).padStart(8);
  const verdict = limit === undefined ? "" : met ? "met" : "missed";
  console.log(
    `${goal.padEnd(4)} ${what.padEnd(52)} ${String(steps).padStart(7)} ${figure(spread.median)} (${figure(spread.least)} ..${figure(spread.most)}) ${wanted.padEnd(8)} ${verdict}`,
  );
  return met;
}

/** Something to be timed. */
export interface Contender {
  readonly name: string;
  readonly run: () => unknown;
  /** Done before each timed run and not timed; then a run is one call. */
  readonly before?: () => unknown;
}

/** How a race is run. */
export interface RaceOptions {
  readonly rounds?: number;
  /** A timed run repeats its contender until it takes about this long. */
  readonly runMs?: number;
}

/** A median with the least and the greatest value. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** The times of some contenders, taken in turns. */
export interface Race {
  /** Microseconds of CPU for one call. */
  time(name: string): Spread;
  /** How many times the second contender's CPU the first one takes, round by round. */
  ratio(name: string, against: string): Spread;
}

const defaults = { rounds: 9, runMs: 8 };
const warmMs = 60;
const warmCalls = 400;

/**
 * Times contenders in turns, so that what disturbs the machine disturbs all of them: in each round each of them once, first
 * in one order, then in the other.
 */
export async function race(contenders: readonly Contender[], options: RaceOptions = {}): Promise<Race> {
  const { rounds, runMs } = { ...defaults, ...options };
  const calls = new Map<string, number>();
  for (const contender of contenders) calls.set(contender.name, await warm(contender, runMs));
  globalThis.gc?.();
  const times = new Map(contenders.map(({ name }) => [name, [] as number[]]));
  for (let round = 0; round < rounds; round += 1) {
    for (const contender of round % 2 === 0 ? contenders : [...contenders].reverse()) {
      times.get(contender.name)?.push(await timed(contender, calls.get(contender.name) ?? 1));
    }
  }
  const of = (name: string) => times.get(name) ?? [];
  return {
    time: (name) => spread(of(name)),
    ratio: (name, against) => spread(of(name).map((time, round) => time / (of(against)[round] ?? Number.NaN))),
  };
}

/** Runs a contender until it is warm; how many calls a timed run shall make. */
async function warm(contender: Contender, runMs: number): Promise<number> {
  let last = 0;
  let spent = 0;
  for (let call = 0; call < warmCalls && (spent < warmMs || call < 2); call += 1) {
    last = (await timed(contender, 1)) / 1000;
    spent += last;
  }
  return contender.before === undefined ? Math.max(1, Math.round(runMs / Math.max(last, 0.0005))) : 1;
}

/** Microseconds of CPU for one call. */
async function timed(contender: Contender, calls: number): Promise<number> {
  await contender.before?.();
  const start = process.cpuUsage();
  for (let call = 0; call < calls; call += 1) {
    const result = contender.run();
    if (result instanceof Promise) await result;
  }
  const { user, system } = process.cpuUsage(start);
  return (user + system) / calls;
}

/** Median, least and greatest of some numbers. */
export function spread(values: readonly number[]): Spread {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (place: number) => sorted[place] ?? Number.NaN;
  return { median: at(sorted.length >> 1), least: at(0), most: at(sorted.length - 1) };
}

import type { Race, Spread } from "./measure.js";

/** What a ratio or count should be. */
export interface Goal {
  /** Its name in docs/performance.md. */
  readonly id: string;
  /** `atMost` or `atLeast` this. */
  readonly atMost?: number;
  readonly atLeast?: number;
  /** A miss fails the bench. */
  readonly isGate?: boolean;
}

/** One line of the report. */
export interface Row {
  readonly suite: string;
  readonly size: number;
  readonly what: string;
  /** A ratio with its spread over the rounds, or a number that was counted. */
  readonly value?: Spread | number;
  /** Microseconds of CPU for one call. */
  readonly timeUs?: Spread;
  readonly goal?: Goal;
  readonly note?: string;
}

/** What a suite gets. */
export interface Bench {
  /** Up to 5,000 steps only. */
  readonly isQuick: boolean;
  readonly emit: (row: Row) => void;
}

/** How a row stands to its goal: `near` when the median misses and the best round does not. */
export type Verdict = "pass" | "near" | "MISS" | "";

/** Judges a row. A disturbed machine disturbs single rounds, so that only a row whose best round misses too has missed. */
export function verdictOf({ goal, value }: Row): Verdict {
  if (goal === undefined || value === undefined) return "";
  const { median, least, most } = typeof value === "number" ? { median: value, least: value, most: value } : value;
  const holds = (number: number, best: number) =>
    (goal.atMost === undefined || number <= goal.atMost) && (goal.atLeast === undefined || best >= goal.atLeast);
  if (holds(median, median)) return "pass";
  return holds(least, most) ? "near" : "MISS";
}

/** The rows of a race: the time of each contender, and its ratio to the first one. */
export function timesOf(suite: string, size: number, names: readonly string[], race: Race): Row[] {
  const [first = ""] = names;
  return names.map((name) => ({
    suite,
    size,
    what: name,
    timeUs: race.time(name),
    ...(name === first ? {} : { value: race.ratio(name, first) }),
  }));
}

const widths = [8, 8, 58, 13, 10, 19, 15] as const;

/** The head of the table. */
export function headOf(): string {
  return line(["suite", "size", "what", "CPU a call", "ratio", "(least - most)", "goal"]);
}

/** One row as a line of the table. */
export function lineOf(row: Row): string {
  const { suite, size, what, value, timeUs, goal, note } = row;
  const ratio = typeof value === "number" ? value : value?.median;
  const span = value === undefined || typeof value === "number" ? "" : `(${short(value.least)} - ${short(value.most)})`;
  const cells = [
    suite,
    String(size),
    what,
    timeUs === undefined ? "" : time(timeUs.median),
    ratio === undefined ? "" : short(ratio),
    span,
    goal === undefined ? "" : `${goal.id} ${goal.atMost === undefined ? `>= ${goal.atLeast}` : `<= ${goal.atMost}`}`,
  ];
  return `${line(cells)} ${verdictOf(row)}${note === undefined ? "" : ` ${note}`}`.trimEnd();
}

function line(cells: readonly string[]): string {
  return cells
    .map((cell, at) => (at === 2 || at === 0 ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)))
    .join(" ");
}

function time(us: number): string {
  if (us >= 1e6) return `${short(us / 1e6)} s`;
  return us >= 1000 ? `${short(us / 1000)} ms` : `${short(us)} us`;
}

function short(number: number): string {
  const size = Math.abs(number);
  return number.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : size >= 0.1 ? 2 : 4);
}

import { readFileSync } from "node:fs";
import type { Spread } from "./rounds.js";

/** What a piece of work took: processor time of this process and of the server's, and time on the clock, in milliseconds. */
export interface Cost {
  readonly cpuMs: number;
  readonly wallMs: number;
}

const tickMs = 10;

/** User and system time of a process of this host so far; Linux only. */
function cpuOfProcess(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]?.split(" ") ?? [];
  return (Number(fields[11]) + Number(fields[12])) * tickMs;
}

/**
 * Measures a piece of work.
 *
 * @param serverPid - the process of a server that works for this one
 */
export async function costOf(work: () => unknown, serverPid?: number): Promise<Cost> {
  const served = serverPid === undefined ? 0 : cpuOfProcess(serverPid);
  const before = process.cpuUsage();
  const start = performance.now();
  await work();
  const wallMs = performance.now() - start;
  const { user, system } = process.cpuUsage(before);
  const server = serverPid === undefined ? 0 : cpuOfProcess(serverPid) - served;
  return { cpuMs: (user + system) / 1000 + server, wallMs };
}

/** One round: what is measured and what it is compared with, back to back. */
export interface Round {
  readonly candidate: Cost;
  readonly baseline: Cost;
}

/** Median, least and greatest of a figure over the rounds. */
export function spreadOf(rounds: readonly Round[], figure: (round: Round) => number): Spread {
  const sorted = rounds.map(figure).sort((a, b) => a - b);
  const at = (index: number) => sorted[index] ?? Number.NaN;
  return { median: at(sorted.length >> 1), least: at(0), most: at(sorted.length - 1) };
}

/** Processor time of the candidate over that of its baseline. */
export const cpuRatio = ({ candidate, baseline }: Round): number => candidate.cpuMs / Math.max(baseline.cpuMs, 0.001);

/** Throughput of the candidate over that of its baseline, by the clock. */
export const speed = ({ candidate, baseline }: Round): number => baseline.wallMs / candidate.wallMs;

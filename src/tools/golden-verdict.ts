import type { ReasonCode } from "../contracts/types.js";
import { allDifferences, type GoldenDifference } from "./golden-compare.js";

/** What was found out about a case. */
export interface GoldenVerdict {
  readonly id: string;
  readonly ok: boolean;
  /** Why it is not ok. */
  readonly reason?: Extract<ReasonCode, `GOLDEN.${string}`>;
  readonly differences: readonly GoldenDifference[];
}

/** A case as its verdict needs it: how it is played, and what is wrong with an outcome. */
export interface Playable<P extends { readonly record: string; readonly unspent: readonly string[] }> {
  readonly id: string;
  readonly play: () => Promise<P>;
  readonly compare: (performance: P) => readonly GoldenDifference[];
}

/**
 * Plays a case twice and judges it. Outcomes that are not the same byte for byte fail by themselves, whatever was expected; so
 * does a fault that was armed and never happened, since the case then shows nothing about it.
 *
 * @returns the verdict, and the first performance
 */
export async function judgeCase<P extends { readonly record: string; readonly unspent: readonly string[] }>({
  id,
  play,
  compare,
}: Playable<P>): Promise<{ readonly verdict: GoldenVerdict; readonly performance: P }> {
  const performance = await play();
  const again = await play();
  if (performance.record !== again.record) {
    const differences = allDifferences(JSON.parse(performance.record), JSON.parse(again.record));
    return { performance, verdict: { id, ok: false, reason: "GOLDEN.NONDETERMINISTIC", differences } };
  }
  if (performance.unspent.length > 0) {
    const differences = performance.unspent.map((method) => ({
      path: "/steps",
      expected: `a call of ${method} fails`,
    }));
    return { performance, verdict: { id, ok: false, reason: "GOLDEN.UNSPENT_FAULT", differences } };
  }
  const differences = compare(performance);
  const verdict: GoldenVerdict =
    differences.length === 0
      ? { id, ok: true, differences }
      : { id, ok: false, reason: "GOLDEN.DIFFERENT", differences };
  return { performance, verdict };
}

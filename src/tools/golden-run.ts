import type { GoldenOutcome } from "../contracts/types.js";
import { goldenDifferences } from "./golden-compare.js";
import type { GoldenFlow } from "./golden-flow.js";
import { type Performance, playGolden } from "./golden-play.js";
import { updatedExpectation } from "./golden-update.js";
import { type GoldenVerdict, judgeCase } from "./golden-verdict.js";

/** A case that was played, with the expectation that its outcome would meet. */
export interface PlayedCase {
  readonly flow: GoldenFlow;
  readonly verdict: GoldenVerdict;
  readonly performance: Performance;
  /** Absent where it cannot be written down: the outcome is not the same each time, or a fault never happened. */
  readonly update?: GoldenOutcome;
}

/**
 * Plays a golden case twice and compares its outcome with what it expects.
 *
 * @param play - plays it once; `playGolden` if absent
 */
export async function runGolden(
  flow: GoldenFlow,
  play: (flow: GoldenFlow) => Promise<Performance> = playGolden,
): Promise<PlayedCase> {
  const { id, expect } = flow.case;
  const { verdict, performance } = await judgeCase({
    id,
    play: () => play(flow),
    compare: ({ outcome }) => goldenDifferences(expect, outcome),
  });
  const isSettled = verdict.ok || verdict.reason === "GOLDEN.DIFFERENT";
  return {
    flow,
    verdict,
    performance,
    ...(isSettled ? { update: updatedExpectation(expect, performance.outcome) } : {}),
  };
}

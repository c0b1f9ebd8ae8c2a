import type { PlanRollout } from "../contracts/types.js";
import { rolloutDefaults } from "../plan/rollout.js";
import type { Guard, GuardOutcome } from "./gate.js";
import { gateMetrics, planGuards } from "./gate-guards.js";

/** What was measured about the sessions that the waves of a plan have reached, since the present one began. */
export interface WaveNumbers {
  /** Sessions that were decided about, and those that wait for it. */
  readonly eligible: number;
  /** Sessions that were decided about, or failed. */
  readonly decided: number;
  /** Sessions that were decided about in earlier waves. */
  readonly earlier: number;
  readonly failed: number;
  readonly blocked: number;
  /** The most fields that one session was asked for at once. */
  readonly questions: number;
  /** Entries that say that a protection was broken. */
  readonly violations: number;
  /** Since the wave began. */
  readonly elapsedMs: number;
}

/** Sessions that have to be decided about before a wave is judged: all of it, if it is small, and never none in all waves. */
export function neededSample({ eligible, earlier }: WaveNumbers, rollout: PlanRollout): number {
  const { minSample = rolloutDefaults.minSample } = rollout;
  return Math.min(minSample, earlier > 0 ? eligible : Math.max(eligible, 1));
}

function heldIf(isEarly: boolean, note: string): GuardOutcome {
  return isEarly ? { answer: "fail", note } : "pass";
}

/** Guards of gates that judge a measured wave as well as a rehearsal. */
const shared = new Set(["transition-known", "transition-legal", "blocked-within-budget", "questions-within-budget"]);

/**
 * The guards between two waves. Shares are judged once the sample is large enough; a broken protection counts at once.
 */
export function waveGuards(rollout: PlanRollout, numbers: WaveNumbers): Guard[] {
  const { bakeMs = rolloutDefaults.bakeMs, maxFailureRatio = rolloutDefaults.maxFailureRatio } = rollout;
  const { decided, failed, violations, elapsedMs } = numbers;
  const least = neededSample(numbers, rollout);
  return [
    ...planGuards.filter(({ id }) => shared.has(id)),
    {
      id: "wave-lasted",
      reason: "ROLLOUT.BAKING",
      message: "Promote again when the time of the wave is over.",
      check: () => heldIf(elapsedMs < bakeMs, `the wave is ${elapsedMs} ms old, of at least ${bakeMs}`),
    },
    {
      id: "wave-sample",
      reason: "ROLLOUT.SAMPLE_TOO_SMALL",
      message: "Wait until more sessions of the wave were decided about.",
      check: () => heldIf(decided < least, `${decided} sessions were decided about, of at least ${least}`),
    },
    {
      id: "wave-failures",
      reason: "ROLLOUT.ANALYSIS_FAILED",
      message: "Mend what makes sessions fail, and propose a new plan.",
      requires: [gateMetrics.failureRatio],
      check: () => {
        if (decided < least || decided === 0) return "skip";
        const note = `${failed} of ${decided} sessions failed, of at most the share ${maxFailureRatio}`;
        return failed / decided > maxFailureRatio ? { answer: "fail", note } : "pass";
      },
    },
    {
      id: "wave-safety",
      reason: "ROLLOUT.ANALYSIS_FAILED",
      message: "Verify the ledger and keep the evidence.",
      check: () =>
        violations > 0 ? { answer: "fail", note: `${violations} entries tell of a broken protection` } : "pass",
    },
  ];
}

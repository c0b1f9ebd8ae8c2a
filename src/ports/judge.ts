import type { Scenario, Session } from "../contracts/types.js";

/** What a judge is asked. */
export interface JudgeRequest {
  readonly session: Session;
  /** The version that the condition belongs to. */
  readonly scenario: Scenario;
  /** The condition in natural language. */
  readonly condition: string;
  /** What is known: the session's variables and the values found for it, sensitive ones only if the configuration allows it. */
  readonly data: Readonly<Record<string, unknown>>;
  /** Aborted when `limits.sourceTimeoutMs` is over. */
  readonly signal: AbortSignal;
}

/** A judgement with how sure the judge is, from 0 to 1; below `thresholds.judge` it counts as `unknown`. */
export interface JudgeVerdict {
  readonly verdict: boolean | "unknown";
  readonly confidence: number;
}

/**
 * Decides conditions that are written in natural language, on `condition` and `data` alone: the same two are asked once and kept.
 * What it throws, anything but a verdict, and a verdict that comes later than `limits.sourceTimeoutMs` counts as `unknown` and is
 * logged as a warning.
 *
 * @public
 */
export interface Judge {
  judge(request: JudgeRequest): Promise<boolean | "unknown" | JudgeVerdict>;
}

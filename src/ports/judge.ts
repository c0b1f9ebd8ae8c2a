import type { Scenario, Session } from "../contracts/types.js";

/** What a judge is asked. */
export interface JudgeRequest {
  readonly session: Session;
  /** The version that the condition belongs to. */
  readonly scenario: Scenario;
  /** The condition in natural language. */
  readonly condition: string;
  /** What is known: the session's variables and the values found for it. */
  readonly data: Readonly<Record<string, unknown>>;
}

/**
 * Decides conditions that are written in natural language. What it throws, anything but a verdict, and a verdict that comes later
 * than `limits.sourceTimeoutMs` counts as `unknown` and is logged as a warning.
 *
 * @public
 */
export interface Judge {
  judge(request: JudgeRequest): Promise<boolean | "unknown">;
}

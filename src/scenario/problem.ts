import type { ReasonCode } from "../contracts/types.js";

/** One fault of a scenario. */
export interface ScenarioProblem {
  readonly code: ReasonCode;
  /** JSON pointer into the scenario. */
  readonly path: string;
  readonly message: string;
  readonly expected: string;
  readonly received: string;
}

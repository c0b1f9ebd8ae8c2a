import type { PassedCheckpoint, Visit } from "../contracts/types.js";

/**
 * The passed checkpoints after a visit: a checkpoint counts as passed from the moment it is visited. One that is passed
 * again is listed once, at its latest visit.
 */
export function withPassed(passed: PassedCheckpoint[], visit: Visit): PassedCheckpoint[] {
  if (!visit.isCheckpoint) return passed;
  const { stepId, contentHash, scenarioVersion, checkpointDescription, enteredAt } = visit;
  const others = passed.filter((known) => known.stepId !== stepId || known.scenarioVersion !== scenarioVersion);
  const description = checkpointDescription === undefined ? {} : { checkpointDescription };
  return [...others, { stepId, contentHash, scenarioVersion, ...description, enteredAt }];
}

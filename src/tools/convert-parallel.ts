import type { NeutralFlow, NeutralStep } from "./convert-document.js";
import type { ConversionNote } from "./convert-notes.js";

const isBranch = (condition: string | undefined): boolean => condition !== undefined && /^branch \d+$/.test(condition);

/** The ids inside a `Parallel` state are its own id, `#`, the branch number, `/` and their name. */
const isInside = (id: string, parallelId: string): boolean => id.startsWith(`${parallelId}#`);

function foldOne(flow: NeutralFlow, parallel: NeutralStep): NeutralFlow {
  const inner = flow.steps.filter((step) => isInside(step.id, parallel.id));
  const innerCheckpoints = inner.filter((step) => step.checkpoint === true);
  const folded: NeutralStep = {
    ...parallel,
    ...(parallel.checkpoint === true || innerCheckpoints.length > 0 ? { checkpoint: true } : {}),
    branches: inner.map((step) => step.id.slice(parallel.id.length)),
    branchActions: inner.flatMap((step) => (step.action === undefined ? [] : [step.action])),
  };
  return {
    ...flow,
    steps: flow.steps.filter((step) => !inner.includes(step)).map((step) => (step === parallel ? folded : step)),
    transitions: flow.transitions.filter(
      (way) => !isInside(way.from, parallel.id) && !isInside(way.to, parallel.id) && !isBranch(way.condition),
    ),
  };
}

/**
 * Folds each parallel state with its branches into one step.
 *
 * A session stands at one step, so the inside of a split is no place of its own. The folded step keeps the names and actions of
 * its branches, and is a checkpoint if any step inside is one: a change inside is a change of the folded step.
 *
 * @param flow - a neutral flow; unchanged
 * @returns the flow without the insides of its parallel states, and a note for each
 *
 * @since 0.1.0
 */
export function foldParallel(flow: NeutralFlow): { flow: NeutralFlow; notes: ConversionNote[] } {
  const notes: ConversionNote[] = [];
  const outer = flow.steps.filter(
    (step) =>
      step.kind === "Parallel" &&
      !flow.steps.some((other) => other.kind === "Parallel" && other !== step && isInside(step.id, other.id)),
  );
  let result = flow;
  for (const parallel of outer) {
    const before = result.steps.length;
    result = foldOne(result, parallel);
    notes.push({
      code: "parallel_folded",
      stepId: parallel.id,
      message: `${before - result.steps.length} steps inside the parallel state became part of it.`,
    });
  }
  return { flow: result, notes };
}

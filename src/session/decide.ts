import type { Decision } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { deepFreeze } from "../hash/freeze.js";
import { conflictOf } from "./conflict.js";
import { imagesOf, ownVisit, traceOf } from "./evidence.js";
import type { Needs } from "./facts.js";
import { review } from "./outcome.js";
import { aimAtBest, relocate } from "./relocate.js";
import { type DecideInput, obstacle, openSituation, type Situation } from "./situation.js";

/**
 * Decides what should become of one session: replays its reduced history on the new version and looks for a run that keeps it
 * in its place, leads it elsewhere, or shows what is missing.
 *
 * A move carries the run that proves it; everything else carries the obstacle. When a field or a judged condition is missing, the
 * answer is `needs`: gather those facts and call again. A field that no source has goes into `facts.exhausted`; then the
 * answer is a question for the person.
 *
 * @param input - the session, the prepared {@link prepareMigration | migration} and the facts gathered so far
 * @returns a frozen decision or needs; the session itself is not changed
 * @throws RegraftError `SESSION.VERSION_MOVED` when the session walks another version than the migration starts from
 *
 * @remarks Pure, synchronous and deterministic. O((V + E) log V) for a session without forks between several passed checkpoints.
 * Source: compliance of running instances with a changed schema, on the instance's own reduced trace.
 */
export function decide(input: DecideInput): Decision | Needs {
  const { session, migration } = input;
  const { from } = migration;
  if (from !== undefined && from.scenario.version !== session.scenarioVersion) {
    throw new RegraftError(
      "SESSION.VERSION_MOVED",
      "the session walks another version than this migration starts from",
      {
        path: "/session/scenarioVersion",
        expected: String(from.scenario.version),
        received: String(session.scenarioVersion),
      },
    );
  }
  if (from !== undefined && !from.index.has(session.stepId)) {
    throw new RegraftError("SESSION.STEP_UNKNOWN", `version ${from.scenario.version} has no step ${session.stepId}`, {
      path: "/session/stepId",
      expected: `a step of version ${from.scenario.version}`,
      received: session.stepId,
    });
  }
  return deepFreeze(conclude(openSituation(input)));
}

function conclude(s: Situation): Decision | Needs {
  const undecided = s.passed.find((k) => k.undecided);
  if (undecided !== undefined) {
    const found = obstacle(
      "PLAN.EFFECT_UNDECIDED",
      `nobody has said whether ${undecided.description} is still the same effect`,
      {
        stepId: undecided.stepId,
        checkpointDescription: undecided.description,
      },
    );
    return review(s, found);
  }
  const conflict = conflictOf(s);
  if (conflict !== undefined) return conflict;
  const chosen = s.input.chosenStepId === undefined ? undefined : s.migration.to.index.get(s.input.chosenStepId);
  const proposed = proposedFor(s);
  if (chosen === undefined && proposed !== undefined) {
    const found = obstacle(
      "MATCH.PROPOSED",
      `${s.session.stepId} does something else in the new version: ${proposed.changed.join(", ")}`,
      {
        stepId: s.session.stepId,
      },
    );
    return review(s, found, [proposed.to]);
  }
  if (chosen !== undefined && s.migration.to.reachable[chosen] !== 1) {
    return review(s, obstacle("TARGET.UNREACHABLE", `no way from the entry leads to ${s.input.chosenStepId}`), [
      chosen,
    ]);
  }
  const goals = (chosen === undefined ? imagesOfCurrent(s) : [chosen]).filter(
    (step) => s.migration.to.reachable[step] === 1,
  );
  return goals.length === 0 ? relocate(s) : aimAtBest(s, goals);
}

function imagesOfCurrent(s: Situation): number[] {
  const { matching } = s.migration;
  const { current } = s.evidence;
  if (matching !== undefined && current !== undefined) {
    const image = matching.imageOf[current];
    return image === undefined ? [...(matching.ambiguous.get(current) ?? [])] : [image.to];
  }
  return imagesOf(s.migration, s.session, ownVisit(s.session)).map((image) => image.step);
}

/** The counterpart of the session's step that does so much else that a person has to map it first. */
function proposedFor({
  migration,
  session,
  evidence,
}: Situation): { changed: readonly string[]; to: number } | undefined {
  const pair = migration.matching?.proposed.find((one) => one.from === evidence.current);
  if (pair !== undefined || migration.from !== undefined) return pair;
  const { stepId, contentHash } = ownVisit(session);
  const traced = traceOf(migration, session, session.scenarioVersion)?.proposedFor(stepId, contentHash);
  const to = traced === undefined ? undefined : migration.to.index.get(traced.to);
  return traced === undefined || to === undefined ? undefined : { changed: traced.changed, to };
}

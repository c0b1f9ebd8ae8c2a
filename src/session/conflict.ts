import type { ReviewDecision } from "../contracts/types.js";
import { effectClass } from "../diff/pair.js";
import { imagesOf, ownVisit, traceOf } from "./evidence.js";
import { review } from "./outcome.js";
import { idOf, obstacle, type Situation } from "./situation.js";

/** A step whose content stands at one place of the new version while the versions in between lead to another. */
interface Conflict {
  readonly stepId: string;
  readonly equal: readonly number[];
  readonly followed: number;
}

/**
 * A session for which equal content and the versions in between disagree needs a person: one that stands on such a step, or that
 * has done an effect there. A person's choice settles where the session stands, an explicit mapping settles both.
 */
export function conflictOf(s: Situation): ReviewDecision | undefined {
  const found = (s.migration.from === undefined ? amongVisits(s) : amongSteps(s))[0];
  if (found === undefined) return undefined;
  const candidates = [...found.equal, found.followed];
  const told = candidates.map((step) => idOf(s, step)).join(" and ");
  const message = `${found.stepId} is, by its content and by the versions in between, ${told}`;
  return review(s, obstacle("MATCH.AMBIGUOUS", message, { stepId: found.stepId }), candidates);
}

function amongSteps({ migration: { from, matching }, evidence, input, passed }: Situation): Conflict[] {
  if (from === undefined || matching === undefined || matching.conflicts.size === 0) return [];
  const isPlace = (old: number) => old === evidence.current && input.chosenStepId === undefined;
  const effects = [...evidence.trail, ...passed.flatMap(({ old }) => old ?? [])].filter((old) => {
    const step = from.steps[old];
    return step !== undefined && effectClass(step) !== "none";
  });
  const { current } = evidence;
  return [...(current === undefined || !isPlace(current) ? [] : [current]), ...effects].flatMap((old) => {
    const followed = matching.conflicts.get(old);
    if (followed === undefined) return [];
    const image = matching.imageOf[old];
    const equal = image === undefined ? (matching.ambiguous.get(old) ?? []) : [image.to];
    return [{ stepId: from.steps[old]?.id ?? "", equal: equal.filter((step) => step !== followed), followed }];
  });
}

function amongVisits({ migration, session, input, passed }: Situation): Conflict[] {
  const trace = traceOf(migration, session, session.scenarioVersion);
  if (trace === undefined) return [];
  const own = input.chosenStepId === undefined ? [ownVisit(session)] : [];
  const effects = session.stepHistory.filter((visit) => {
    if (visit.scenarioVersion !== session.scenarioVersion) return false;
    const isPassed = passed.some((k) => k.stepId === visit.stepId);
    return isPassed || imagesOf(migration, session, visit).some(({ step }) => hasEffect(migration.to.steps[step]));
  });
  return [...own, ...effects].flatMap((visit) => {
    const followed = trace.conflictFor(visit.stepId, visit.contentHash);
    if (followed === undefined) return [];
    const equal = imagesOf(migration, session, visit).map(({ step }) => step);
    return [{ stepId: visit.stepId, equal, followed }];
  });
}

function hasEffect(step: Parameters<typeof effectClass>[0] | undefined): boolean {
  return step !== undefined && effectClass(step) !== "none";
}

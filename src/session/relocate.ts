import type { Decision } from "../contracts/types.js";
import { doesSomething } from "../diff/step-flags.js";
import { aimAt, deviate, firstQuestion, questionBefore } from "./aim.js";
import { imagesOf } from "./evidence.js";
import type { Needs } from "./facts.js";
import { blocked, review } from "./outcome.js";
import { findRuns, type RunStep, type RunTree } from "./run.js";
import { offRun, settle } from "./settle.js";
import { common, idOf, obstacle, type Situation } from "./situation.js";

/** What a person is told whose flow has nothing left of their way. */
const EXIT_MESSAGE = "This conversation has changed since we last spoke. Let us start again from here.";

/**
 * Finds a new place for a session whose step is gone: the first step that the new version's own conditions choose after the
 * last visited step that survives.
 */
export function relocate(s: Situation): Decision | Needs {
  const standing = s.passed.find((k) => k.isCurrent && k.proven);
  if (standing !== undefined && standing.images.length === 0) {
    const found = obstacle(
      "CHECKPOINT.STANDING_DELETED",
      `the session stands on ${standing.description}, which the new version lacks`,
      {
        stepId: s.session.stepId,
        checkpointDescription: standing.description,
      },
    );
    return review(s, found);
  }
  const survivor = lastSurvivor(s);
  if (survivor === undefined) return leave(s);
  const runs = findRuns(s.migration.to, s.router, s.debts, s.waypoints, { near: survivor });
  if (!runs.reached.includes(survivor)) return questionBefore(s, runs, survivor) ?? deviate(s, runs, survivor);
  return goOn(s, runs, survivor);
}

/** The image of the last visited step that the new version still has and reaches. */
function lastSurvivor(s: Situation): number | undefined {
  const { to, from } = s.migration;
  const images =
    from === undefined
      ? s.session.stepHistory.slice(0, -1).map((visit) => imagesOf(s.migration, s.session, visit))
      : s.evidence.trail.map((old) => {
          const image = s.migration.matching?.imageOf[old];
          return image === undefined ? [] : [{ step: image.to, certain: true }];
        });
  return images
    .flatMap((found) => found.filter((i) => i.certain && to.reachable[i.step] === 1).map((i) => i.step))
    .at(-1);
}

function leave(s: Situation): Decision {
  const [k] = s.passed;
  if (k !== undefined) {
    const found = obstacle(
      "CHECKPOINT.ORPHANED",
      `${k.description} was passed, and nothing of the session's way is left`,
      {
        stepId: k.stepId,
        checkpointDescription: k.description,
      },
    );
    return blocked(s, found);
  }
  if (s.evidence.historyMissing) {
    return review(s, obstacle("HISTORY.MISSING", "the step is gone and no history tells where the session has been"));
  }
  return {
    action: "exit_scenario",
    ...common(s, ["MIGRATION.EXITED"], { replyBinding: "other_step" }),
    userMessage: EXIT_MESSAGE,
  };
}

function goOn(s: Situation, runs: RunTree, survivor: number): Decision | Needs {
  const walked: RunStep[] = [];
  const seen = new Set([survivor]);
  for (let at = survivor; ; ) {
    const question = firstQuestion(s, runs, [at]);
    if (question !== undefined) return question;
    const open = s.router.openAt(at);
    const targets = [...new Set(open.map(({ way }) => way.to))];
    const [next, other] = targets;
    if (next === undefined) return atEnd(s, runs, survivor, walked);
    if (other !== undefined) {
      return review(
        s,
        obstacle("DECISION.OPEN_CHOICE", `several ways are open after ${idOf(s, at)}`, { stepId: idOf(s, at) }),
        targets,
      );
    }
    walked.push({ step: next, via: open[0] });
    if (seen.has(next))
      return review(s, obstacle("TARGET.NONE", `the way on from ${idOf(s, survivor)} runs in a circle`), [next]);
    seen.add(next);
    if (!s.evidence.done.has(next)) return arrive(s, runs, survivor, walked, next);
    at = next;
  }
}

/** Nothing follows: resting on a final step that asks nothing and does nothing is harmless, anything else is for a person. */
function atEnd(s: Situation, runs: RunTree, survivor: number, walked: readonly RunStep[]): Decision | Needs {
  const at = walked.at(-1)?.step ?? survivor;
  const step = s.migration.to.steps[at];
  const closed = s.router.at(at).closed;
  if (!closed && step !== undefined && !doesSomething(step)) return arrive(s, runs, survivor, walked, at);
  const code = closed ? "DECISION.NO_BRANCH" : "TARGET.NONE";
  return review(
    s,
    obstacle(code, `nothing follows ${idOf(s, at)}`, { stepId: idOf(s, at) }),
    (s.migration.to.ways[at] ?? []).map((w) => w.to),
  );
}

function arrive(
  s: Situation,
  runs: RunTree,
  survivor: number,
  walked: readonly RunStep[],
  target: number,
): Decision | Needs {
  if (target === s.migration.to.entry && s.passed.length > 0) {
    const [k] = s.passed;
    const found = obstacle("CHECKPOINT.WOULD_REPEAT", "a checkpoint was passed, so the session cannot start again", {
      ...(k === undefined ? {} : { stepId: k.stepId, checkpointDescription: k.description }),
    });
    return blocked(s, found);
  }
  const prefix = target === survivor ? runs.anyTo(survivor) : [...(runs.anyTo(survivor) ?? []), ...walked];
  const on = new Set((prefix ?? []).map(({ step }) => step));
  const whole = s.waypoints.every((set) => [...set].some((step) => on.has(step)));
  const run = whole ? prefix : runs.to(target);
  return run === undefined ? offRun(s, prefix, target) : settle(s, run, "relocate");
}

/** Aims at several possible images and keeps the one whose way there matches most of the history. */
export function aimAtBest(s: Situation, goals: readonly number[]): Decision | Needs {
  const aims = goals.map((goal) => ({ goal, ...aimAt(s, goal) }));
  const viable = aims.filter(({ outcome }) => outcome.action !== "blocked" && outcome.action !== "review");
  const ranked = (viable.length > 0 ? viable : aims).sort((a, b) => b.matches - a.matches || a.cost - b.cost);
  const [best, next] = ranked;
  if (best === undefined) return relocate(s);
  if (next === undefined || best.matches !== next.matches || best.cost !== next.cost) return best.outcome;
  const found = obstacle("MATCH.AMBIGUOUS", `equal steps: ${goals.map((g) => idOf(s, g)).join(", ")}`, {
    stepId: s.session.stepId,
  });
  return review(s, found, goals);
}

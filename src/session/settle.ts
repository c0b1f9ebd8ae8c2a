import type { ReasonCode } from "../contracts/reason-codes.js";
import type { Decision, MigrationKind, Obstacle, ReplyBinding, Witness, WitnessStep } from "../contracts/types.js";
import { conflictAt, obstacleOf } from "./checkpoints.js";
import type { Needs } from "./facts.js";
import { ask, blocked, review } from "./outcome.js";
import type { Owed } from "./owed.js";
import type { RunStep } from "./run.js";
import { common, idOf, isOwnPlace, obstacle, type Situation } from "./situation.js";

/** How the session comes to the end of a run. */
export type Arrival = "stay" | "re_route" | "relocate";

/**
 * Ends a decision at the last step of a run: checks what the session owes before it, and moves it when that is nothing.
 */
export function settle(s: Situation, run: readonly RunStep[], arrival: Arrival): Decision | Needs {
  const target = run[run.length - 1]?.step ?? s.migration.to.entry;
  const conflict = conflictAt(s.migration.to, s.passed, target, arrival === "stay" && isOwnPlace(s, target));
  if (conflict !== undefined) {
    return conflict.code === "CHECKPOINT.UNPROVEN"
      ? review(s, conflict.obstacle, [target])
      : blocked(s, conflict.obstacle);
  }
  const before = run.slice(0, -1).map(({ step }) => ({ step, owed: s.debts.at(step) }));
  return skipped(s, before, target) ?? unanswered(s, before) ?? undone(s, before) ?? move(s, run, before, arrival);
}

type Debt = { readonly step: number; readonly owed: Owed };

function skipped(s: Situation, before: readonly Debt[], target: number): Decision | undefined {
  const wall = before.find(({ owed }) => owed.blocked);
  if (wall !== undefined) {
    const step = s.migration.to.steps[wall.step];
    const description = step?.checkpointDescription ?? step?.name ?? step?.id ?? "";
    return blocked(
      s,
      obstacle("CHECKPOINT.WOULD_SKIP", `${description} lies before ${idOf(s, target)} and was never passed`, {
        stepId: idOf(s, wall.step),
        otherStepId: idOf(s, target),
        checkpointDescription: description,
      }),
    );
  }
  const twin = before.find(({ owed }) => owed.ambiguous);
  if (twin === undefined) return undefined;
  const found = obstacle("MATCH.AMBIGUOUS", `equal steps leave open whether ${idOf(s, twin.step)} was done`, {
    stepId: idOf(s, twin.step),
  });
  return review(s, found, [target]);
}

function unanswered(s: Situation, before: readonly Debt[]): Decision | Needs | undefined {
  const fields = missingOn(before);
  if (fields.length === 0) return undefined;
  const first = before.find(({ owed }) => owed.missing.length > 0);
  const found: Obstacle = obstacle("FIELD.REQUIRED", `not known yet: ${fields.join(", ")}`, {
    ...(first === undefined ? {} : { stepId: idOf(s, first.step) }),
    fields,
  });
  return ask(s, { code: "FIELD.REQUIRED", fields, conditions: [], obstacle: found });
}

/** Fields owed on some steps that are not known, in order. */
export function missingOn(before: readonly { readonly owed: Owed }[]): string[] {
  return [...new Set(before.flatMap(({ owed }) => owed.missing))];
}

function undone(s: Situation, before: readonly Debt[]): Decision | undefined {
  const [first, ...rest] = before.filter(({ owed }) => owed.action).map(({ step }) => idOf(s, step));
  if (first === undefined) return undefined;
  const stepIds: [string, ...string[]] = [first, ...rest];
  const found = obstacle("ACTION.REQUIRED", `has to run first: ${stepIds.join(", ")}`, { stepId: first });
  return { action: "execute_action", ...common(s, ["ACTION.REQUIRED"]), stepIds, obstacle: found };
}

function move(s: Situation, run: readonly RunStep[], before: readonly Debt[], arrival: Arrival): Decision {
  const target = run[run.length - 1]?.step ?? s.migration.to.entry;
  const filled = before.some(({ owed }) => owed.fields.length > 0);
  const elsewhere = arrival !== "stay" || !isOwnPlace(s, target);
  const kind: MigrationKind = elsewhere ? "re_route" : filled ? "gap_fill" : "clean_graft";
  const passedOver = before.filter(({ owed }) => owed.passedOver).map(({ step }) => idOf(s, step));
  const orphaned = s.passed.some((k) => k.proven && k.images.length === 0);
  const reasons: ReasonCode[] = [ARRIVAL_REASON[arrival]];
  if (filled) reasons.push("MIGRATION.GAP_FILLED");
  if (passedOver.length > 0) reasons.push("HISTORY.PASSED_OVER");
  if (orphaned) reasons.push("CHECKPOINT.ORPHANED");
  if (s.input.chosenStepId !== undefined) reasons.push("MIGRATION.RESOLVED");
  if (s.evidence.historyMissing && s.migration.from?.entry !== s.evidence.current) reasons.push("HISTORY.MISSING");
  const stepId = idOf(s, target);
  return {
    action: "teleport",
    ...common(s, reasons, { toStep: stepId, replyBinding: bindingOf(s, target, arrival), passedOver }),
    stepId,
    version: s.migration.to.scenario.version,
    kind,
    witness: witnessOf(s, run),
  };
}

const ARRIVAL_REASON: Readonly<Record<Arrival, ReasonCode>> = {
  stay: "MIGRATION.MOVED",
  re_route: "MIGRATION.REROUTED",
  relocate: "MIGRATION.RELOCATED",
};

function bindingOf(s: Situation, target: number, arrival: Arrival): ReplyBinding {
  if (arrival !== "stay" || !isOwnPlace(s, target)) return "other_step";
  const { from, to } = s.migration;
  const before = from?.hashes[s.evidence.current ?? -1] ?? s.session.stepHistory.at(-1)?.contentHash;
  return before === to.hashes[target] ? "same_question" : "changed_question";
}

function witnessOf(s: Situation, run: readonly RunStep[]): Witness {
  const last = run.length - 1;
  const steps = run.map(({ step, via }, i): WitnessStep => {
    const owed = s.debts.at(step);
    const stepId = idOf(s, step);
    const visited = owed.done === undefined ? {} : { visited: { ...owed.done.visit } };
    const fields = owed.fields.length === 0 || i === last ? {} : { fields: [...owed.fields] };
    if (via === undefined) return { stepId, ...visited, status: i === last ? "target" : owed.status, ...fields };
    const condition = via.way.condition?.text ?? via.way.conditionText;
    const link = {
      from: idOf(s, via.way.from),
      index: via.way.index,
      because: via.because,
      ...(condition === undefined ? {} : { condition }),
    };
    return { stepId, ...visited, status: i === last ? "target" : owed.status, ...fields, via: link };
  });
  return {
    version: s.migration.to.scenario.version,
    target: idOf(s, run[last]?.step ?? s.migration.to.entry),
    run: steps,
  };
}

/** A passed checkpoint that no run to a step contains. */
export function offRun(s: Situation, run: readonly RunStep[] | undefined, target: number): Decision {
  const on = new Set((run ?? []).map(({ step }) => step));
  const lost = s.passed.find(
    (k) => k.proven && k.onRun && !k.repeatable && k.images.length > 0 && !k.images.some((i) => on.has(i)),
  );
  const k = lost ?? s.passed.find((other) => other.images.length > 0);
  const targetId = idOf(s, target);
  if (k === undefined) return review(s, obstacle("TARGET.NONE", `no run leads to ${targetId}`, { stepId: targetId }));
  return blocked(
    s,
    obstacleOf("CHECKPOINT.OFF_RUN", k, targetId, `${k.description} was passed, and no run to ${targetId} contains it`),
  );
}

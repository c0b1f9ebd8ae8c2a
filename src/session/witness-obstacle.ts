import type { ReasonCode } from "../contracts/reason-codes.js";
import type {
  BlockedDecision,
  CollectDecision,
  ExecuteActionDecision,
  Obstacle,
  ReviewDecision,
} from "../contracts/types.js";
import { effectClass } from "../diff/pair.js";
import type { Way } from "../scenario/compile.js";
import { reachableFrom } from "../scenario/reachability.js";
import { knownValue } from "../scenario/value.js";
import type { Facts } from "./facts.js";
import type { PassedBefore } from "./witness-checkpoints.js";
import { debtOf } from "./witness-debts.js";
import type { WitnessPast } from "./witness-past.js";
import type { Permits } from "./witness-ways.js";

/** A result that moves nobody, with the obstacle that it names. */
export type Refusal =
  | Pick<BlockedDecision, "action" | "reason" | "obstacle">
  | Pick<ReviewDecision, "action" | "reason" | "candidates" | "obstacle">
  | Pick<CollectDecision, "action" | "fields" | "obstacle">
  | Pick<ExecuteActionDecision, "action" | "stepIds" | "obstacle">;

/** What an obstacle is held against. */
export interface RefusalGround {
  readonly past: WitnessPast;
  readonly passed: readonly PassedBefore[];
  readonly permits: Permits;
  readonly data: Readonly<Record<string, unknown>>;
  readonly facts: Facts;
  readonly anyRound: boolean;
  readonly say: (code: ReasonCode, message: string, stepId?: string) => void;
}

/**
 * Says where an obstacle is not so: fields that are known, forks that are decided, actions that ran, checkpoints that were passed or
 * never were. That no other run avoids a true obstacle is not shown by it.
 */
export function refusalProblems(ground: RefusalGround, decision: Refusal): void {
  const { say } = ground;
  const { obstacle } = decision;
  if ("reason" in decision && decision.reason !== obstacle.code)
    say("INPUT.INVALID", `the reason is ${decision.reason}, the obstacle ${obstacle.code}`);
  if ("fields" in decision) {
    const isSame = decision.fields.join("\n") === (obstacle.fields ?? []).join("\n");
    if (!isSame) say("FIELD.REQUIRED", "the fields that are asked are not those of the obstacle");
  }
  if ("candidates" in decision) {
    for (const id of decision.candidates)
      if (!ground.past.to.index.has(id)) say("TARGET.UNREACHABLE", `there is no step ${id}`, id);
  }
  if ("stepIds" in decision) for (const id of decision.stepIds) actionProblems(ground, id);
  for (const field of obstacle.fields ?? []) {
    if (knownValue(ground.past.to.fields.get(field), ground.data[field]))
      say("FIELD.REQUIRED", `${field} is known`, obstacle.stepId);
  }
  checks[obstacle.code]?.(ground, obstacle);
}

type Check = (ground: RefusalGround, obstacle: Obstacle) => void;

const checks: Readonly<Partial<Record<ReasonCode, Check>>> = {
  "FIELD.REQUIRED": owedField,
  "FIELD.DECISION_NEEDS": undecidedFork,
  "DECISION.UNKNOWN": undecidedFork,
  "DECISION.NO_BRANCH": closedFork,
  "DECISION.GUARD_FALSE": closedFork,
  "CHECKPOINT.WOULD_SKIP": (ground, { stepId = "" }) => effectProblem(ground, stepId, "CHECKPOINT.WOULD_SKIP"),
  "CHECKPOINT.WOULD_REPEAT": repeats,
  "CHECKPOINT.ORPHANED": orphaned,
};

function waysOf({ past: { to } }: RefusalGround, stepId: string | undefined): readonly Way[] {
  return to.ways[to.index.get(stepId ?? "") ?? -1] ?? [];
}

function owedField(ground: RefusalGround, { stepId = "", fields = [] }: Obstacle): void {
  const { to } = ground.past;
  const step = to.index.get(stepId);
  const debt = step === undefined ? undefined : debtAt(ground, step);
  const wanted = [...(debt?.missing ?? []), ...(to.skips[step ?? -1]?.fields ?? [])];
  if (debt === undefined || debt.missing.length === 0 || !fields.some((field) => wanted.includes(field)))
    ground.say("FIELD.REQUIRED", `${stepId} owes none of the fields`, stepId);
}

function debtAt({ past, data, anyRound }: RefusalGround, step: number) {
  return debtOf({ past, data, forceKind: undefined, anyRound }, step, undefined);
}

function undecidedFork(ground: RefusalGround, { stepId, otherStepId, condition }: Obstacle): void {
  const ways = waysOf(ground, stepId);
  const { to } = ground.past;
  const isNamed = ways.some(
    (way) =>
      to.steps[way.to]?.id === otherStepId && (way.condition?.text ?? way.conditionText ?? "") === (condition ?? ""),
  );
  const isDecided = ways.some((way) => ground.permits.because(way, -1) !== undefined);
  if (!isNamed || isDecided) ground.say("DECISION.UNKNOWN", `the way out of ${stepId} is decided`, stepId);
}

function closedFork(ground: RefusalGround, { stepId }: Obstacle): void {
  const ways = waysOf(ground, stepId);
  const isFalse = (way: Way) => {
    if (way.condition !== undefined) return way.condition.evaluate(ground.data) === false;
    return way.conditionText !== undefined && ground.facts.judged?.[way.conditionText] === false;
  };
  if (ways.length === 0 || !ways.every(isFalse))
    ground.say("DECISION.NO_BRANCH", `a way out of ${stepId} may be open`, stepId);
}

function actionProblems(ground: RefusalGround, stepId: string): void {
  effectProblem(ground, stepId, "ACTION.REQUIRED");
}

function effectProblem(ground: RefusalGround, stepId: string, code: ReasonCode): void {
  const { to } = ground.past;
  const step = to.index.get(stepId);
  const definition = to.steps[step ?? -1];
  const isEffect = definition !== undefined && effectClass(definition) !== "none";
  if (step === undefined || !isEffect || debtAt(ground, step).effect !== code)
    ground.say(code, `${stepId} has no effect that is still owed`, stepId);
}

function repeats({ past: { to }, passed, say }: RefusalGround, { stepId = "", otherStepId }: Obstacle): void {
  const target = to.index.get(otherStepId ?? "");
  const those = passed.filter((k) => k.stepId === stepId);
  // A session that may not start again names no step: that it has passed the checkpoint is all there is to show.
  const again = (image: number) =>
    target === undefined ||
    image === target ||
    (to.outs[target] ?? []).some((next) => reachableFrom(to, next)[image] === 1);
  const isSo = those.some((k) => target === undefined || (!k.waived && k.images.some(again)));
  if (!isSo) say("CHECKPOINT.WOULD_REPEAT", `${stepId} was not passed, or cannot happen again`, stepId);
}

function orphaned({ passed, say }: RefusalGround, { stepId = "" }: Obstacle): void {
  const those = passed.filter((k) => k.stepId === stepId);
  if (those.length === 0) say("CHECKPOINT.ORPHANED", `${stepId} was not passed`, stepId);
}

import type { ReasonCode } from "../contracts/reason-codes.js";
import type { DecisionAudit, MigrationKind, Obstacle, ReplyBinding, Session } from "../contracts/types.js";
import { type Passed, passedCheckpoints, waypointsOf } from "./checkpoints.js";
import { type Evidence, readEvidence } from "./evidence.js";
import { type Facts, Knowledge } from "./facts.js";
import type { Migration } from "./migration.js";
import { Debts } from "./owed.js";
import { Router } from "./routing.js";
import type { Waypoint } from "./run.js";

/** What a decision is made from. */
export interface DecideInput {
  readonly session: Session;
  readonly migration: Migration;
  readonly facts?: Facts;
  /** Waives questions or new decisions for this session's anchor, never checkpoints or required actions. */
  readonly forceKind?: MigrationKind;
  /** A person's choice of the step of the new version that the session's place means. */
  readonly chosenStepId?: string;
  /** False sends sessions that a changed decision leads elsewhere to review. */
  readonly reRouting?: boolean;
}

/** One session under one migration, with everything that its decision asks for more than once. */
export interface Situation {
  readonly input: DecideInput;
  readonly session: Session;
  readonly migration: Migration;
  readonly evidence: Evidence;
  readonly knowledge: Knowledge;
  readonly router: Router;
  readonly debts: Debts;
  readonly passed: readonly Passed[];
  readonly waypoints: readonly Waypoint[];
}

/** Reads a session's past and data under a migration. */
export function openSituation(input: DecideInput): Situation {
  const { session, migration, forceKind } = input;
  const evidence = readEvidence(migration, session);
  const knowledge = new Knowledge(migration.to, session, input.facts ?? {});
  const waiveFields = forceKind === "clean_graft";
  const forced = waiveFields || forceKind === "gap_fill";
  const router = new Router(migration, evidence, knowledge, { forced, anyRound: false });
  const debts = new Debts(migration, evidence, knowledge, { waiveFields, anyRound: false });
  const passed = passedCheckpoints(migration, session, evidence);
  const waypoints = waypointsOf(passed, migration.from, evidence.current);
  return { input, session, migration, evidence, knowledge, router, debts, passed, waypoints };
}

/** The same situation where unchanged decisions stand as taken in any round of a loop. */
export function inAnyRound(s: Situation): Situation {
  const waiveFields = s.input.forceKind === "clean_graft";
  const forced = waiveFields || s.input.forceKind === "gap_fill";
  return {
    ...s,
    router: new Router(s.migration, s.evidence, s.knowledge, { forced, anyRound: true }),
    debts: new Debts(s.migration, s.evidence, s.knowledge, { waiveFields, anyRound: true }),
  };
}

/** The parts that every decision has. */
export interface Common {
  readonly reasons: ReasonCode[];
  readonly replyBinding: ReplyBinding;
  readonly audit: DecisionAudit;
}

/** Writes those parts. */
export function common(
  s: Situation,
  reasons: readonly ReasonCode[],
  more: { toStep?: string; replyBinding?: ReplyBinding; passedOver?: string[] } = {},
): Common {
  const { migration, session, input } = s;
  const forced: ReasonCode[] = input.forceKind === undefined ? [] : ["POLICY.FORCED"];
  const audit: DecisionAudit = {
    fromVersion: session.scenarioVersion,
    toVersion: migration.to.scenario.version,
    fromStep: session.stepId,
    ...(more.toStep === undefined ? {} : { toStep: more.toStep }),
    planIds: [...migration.planIds],
    ...(migration.lineage.length > 0 ? { lineage: [...migration.lineage] } : {}),
    ...(more.passedOver === undefined || more.passedOver.length === 0 ? {} : { passedOver: more.passedOver }),
  };
  return {
    reasons: [...new Set([...reasons, ...migration.notes, ...forced])],
    replyBinding: more.replyBinding ?? "same_question",
    audit,
  };
}

/** The id of a step of the new version. */
export function idOf(s: Situation, step: number): string {
  return s.migration.to.steps[step]?.id ?? "";
}

/** Describes what stands in the way. */
export function obstacle(
  code: ReasonCode,
  message: string,
  more: Omit<Partial<Obstacle>, "code" | "message"> = {},
): Obstacle {
  return { code, ...more, message };
}

/** Whether a step is what the session's own step is matched with; a step that a person chose need not be. */
export function isOwnPlace(s: Situation, target: number): boolean {
  const { current } = s.evidence;
  if (s.input.chosenStepId === undefined || current === undefined) return true;
  const { matching } = s.migration;
  const own = [matching?.imageOf[current]?.to, ...(matching?.ambiguous.get(current) ?? [])];
  return (
    own.includes(target) || matching?.proposed.some((pair) => pair.from === current && pair.to === target) === true
  );
}

import type { Configuration } from "../config/configuration.js";
import type { Plan, ReconciliationResult, Scenario, Session } from "../contracts/types.js";
import type { PlanTerms } from "../plan/build.js";
import { type Answers, type Confirmations, confirm, provide } from "./answers.js";
import { liveVersion, publish, publishedVersions, requireArchived } from "./archive.js";
import type { Engine } from "./context.js";
import { type CompletionInput, completeAction, type ResolutionInput, resolve } from "./decisions.js";
import { deploy } from "./deploy.js";
import { type HoldInput, hold, pause, release, resume, rollback, type UnmarkTarget, unmark } from "./holds.js";
import { checkTenantId } from "./input.js";
import { openEngine, type RegraftOptions } from "./options.js";
import { type PlanCatalogue, planCatalogue } from "./plans.js";
import { type ProposeInput, propose } from "./propose.js";
import { type ReconcileOptions, reconcile } from "./reconcile.js";
import { type Rehearsal, type RehearsalTarget, type RehearseOptions, rehearse } from "./rehearse.js";
import { amend, approve, type Decider, type PlanRef, reject } from "./review.js";
import { requireSession } from "./session-records.js";
import {
  importSession,
  type SessionUpdate,
  type StartInput,
  scenarioOf,
  start,
  update,
  type VisitInput,
  visit,
} from "./sessions.js";
import { type DeploymentStatus, status } from "./status.js";

/**
 * The engine of one tenant. It keeps no state of its own beside caches of immutable things: several engines over the same stores
 * work together.
 *
 * Every method may throw `STORE.UNAVAILABLE`; then the call can be repeated. Methods that are told who decides throw
 * `INPUT.INVALID` where `by` names nobody.
 *
 * @public
 */
export interface Regraft {
  readonly tenantId: string;
  readonly config: Configuration;
  /** The same stores and options for another tenant. Throws `INPUT.INVALID` for what is no id. */
  forTenant(tenantId: string): Regraft;

  /**
   * Archives a version for good and makes it the one on which new sessions start. Moves nobody by itself.
   *
   * @throws RegraftError `SCENARIO.*` or `CONDITION.*`, among them `SCENARIO.VERSION_TAKEN` and `SCENARIO.VERSION_NOT_GREATER`
   */
  publish(scenario: Scenario): Promise<Scenario>;
  /** A published version, the live one if none is named. Throws `SCENARIO.NOT_FOUND`. */
  scenario(id: string, version?: number): Promise<Scenario>;
  /** All published versions, ascending. */
  versions(id: string): Promise<number[]>;
  /** The version on which new sessions start; undefined if none is published. */
  liveVersion(id: string): Promise<number | undefined>;

  /**
   * Starts a session at the entry of the live version. Its variables are kept as given, also where they do not fit the
   * definitions of the fields. Throws `SESSION.EXISTS`.
   */
  startSession(input: StartInput): Promise<Session>;
  /** Takes over a session in its stored form. Throws `INPUT.INVALID`, `SESSION.EXISTS`. */
  importSession(session: Session): Promise<Session>;
  /** The session with its mark. Throws `SESSION.NOT_FOUND`. */
  session(id: string): Promise<Session>;
  /** The version that a session walks: what the host has to serve. */
  scenarioOf(sessionId: string): Promise<Scenario>;
  /**
   * Records that a session came to a step. Throws `SESSION.VERSION_MOVED` if it has left that version meanwhile, and
   * `SESSION.CLOSED` if it is over. Variables are kept as given.
   */
  recordVisit(sessionId: string, stepId: string, visit: VisitInput): Promise<Session>;
  /**
   * Changes variables or status of a session; variables are kept as given. Throws `SESSION.CLOSED` if it is closed or exited,
   * also where it should be opened again: start another session instead.
   */
  update(sessionId: string, changes: SessionUpdate): Promise<Session>;

  /** Makes a pending plan for two versions. Throws `PLAN.DUPLICATE`, `PLAN.OTHER_OPEN`, and what the terms deserve. */
  propose(input: ProposeInput): Promise<Plan>;
  /** Changes the terms of a pending plan, and with them its digest. Throws `PLAN.NOT_PENDING`, `PLAN.CHANGED`. */
  amend(plan: PlanRef, changes: PlanTerms): Promise<Plan>;
  /** Approves a plan as it was read. Throws `PLAN.CHANGED`, `PLAN.EFFECT_UNDECIDED`, `PLAN.STALE`, `PLAN.NOT_PENDING`. */
  approve(plan: Plan, decider: Decider): Promise<Plan>;
  /** Rejects a plan; sessions of its versions stay. Throws `PLAN.NOT_PENDING`. */
  reject(plan: PlanRef, decider: Decider & { readonly reason?: string }): Promise<Plan>;
  readonly plans: PlanCatalogue;

  /**
   * Publishes the new version and marks its sessions; moves nobody. Deploying again after a crash goes on where it stopped.
   *
   * @throws RegraftError `PLAN.NOT_APPROVED`, `PLAN.ALREADY_DEPLOYED`, `PLAN.STALE`, `STORE.LEASE_HELD`
   */
  deploy(plan: PlanRef): Promise<Plan>;
  /** How far a plan has come. */
  status(plan: PlanRef): Promise<DeploymentStatus>;
  /** What would happen to every session of the old version; changes nothing. */
  rehearse(target: RehearsalTarget, options?: RehearseOptions): Promise<Rehearsal>;
  /** Stops a deployed plan for the time being. */
  pause(plan: PlanRef, by: Pick<HoldInput, "by">): Promise<Plan>;
  /** Goes on with a paused plan. */
  resume(plan: PlanRef, by: Pick<HoldInput, "by">): Promise<Plan>;
  /** Ends a deployed plan: sessions that it has not moved stay on their version. */
  rollback(plan: PlanRef, by: HoldInput): Promise<Plan>;
  /** Takes marks off and leaves a hold. */
  unmark(target: UnmarkTarget): Promise<{ readonly unmarked: number }>;
  /** Keeps one session on its version until it is released. */
  hold(sessionId: string, input: HoldInput): Promise<Session>;
  /** Ends the hold of one session. A session that is not held is returned as it is. */
  release(sessionId: string, by: Pick<HoldInput, "by">): Promise<Session>;

  /** Decides about a session at its message, and writes the decision in one commit. Throws `SESSION.NOT_FOUND`. */
  reconcile(sessionId: string, options?: ReconcileOptions): Promise<ReconciliationResult>;
  /**
   * Keeps answers and goes on. Each is checked against the definition of its field in the new version. Throws `ANSWER.INVALID`,
   * `ANSWER.NOT_ASKED`, or `INPUT.INVALID` where there is none; then none of them is kept.
   */
  provide(sessionId: string, answers: Answers, options?: ReconcileOptions): Promise<ReconciliationResult>;
  /** Confirms, refuses or corrects values that were found, and goes on. Throws what `provide` throws. */
  confirm(sessionId: string, answers: Confirmations, options?: ReconcileOptions): Promise<ReconciliationResult>;
  /** Records that a required action was run or waived, and goes on. */
  completeAction(sessionId: string, stepId: string, input?: CompletionInput): Promise<ReconciliationResult>;
  /** Records a person's decision about a session, and goes on under the same promises. */
  resolve(
    sessionId: string,
    input: ResolutionInput,
    decider: ReconcileOptions & { readonly by: string },
  ): Promise<ReconciliationResult>;
}

/**
 * Opens an engine over a store.
 *
 * @param options - the store, or `sessions` and `records` apart; everything else has a default
 * @returns the engine of the empty tenant; see `forTenant`
 * @throws RegraftError `CONFIG.INVALID` with the path of the option that cannot be used
 *
 * @example
 * const regraft = createRegraft({ store: memoryStore() });
 * await regraft.publish(v1);
 * await regraft.startSession({ scenarioId: v1.id, id: "s1" });
 * const plan = await regraft.propose({ from: v1, to: v2 });
 * await regraft.deploy(await regraft.approve(plan, { by: "ana" }));
 * (await regraft.reconcile("s1")).action; // "teleport"
 *
 * @since 0.1.0
 * @public
 */
export function createRegraft(options: RegraftOptions): Regraft {
  return forTenant(openEngine(options));
}

function forTenant(engine: Engine): Regraft {
  return Object.freeze<Regraft>({
    tenantId: engine.tenantId,
    config: engine.config,
    forTenant: (tenantId) => {
      checkTenantId(tenantId);
      return forTenant({ ...engine, tenantId });
    },

    publish: (scenario) => publish(engine, scenario),
    scenario: (id, version) => requireArchived(engine, id, version),
    versions: (id) => publishedVersions(engine, id),
    liveVersion: (id) => liveVersion(engine, id),

    startSession: (input) => start(engine, input),
    importSession: (session) => importSession(engine, session),
    session: (id) => requireSession(engine, id),
    scenarioOf: (sessionId) => scenarioOf(engine, sessionId),
    recordVisit: (sessionId, stepId, input) => visit(engine, sessionId, stepId, input),
    update: (sessionId, changes) => update(engine, sessionId, changes),

    propose: (input) => propose(engine, input),
    amend: (plan, changes) => amend(engine, plan, changes),
    approve: (plan, decider) => approve(engine, plan, decider),
    reject: (plan, decider) => reject(engine, plan, decider),
    plans: planCatalogue(engine),

    deploy: (plan) => deploy(engine, plan),
    status: (plan) => status(engine, plan),
    rehearse: (target, options) => rehearse(engine, target, options),
    pause: (plan, by) => pause(engine, plan, by),
    resume: (plan, by) => resume(engine, plan, by),
    rollback: (plan, by) => rollback(engine, plan, by),
    unmark: (target) => unmark(engine, target),
    hold: (sessionId, input) => hold(engine, sessionId, input),
    release: (sessionId, by) => release(engine, sessionId, by),

    reconcile: (sessionId, options) => reconcile(engine, sessionId, options),
    provide: (sessionId, answers, options) => provide(engine, sessionId, answers, options),
    confirm: (sessionId, answers, options) => confirm(engine, sessionId, answers, options),
    completeAction: (sessionId, stepId, input) => completeAction(engine, sessionId, stepId, input),
    resolve: (sessionId, input, decider) => resolve(engine, sessionId, input, decider),
  });
}

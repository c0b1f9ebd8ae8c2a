import type { Configuration } from "../config/configuration.js";
import type { GateDecision, Plan, ReconciliationResult, Scenario, Session } from "../contracts/types.js";
import type { PlanTerms } from "../plan/build.js";
import type { Identity } from "../ports/authorizer.js";
import { type Answers, type Confirmations, confirm, provide } from "./answers.js";
import { liveVersion, publish, publishedVersions, requireArchived } from "./archive.js";
import { guarded, type IntentOf, identityOf } from "./authorize.js";
import * as intent from "./authorize-intents.js";
import type { Engine } from "./context.js";
import { type CompletionInput, completeAction, type ResolutionInput, resolve } from "./decisions.js";
import { type Delivered, type DeliverOptions, deliver } from "./delivery.js";
import { type DeployInput, deploy } from "./deploy.js";
import { type GateRequest, gate } from "./gate-check.js";
import { type HoldInput, hold, pause, release, resume, rollback, type UnmarkTarget, unmark } from "./holds.js";
import { checkTenantId } from "./input.js";
import { type LedgerBook, ledgerBook } from "./ledger-book.js";
import { type ErasureInput, type ErasureResult, eraseSession } from "./ledger-erase.js";
import { openEngine, type RegraftOptions } from "./options.js";
import type { PlanRef } from "./plan-ref.js";
import { type PlanCatalogue, planCatalogue } from "./plans.js";
import { promote, type Waves } from "./promote.js";
import { type ProposeInput, propose } from "./propose.js";
import { type ReconcileOptions, reconcile } from "./reconcile.js";
import { type RehearsalTarget, type RehearseOptions, rehearse } from "./rehearse.js";
import type { Rehearsal } from "./rehearse-tally.js";
import { type Upkeep, upkeep } from "./retention-upkeep.js";
import { type Approver, amend, approve, type Decider, reject } from "./review.js";
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
import { allSpanned } from "./telemetry.js";
import { type UndoResult, undo } from "./undo.js";
import { type InverseProposal, proposeInverse } from "./undo-plan.js";

/**
 * The engine of one tenant. It keeps no state of its own beside caches of immutable things: several engines over the same stores
 * work together.
 *
 * Every method may throw `STORE.UNAVAILABLE`; then the call can be repeated. `reconcile` does only where the session cannot be read, or
 * where it is not known what became of its write. Methods that are told who decides throw
 * `INPUT.INVALID` where `by` names nobody.
 *
 * @public
 */
export interface Regraft extends Upkeep, Waves {
  readonly tenantId: string;
  readonly config: Configuration;
  /** The same stores and options for another tenant. Throws `INPUT.INVALID` for what is no id. */
  forTenant(tenantId: string): Regraft;
  /**
   * The same engine for somebody: the authorizer is asked about them, and a call that names somebody else in `by` is denied. It is the host
   * that has found out who they are. Throws `INPUT.INVALID`.
   */
  as(identity: Identity): Regraft;

  /**
   * Archives a version for good and makes it the one on which new sessions start. Moves nobody by itself.
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
  amend(plan: PlanRef, changes: PlanTerms, by?: Partial<Decider>): Promise<Plan>;
  /**
   * Approves a plan as it was read. Throws `PLAN.CHANGED`, `PLAN.EFFECT_UNDECIDED`, `PLAN.STALE`, `PLAN.NOT_PENDING`; with a contract or
   * gates `GATE.REFUSED`; with an authorizer `POLICY.SELF_APPROVAL`.
   */
  approve(plan: Plan, decider: Approver): Promise<Plan>;
  /** Rejects a plan; sessions of its versions stay. Throws `PLAN.NOT_PENDING`. */
  reject(plan: PlanRef, decider: Decider & { readonly reason?: string }): Promise<Plan>;
  readonly plans: PlanCatalogue;

  /**
   * Publishes the new version and marks its sessions; moves nobody. Deploying again after a crash goes on where it stopped.
   *
   * @throws RegraftError `PLAN.NOT_APPROVED`, `PLAN.ALREADY_DEPLOYED`, `PLAN.STALE`, `STORE.LEASE_HELD`, `GATE.REFUSED`
   */
  deploy(plan: PlanRef, input?: DeployInput): Promise<Plan>;
  /**
   * What the gate of a plan would decide now, with its measurements; writes nothing and lets nothing through. Throws `PLAN.NOT_FOUND`,
   * and what `rehearse` throws where a contract has something measured.
   */
  gate(plan: PlanRef, request: GateRequest): Promise<GateDecision>;
  /** How far a plan has come. */
  status(plan: PlanRef): Promise<DeploymentStatus>;
  /**
   * What would happen to every session of the old version, counted by outcome, reason and step, with ids; writes nothing. Every session
   * with its decision goes to `onSession`; memory does not grow with their number.
   *
   * @throws RegraftError `PLAN.NOT_FOUND`, `PLAN.STALE`, for two versions what their terms deserve, `SCHEMA.INVALID` for a given
   * session that is none
   */
  rehearse(target: RehearsalTarget, options?: RehearseOptions): Promise<Rehearsal>;
  /** Stops a deployed plan for the time being. */
  pause(plan: PlanRef, by: Pick<HoldInput, "by">): Promise<Plan>;
  /** Goes on with a paused plan. */
  resume(plan: PlanRef, by: Pick<HoldInput, "by">): Promise<Plan>;
  /** Ends a deployed plan: sessions that it has not moved stay on their version. */
  rollback(plan: PlanRef, by: HoldInput): Promise<Plan>;
  /**
   * Proposes the way back from a plan, for sessions that it has moved and that have gone on since: a next version with the content
   * of the old one, and a pending plan to it under the same promises. Throws what `propose` throws, and `SCENARIO.NOT_FOUND` where
   * one of the two versions is not published.
   */
  proposeInverse(plan: PlanRef, by?: { readonly by?: string }): Promise<InverseProposal>;
  /** Takes marks off and leaves a hold. */
  unmark(target: UnmarkTarget): Promise<{ readonly unmarked: number }>;
  /** Keeps one session on its version until it is released. */
  hold(sessionId: string, input: HoldInput): Promise<Session>;
  /** Ends the hold of one session. A session that is not held is returned as it is. */
  release(sessionId: string, by: Pick<HoldInput, "by">): Promise<Session>;
  /**
   * Takes the last move of a session back, as long as it has not gone on since: step, version, history, passed checkpoints and data
   * are as before, and the session is held until it is released. Where that is not possible any more the result says why, and
   * nothing is written. Undoing again changes nothing. Throws `SESSION.CLOSED`.
   */
  undo(sessionId: string, by: HoldInput): Promise<UndoResult>;

  /**
   * Decides about a session at its message, and writes the decision in one commit. Where deciding fails and the session can be read, it
   * goes on as it is: `continue` with `MIGRATION.POSTPONED` and the reason. Throws `SESSION.NOT_FOUND`.
   */
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

  /**
   * With sessions and records in two stores: brings to the ledger what processes that ended right after a write have left, a page of
   * sessions at a time. For a worker that calls it now and then until there is no `cursor`; any other call that needs a session's
   * ledger does the same for that session. Calling it again changes nothing.
   */
  deliver(options?: DeliverOptions): Promise<Delivered>;
  /**
   * Erases the personal data of a session for good: its variables, customer, answers and evidence, and the data of its ledger entries,
   * whose digests and hashes stay, so that the ledger goes on to verify. The session is over then. What the host keeps elsewhere is
   * the host's. Erasing again changes nothing, and completes what a crash has left.
   *
   * @throws RegraftError `SESSION.NOT_FOUND`, `RETENTION.LEGAL_HOLD`, `INPUT.INVALID` without a reason
   */
  eraseSession(sessionId: string, input: ErasureInput): Promise<ErasureResult>;
  /** What happened, entry by entry; verified, sealed and shortened here. */
  readonly ledger: LedgerBook;
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

function guardedLedger(engine: Engine): LedgerBook {
  const { seal, shorten, ...reading } = ledgerBook(engine);
  return Object.freeze<LedgerBook>({
    ...reading,
    seal: guarded(engine, intent.onAll("ledger.seal", "ledger"), seal),
    shorten: guarded(engine, intent.onAll("retention.apply", "ledger"), shorten),
  });
}

function forTenant(engine: Engine): Regraft {
  const guard = <A extends readonly unknown[], R>(intentOf: IntentOf, method: (...args: A) => Promise<R>) =>
    guarded(engine, intentOf, method);
  const regraft: Regraft = {
    tenantId: engine.tenantId,
    config: engine.config,
    forTenant: (tenantId) => {
      checkTenantId(tenantId);
      return forTenant({ ...engine, tenantId });
    },
    as: (identity) => forTenant({ ...engine, identity: identityOf(identity) }),

    publish: guard(intent.onScenario("scenario.publish"), (scenario) => publish(engine, scenario)),
    scenario: (id, version) => requireArchived(engine, id, version),
    versions: (id) => publishedVersions(engine, id),
    liveVersion: (id) => liveVersion(engine, id),

    startSession: guard(intent.onStart, (input) => start(engine, input)),
    importSession: guard(intent.onSession("session.import"), (session) => importSession(engine, session)),
    session: (id) => requireSession(engine, id),
    scenarioOf: (sessionId) => scenarioOf(engine, sessionId),
    recordVisit: guard(intent.onSession("session.visit"), (sessionId, stepId, input) =>
      visit(engine, sessionId, stepId, input),
    ),
    update: guard(intent.onSession("session.update"), (sessionId, changes) => update(engine, sessionId, changes)),

    propose: guard(intent.onProposal, (input) => propose(engine, input)),
    amend: guard(intent.onAmendment, (plan, changes, by) => amend(engine, plan, changes, by)),
    approve: guard(intent.onPlan("plan.approve"), (plan, decider) => approve(engine, plan, decider)),
    reject: guard(intent.onPlan("plan.reject"), (plan, decider) => reject(engine, plan, decider)),
    plans: planCatalogue(engine),

    deploy: guard(intent.onPlan("plan.deploy"), (plan, input) => deploy(engine, plan, input)),
    gate: (plan, request) => gate(engine, plan, request),
    status: (plan) => status(engine, plan),
    rehearse: (target, options) => rehearse(engine, target, options),
    pause: guard(intent.onPlan("plan.pause"), (plan, by) => pause(engine, plan, by)),
    resume: guard(intent.onPlan("plan.resume"), (plan, by) => resume(engine, plan, by)),
    promote: guard(intent.onPlan("plan.promote"), (plan, by) => promote(engine, plan, by)),
    rollback: guard(intent.onPlan("plan.rollback"), (plan, by) => rollback(engine, plan, by)),
    proposeInverse: guard(intent.onPlan("plan.propose"), (plan, by) => proposeInverse(engine, plan, by)),
    unmark: guard(intent.onUnmark, (target) => unmark(engine, target)),
    hold: guard(intent.decidesOn("session.hold"), (sessionId, input) => hold(engine, sessionId, input)),
    release: guard(intent.decidesOn("session.release"), (sessionId, by) => release(engine, sessionId, by)),
    undo: guard(intent.decidesOn("session.undo"), (sessionId, by) => undo(engine, sessionId, by)),

    reconcile: guard(intent.onSession("session.reconcile"), (sessionId, options) =>
      reconcile(engine, sessionId, options),
    ),
    provide: guard(intent.onSession("session.answer"), (sessionId, answers, options) =>
      provide(engine, sessionId, answers, options),
    ),
    confirm: guard(intent.onSession("session.answer"), (sessionId, answers, options) =>
      confirm(engine, sessionId, answers, options),
    ),
    completeAction: guard(intent.onCompletion, (sessionId, stepId, input) =>
      completeAction(engine, sessionId, stepId, input),
    ),
    resolve: guard(intent.onResolution, (sessionId, input, decider) => resolve(engine, sessionId, input, decider)),

    deliver: guard(intent.onAll("ledger.deliver", "session"), (options) => deliver(engine, options)),
    ...upkeep(engine),
    eraseSession: guard(intent.decidesOn("session.erase"), (sessionId, input) =>
      eraseSession(engine, sessionId, input),
    ),
    ledger: guardedLedger(engine),
  };
  return Object.freeze(allSpanned(engine, regraft, notSpanned));
}

/** Methods that do nothing yet. */
const notSpanned: ReadonlySet<string> = new Set(["forTenant", "as"]);

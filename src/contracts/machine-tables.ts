import { defineMachine, type Machine } from "./machine.js";

/** Where a session stands in a migration: what its mark and its migration state come to. */
export type SessionMigrationStatus = "none" | "marked" | "awaiting" | "blocked" | "review" | "held" | "over";

/** What can happen to a session in a migration. */
export type SessionMigrationEvent =
  | "mark"
  | "unmark"
  | "move"
  | "ask"
  | "block"
  | "refer"
  | "hold"
  | "release"
  | "undo"
  | "exit"
  | "close";

const illegal = "STATE.ILLEGAL_TRANSITION";

/** A session can be looked at with and without a mark: a mark is a hint, not a position. */
const considered = {
  move: "none",
  ask: "awaiting",
  block: "blocked",
  refer: "review",
  hold: "held",
  undo: "held",
  exit: "over",
  close: "over",
} as const;

/**
 * A session in a migration. `unmark` takes a mark away; where a person does it for one session or plan, it is a `hold`.
 * Blocked sessions, those that wait and those for review are decided about anew at each message. `release` of a session with kept answers
 * is followed by `ask`.
 *
 * @public
 */
export const sessionMigrationMachine: Machine<SessionMigrationStatus, SessionMigrationEvent> =
  /* @__PURE__ */ defineMachine<SessionMigrationStatus, SessionMigrationEvent>({
    initial: "none",
    table: {
      none: { ...considered, mark: "marked" },
      marked: { ...considered, mark: "marked", unmark: "none" },
      awaiting: { ...considered, mark: "awaiting", unmark: "awaiting" },
      blocked: { ...considered, mark: "blocked", unmark: "blocked" },
      review: { ...considered, mark: "review", unmark: "review" },
      held: {
        mark: "held",
        unmark: "held",
        hold: "held",
        undo: "held",
        release: "none",
        refer: "review",
        exit: "over",
        close: "over",
      },
      over: {},
    },
    illegal,
  });

/** The stage that planning has come to. */
export type PlanningStatus =
  | "analyze"
  | "propose"
  | "select"
  | "expand"
  | "review"
  | "revise"
  | "re_review"
  | "final_review"
  | "ready"
  | "ready_awaiting_human"
  | "skipped";

/** How a stage of planning ended, or that feedback opens it again. */
export type PlanningEvent =
  | "complete"
  | "clear"
  | "findings"
  | "approve"
  | "approve_needs_human"
  | "reject"
  | "review_passed"
  | "reopen";

/**
 * Staged planning: a cursor that only moves when a stage was accepted.
 *
 * @public
 */
export const planningMachine: Machine<PlanningStatus, PlanningEvent> = /* @__PURE__ */ defineMachine<
  PlanningStatus,
  PlanningEvent
>({
  initial: "analyze",
  table: {
    analyze: { complete: "propose" },
    propose: { complete: "select" },
    select: { complete: "expand" },
    expand: { complete: "review" },
    review: { clear: "final_review", findings: "revise", reopen: "revise" },
    revise: { complete: "re_review" },
    re_review: { clear: "final_review", reopen: "revise" },
    final_review: {
      approve: "ready",
      approve_needs_human: "ready_awaiting_human",
      reject: "skipped",
      reopen: "revise",
    },
    ready: { reopen: "revise" },
    ready_awaiting_human: { review_passed: "ready", reopen: "revise" },
    skipped: {},
  },
  illegal,
});

/** Where the rollout of a deployed plan in waves stands. */
export type RolloutStatus = "waiting" | "wave" | "paused" | "promoted" | "rolled_back";

/** What can happen to a rollout. */
export type RolloutEvent = "start" | "advance" | "inconclusive" | "pause" | "resume" | "promote" | "roll_back";

/**
 * A rollout in waves. What cannot be told from the numbers pauses it; it never goes on by itself from there.
 *
 * @public
 */
export const rolloutMachine: Machine<RolloutStatus, RolloutEvent> = /* @__PURE__ */ defineMachine<
  RolloutStatus,
  RolloutEvent
>({
  initial: "waiting",
  table: {
    waiting: { start: "wave", roll_back: "rolled_back" },
    wave: {
      advance: "wave",
      inconclusive: "paused",
      pause: "paused",
      promote: "promoted",
      roll_back: "rolled_back",
    },
    paused: { resume: "wave", roll_back: "rolled_back" },
    promoted: { roll_back: "rolled_back" },
    rolled_back: {},
  },
  illegal,
});

/** Whether calls to a dependency go through. */
export type BreakerStatus = "closed" | "open" | "half_open";

/** What can happen to a breaker. */
export type BreakerEvent = "trip" | "probe" | "succeed" | "fail";

/**
 * A circuit breaker. Single failures leave a closed one closed; enough of them `trip` it.
 *
 * @public
 */
export const breakerMachine: Machine<BreakerStatus, BreakerEvent> = /* @__PURE__ */ defineMachine<
  BreakerStatus,
  BreakerEvent
>({
  initial: "closed",
  table: {
    closed: { succeed: "closed", fail: "closed", trip: "open" },
    open: { probe: "half_open" },
    half_open: { succeed: "closed", fail: "open" },
  },
  illegal,
});

/** Where work that was set aside stands. */
export type DeadLetterStatus = "parked" | "requeued" | "resolved" | "discarded";

/** What can happen to a dead letter. */
export type DeadLetterEvent = "requeue" | "succeed" | "fail" | "discard";

/**
 * Work that failed too often: set aside, tried again, settled or given up.
 *
 * @public
 */
export const deadLetterMachine: Machine<DeadLetterStatus, DeadLetterEvent> = /* @__PURE__ */ defineMachine<
  DeadLetterStatus,
  DeadLetterEvent
>({
  initial: "parked",
  table: {
    parked: { requeue: "requeued", discard: "discarded" },
    requeued: { succeed: "resolved", fail: "parked" },
    resolved: {},
    discarded: {},
  },
  illegal,
});

/** How far the change that a flag switches has come. */
export type FlagStage = "opt_in" | "default" | "deprecated" | "removed";

/** What can happen to a flag. */
export type FlagEvent = "stabilize" | "deprecate" | "revert" | "remove";

/**
 * A flag on its way from opt-in to removed. No stage is skipped, so that nobody loses a switch unwarned.
 *
 * @public
 */
export const flagMachine: Machine<FlagStage, FlagEvent> = /* @__PURE__ */ defineMachine<FlagStage, FlagEvent>({
  initial: "opt_in",
  table: {
    opt_in: { stabilize: "default" },
    default: { deprecate: "deprecated", revert: "opt_in" },
    deprecated: { remove: "removed", revert: "default" },
    removed: {},
  },
  illegal,
});

/** How a run of an operation ended, or that it goes on. */
export type RunStatus = "running" | "succeeded" | "failed" | "aborted";

/** What can happen to a run. */
export type RunEvent = "succeed" | "fail" | "abort";

/**
 * One run of an operation; it ends once.
 *
 * @public
 */
export const runMachine: Machine<RunStatus, RunEvent> = /* @__PURE__ */ defineMachine<RunStatus, RunEvent>({
  initial: "running",
  table: {
    running: { succeed: "succeeded", fail: "failed", abort: "aborted" },
    succeeded: {},
    failed: {},
    aborted: {},
  },
  illegal,
});

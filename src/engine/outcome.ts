import { thresholdsOf } from "../config/thresholds.js";
import type {
  Decision,
  FoundValue,
  MigrationState,
  ReasonCode,
  ReconciliationResult,
  Session,
} from "../contracts/types.js";
import { canonicalJson } from "../hash/canonical-json.js";
import { own } from "../hash/own.js";
import type { LedgerRecord } from "../ports/ledger.js";
import { knownValue } from "../scenario/value.js";
import { arrive } from "../session/arrive.js";
import { inverseOf } from "../session/inverse.js";
import type { Considered, Decided, Held } from "./consider.js";
import { type Engine, happened, timeOf } from "./context.js";
import { lineageAfter, profileItem, profileWrites, writtenOf } from "./lineage.js";
import { sawElse, withBinding } from "./reply.js";
import type { SessionChange } from "./session-records.js";

/** What becomes of a session: the decision, and the one write that it needs, if any. */
export interface Outcome {
  readonly decision: Decision;
  readonly change?: Omit<SessionChange, "records">;
  /** For the ledger: what was found, without the values. */
  readonly found: readonly FoundValue[];
  /** For the ledger: digests and checksums of what was decided on. */
  readonly basis?: Readonly<Record<string, string>>;
}

/**
 * Turns an evaluation into a decision and a write. A repeated outcome writes nothing.
 *
 * Where a migration has asked something, the person saw that last, and not the session's step.
 */
export function outcomeOf(engine: Engine, session: Session, considered: Considered): Outcome {
  const outcome = { ...unbound(engine, session, considered), ...basisOf(considered) };
  if (!sawElse(session)) return outcome;
  return { ...outcome, decision: withBinding(outcome.decision, "changed_question") };
}

function unbound(engine: Engine, session: Session, considered: Considered): Outcome {
  switch (considered.is) {
    case "idle": {
      const decision = stays(session, considered.reason, considered.live ?? session.scenarioVersion);
      if (!considered.clearMark) return { decision, found: [] };
      const { migration: _, ...settled } = session;
      return { decision, change: { session: stamped(engine, settled), clearMark: true }, found: [] };
    }
    case "held":
      return held(engine, session, considered);
    case "decided":
      return decided(engine, session, considered);
  }
}

/** The versions and plans that a decision rests on. */
function basisOf(considered: Considered): Pick<Outcome, "basis"> {
  if (considered.is !== "decided") return {};
  const { plans, migration } = considered;
  const digests = plans.map(({ id, digest }): [string, string] => [`plan ${id}`, digest]);
  return { basis: { to: migration.to.checksum, ...Object.fromEntries(digests) } };
}

/** What is kept as evidence: of everything but a session that stays, or moves without a question or a detour. */
function evidenceFor(before: Session, { decision, basis }: Outcome): Record<string, unknown> {
  const isPlain = decision.action === "continue" || (decision.action === "teleport" && decision.kind === "clean_graft");
  if (isPlain || basis === undefined) return {};
  return { evidence: { revision: String(before.revision), from: before.scenarioChecksum, ...basis } };
}

function stays({ scenarioVersion, stepId }: Session, reason: ReasonCode, toVersion: number): Decision {
  const audit = { fromVersion: scenarioVersion, toVersion, fromStep: stepId, planIds: [] };
  return { action: "continue", reasons: [reason], replyBinding: "same_question", audit };
}

function stamped(engine: Engine, session: Session): Session {
  return { ...session, updatedAt: timeOf(engine) };
}

function held(engine: Engine, session: Session, { reason, planId, live }: Held): Outcome {
  const decision = stays(session, reason, live);
  const { asked = {}, found = [] } = session.migration ?? {};
  const plan = planId === undefined ? {} : { planId };
  const wait: Wait = { state: "held", reason, toVersion: live, ...plan, fields: Object.keys(asked), found };
  const state = stateOf(engine, session, wait);
  const personal = reason === "HOLD.MANUAL" || reason === "HOLD.UNMARKED" || reason === "HOLD.UNDONE";
  const migration = personal && session.migration !== undefined ? answeredOnce(session.migration) : state;
  const change = waiting(engine, session, migration, session.pendingMigration !== undefined);
  return { decision, ...(change === undefined ? {} : { change }), found: [] };
}

/** The state once a message has come: the next one answers the session's step again. */
function answeredOnce({ replyElsewhere: _, ...state }: MigrationState): MigrationState {
  return state;
}

function decided(engine: Engine, session: Session, considered: Decided): Outcome {
  const { found } = considered;
  const decision = notified(engine, considered);
  if (decision.action === "teleport") {
    const walker = { ...session, variables: filled(considered) };
    const { historyLimit } = engine.config;
    const at = timeOf(engine);
    const arrived = arrive(walker, considered.migration, decision, { at, historyLimit });
    const written = writtenOf(session, arrived, considered.certain);
    const { lineage: _, ...bare } = arrived;
    const moved = { ...bare, ...lineageAfter(session, arrived, written, considered.traced) };
    const write = canSave(engine) ? profileWrites(written) : [];
    const item = profileItem(session, "move", { customerId: session.customerId, at, write });
    const inverse = inverseOf(session, moved, decision.audit.planIds, item);
    const change = {
      session: { ...moved, inverse },
      clearMark: true,
      ...(item === undefined ? {} : { outbox: [item] }),
    };
    return { decision, change, found };
  }
  if (decision.action === "exit_scenario") {
    const { migration: _, inverse: __, ...rest } = session;
    return { decision, change: { session: stamped(engine, { ...rest, status: "exited" }), clearMark: true }, found };
  }
  if (decision.action === "continue") return { decision, found };
  const change = waiting(engine, session, stateOf(engine, session, waitFor(considered, decision)), false);
  return { decision, ...(change === undefined ? {} : { change }), found };
}

type Wait = Pick<MigrationState, "state" | "reason" | "toVersion" | "planId"> & {
  readonly fields?: readonly string[];
  readonly found?: readonly FoundValue[];
};

type Waiting = Exclude<Decision, { action: "continue" | "teleport" | "exit_scenario" }>;

function waitFor({ migration, found }: Decided, decision: Waiting): Wait {
  const planId = migration.planIds.at(-1);
  const common = { toVersion: migration.to.scenario.version, found, ...(planId === undefined ? {} : { planId }) };
  switch (decision.action) {
    case "collect":
      return { ...common, state: "awaiting", reason: decision.obstacle.code, fields: decision.fields };
    case "confirm":
      return {
        ...common,
        state: "awaiting",
        reason: decision.obstacle?.code ?? "FIELD.REQUIRED",
        fields: [decision.field],
      };
    case "execute_action":
      return { ...common, state: "awaiting", reason: decision.obstacle.code };
    case "blocked":
    case "review":
      return { ...common, state: decision.action, reason: decision.reason };
  }
}

/** The state that a session is in now; what it was asked before, and since when it waits, stays as it was. */
function stateOf(
  engine: Engine,
  { migration: before, stepId }: Session,
  { fields = [], found = [], ...wait }: Wait,
): MigrationState {
  const now = timeOf(engine);
  const goesOn = before?.state === wait.state && before.reason === wait.reason && before.toVersion === wait.toVersion;
  const asked = Object.fromEntries(fields.map((field) => [field, own(before?.asked, field) ?? now]));
  const { resolution: made } = before ?? {};
  const resolution = made?.toVersion === wait.toVersion && (made?.fromStepId ?? stepId) === stepId ? made : undefined;
  return {
    ...wait,
    asked,
    since: goesOn ? before.since : now,
    ...(resolution === undefined ? {} : { resolution }),
    ...(found.length === 0 ? {} : { found: [...found] }),
  };
}

/** The write that puts a session into a state; undefined if it is in it already. */
function waiting(engine: Engine, session: Session, migration: MigrationState, clearMark: boolean): Outcome["change"] {
  const same = session.migration !== undefined && canonicalJson(session.migration) === canonicalJson(migration);
  if (same && !clearMark) return undefined;
  return { session: stamped(engine, { ...session, migration }), clearMark };
}

/** The data with which a session moves: changed by the plans, and filled with what was found and was missing. */
function filled({ variables, expired, certain, migration }: Decided): Session["variables"] {
  const missing = certain.filter(({ field }) => !knownValue(migration.to.fields.get(field), own(variables, field)));
  if (missing.length === 0 && Object.keys(expired).length === 0) return variables;
  return { ...expired, ...variables, ...Object.fromEntries(missing.map(({ field, value }) => [field, value])) };
}

/** Whether there is a profile that takes what was found. */
function canSave({ sources }: Engine): boolean {
  return sources.some(({ kind, save }) => kind === "profile" && save !== undefined);
}

/** A re-route tells the person, unless the configuration says otherwise. */
function notified({ config }: Engine, { decision, migration }: Decided): Decision {
  if (decision.action !== "teleport" || decision.kind !== "re_route" || !config.notifyOnReRoute) return decision;
  const step = migration.to.steps[migration.to.index.get(decision.stepId) ?? -1];
  const name = step?.name ?? step?.intent ?? decision.stepId;
  return { ...decision, userMessage: config.notifyTemplate.replaceAll("{step}", () => name) };
}

/** The decision with where the session stands afterwards. */
export function resultOf(decision: Decision, session: Session, messageId?: string): ReconciliationResult {
  const { id: sessionId, tenantId, scenarioVersion: version, stepId } = session;
  return {
    ...decision,
    sessionId,
    tenantId,
    ...(messageId === undefined ? {} : { messageId }),
    position: { version, stepId },
    pending: session.pendingMigration !== undefined,
  };
}

/** What the ledger is told about a reconciliation: everything but the values of fields. */
export function reconciled(
  engine: Engine,
  before: Session,
  outcome: Outcome,
  result: ReconciliationResult,
  key: string | undefined,
): LedgerRecord {
  const { decision, found } = outcome;
  const { action, reasons, audit } = decision;
  const { value: _, quote: __, prompt: ___, competing, ...shown }: Record<string, unknown> = { ...result };
  const fields =
    decision.action === "collect" ? decision.fields : decision.action === "confirm" ? [decision.field] : [];
  return happened(engine, "session.reconciled", {
    ...(key === undefined ? {} : { key }),
    action,
    reasons,
    from: { version: before.scenarioVersion, stepId: before.stepId },
    to: result.position,
    planIds: audit.planIds,
    ...(decision.action === "teleport" ? { kind: decision.kind } : {}),
    ...(fields.length > 0 ? { fields } : {}),
    ...(found.length > 0 ? { found: found.map((one) => withoutWords(engine, one)) } : {}),
    ...(Array.isArray(competing) ? { conflict: true } : {}),
    ...evidenceFor(before, outcome),
    result: shown,
  });
}

/** Where a value was found, without the value and the words around it; with what a model may have read, the thresholds it had to pass. */
function withoutWords({ config, tenantId }: Engine, found: FoundValue): Record<string, unknown> {
  const { value: _, quote: __, competing = [], refused: ___, scenarioVersion: ____, at: foundAt, ...origin } = found;
  const others = competing.map(({ source, kind, confidence }) => ({ source, kind, confidence }));
  const isRead = found.kind === "conversation" || found.model !== undefined;
  return {
    ...origin,
    foundAt,
    ...(isRead ? { gate: thresholdsOf(config, tenantId, found.field) } : {}),
    ...(others.length === 0 ? {} : { competing: others }),
  };
}

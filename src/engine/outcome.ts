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
import type { Considered, Decided, Held } from "./consider.js";
import { type Engine, happened, timeOf } from "./context.js";
import type { SessionChange } from "./session-records.js";

/** What becomes of a session: the decision, and the one write that it needs, if any. */
export interface Outcome {
  readonly decision: Decision;
  readonly change?: Omit<SessionChange, "records">;
  /** For the ledger: what was found, without the values. */
  readonly found: readonly FoundValue[];
}

/** Turns an evaluation into a decision and a write. A repeated outcome writes nothing. */
export function outcomeOf(engine: Engine, session: Session, considered: Considered): Outcome {
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
  const personal = reason === "HOLD.MANUAL" || reason === "HOLD.UNMARKED";
  const migration = personal && session.migration !== undefined ? session.migration : state;
  const change = waiting(engine, session, migration, session.pendingMigration !== undefined);
  return { decision, ...(change === undefined ? {} : { change }), found: [] };
}

function decided(engine: Engine, session: Session, considered: Decided): Outcome {
  const { found } = considered;
  const decision = notified(engine, considered);
  if (decision.action === "teleport") {
    const walker = { ...session, variables: filled(considered) };
    const { historyLimit } = engine.config;
    const moved = arrive(walker, considered.migration, decision, { at: timeOf(engine), historyLimit });
    return { decision, change: { session: moved, clearMark: true }, found };
  }
  if (decision.action === "exit_scenario") {
    const { migration: _, ...rest } = session;
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
function filled({ variables, certain, migration }: Decided): Session["variables"] {
  const missing = certain.filter(({ field }) => !knownValue(migration.to.fields.get(field), own(variables, field)));
  if (missing.length === 0) return variables;
  return { ...variables, ...Object.fromEntries(missing.map(({ field, value }) => [field, value])) };
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
  { decision, found }: Outcome,
  result: ReconciliationResult,
  key: string | undefined,
): LedgerRecord {
  const { action, reasons, audit } = decision;
  const { value: _, quote: __, ...shown }: Record<string, unknown> = { ...result };
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
    ...(found.length > 0
      ? { found: found.map(({ field, source, confidence }) => ({ field, source, confidence })) }
      : {}),
    result: shown,
  });
}

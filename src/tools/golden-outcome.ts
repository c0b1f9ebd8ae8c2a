import type {
  GoldenActionCounts,
  GoldenPlace,
  GoldenPlan,
  GoldenResult,
  Plan,
  Scenario,
  Session,
} from "../contracts/types.js";
import type { LedgerEntry } from "../ports/ledger.js";
import type { GoldenStage } from "./golden-stage.js";
import type { GoldenTrace, ToldResult } from "./golden-trace.js";

const mostEntries = 10_000;

/** What a case came to, in full, under the keys of its `expect`. */
export interface GoldenOutcomeFacts {
  readonly results: Readonly<Record<string, readonly GoldenResult[]>>;
  readonly sessions: Readonly<Record<string, GoldenPlace>>;
  readonly plans: Readonly<Record<string, GoldenPlan>>;
  readonly counts: {
    readonly actions: Required<GoldenActionCounts>;
    readonly versions: Readonly<Record<string, number>>;
    readonly sessions: number;
    readonly pending: number;
    readonly moves: number;
  };
  readonly refused: GoldenTrace["refused"];
}

/** What is looked at when a case has ended. */
export interface EndedCase {
  readonly stage: GoldenStage;
  readonly tenantId: string;
  readonly trace: GoldenTrace;
  readonly versions: readonly Scenario[];
}

/** Reads the outcome past all faults, and what it was read from. */
export async function outcomeOf({ stage, tenantId, trace, versions }: EndedCase): Promise<{
  outcome: GoldenOutcomeFacts;
  stored: { sessions: Session[]; plans: Plan[]; entries: LedgerEntry[] };
}> {
  stage.faults.cut(false);
  const names = [...trace.plans];
  const found = await Promise.all([...trace.sessions].map((id) => stage.raw.get({ tenantId, id })));
  const sessions = found.filter((session) => session !== undefined);
  const read = await Promise.all(names.map(([, id]) => stage.engine(tenantId).plans.get(id)));
  const plans = read.filter((plan) => plan !== undefined);
  const nameOf = (id: string) => names.find(([, known]) => known === id)?.[0] ?? id;
  const streams = await Promise.all(
    sessions.map(({ id }) => stage.raw.read({ kind: "session", tenantId, id }, { limit: mostEntries })),
  );
  const entries = streams.flatMap((stream) => stream.entries);
  const outcome: GoldenOutcomeFacts = {
    results: bySession(trace.results, nameOf),
    sessions: Object.fromEntries(sessions.map((session) => [session.id, placeOf(session)])),
    plans: Object.fromEntries(plans.map((plan) => [nameOf(plan.id), planFacts(plan)])),
    counts: {
      actions: actionsOf(trace.results),
      versions: versionsOf(sessions, versions),
      sessions: sessions.length,
      pending: sessions.filter(({ pendingMigration }) => pendingMigration !== undefined).length,
      moves: entries.filter(({ type, data }) => type === "session.reconciled" && data.action === "teleport").length,
    },
    refused: trace.refused,
  };
  return { outcome, stored: { sessions, plans, entries } };
}

function bySession(told: readonly ToldResult[], nameOf: (id: string) => string): Record<string, GoldenResult[]> {
  const found: Record<string, GoldenResult[]> = {};
  for (const one of told) {
    found[one.sessionId] ??= [];
    found[one.sessionId]?.push(resultOf(one, nameOf));
  }
  return found;
}

/** A result without its witness, with the plans by their names. */
function resultOf({ do: kind, result }: ToldResult, nameOf: (id: string) => string): GoldenResult {
  const { action, reasons, replyBinding, position, pending, audit } = result;
  const { sessionId: _s, tenantId: _t, messageId: _m, audit: _a, ...rest } = result;
  const { witness: _w, ...specific } = "witness" in rest ? rest : { ...rest, witness: undefined };
  return {
    ...specific,
    do: kind,
    action,
    reasons: [...reasons],
    replyBinding,
    position,
    pending,
    plans: audit.planIds.map(nameOf),
    passedOver: [...(audit.passedOver ?? [])],
  };
}

function placeOf(session: Session): GoldenPlace {
  const { stepId, scenarioVersion, status, variables, pendingMigration, migration, stepHistory } = session;
  return {
    stepId,
    version: scenarioVersion,
    status,
    variables,
    pending: pendingMigration !== undefined,
    state: migration?.state ?? "none",
    ...(migration === undefined ? {} : { reason: migration.reason }),
    asked: Object.keys(migration?.asked ?? {}).sort(),
    history: stepHistory.map((visit) => visit.stepId),
    passedCheckpoints: session.passedCheckpoints.map((checkpoint) => checkpoint.stepId),
    completedActions: (session.completedActions ?? []).map((done) => done.stepId),
    revision: session.revision,
    lastActivityAt: session.lastActivityAt,
  };
}

function planFacts({ status, marking, summary, map, lint }: Plan): GoldenPlan {
  const { total, counted } = summary.affectedSessions;
  return {
    status,
    marked: marking?.marked ?? 0,
    ...(counted ? { affected: total } : {}),
    kinds: Object.fromEntries(map.anchors.map(({ from, kind }) => [from, kind])),
    pairs: Object.fromEntries(map.pairs.map(({ from, to }) => [from, to])),
    inserted: [...map.inserted],
    removed: [...map.removed],
    moved: [...map.moved],
    fields: [...new Set(summary.fieldsToCollect.map(({ field }) => field))].sort(),
    findings: [...new Set(lint.map(({ code }) => code))].sort(),
  };
}

function actionsOf(told: readonly ToldResult[]): Required<GoldenActionCounts> {
  const counts = {
    continue: 0,
    teleport: 0,
    collect: 0,
    confirm: 0,
    execute_action: 0,
    blocked: 0,
    review: 0,
    exit_scenario: 0,
  };
  for (const { result } of told) counts[result.action] += 1;
  return counts;
}

function versionsOf(sessions: readonly Session[], versions: readonly Scenario[]): Record<string, number> {
  const counts = Object.fromEntries(versions.map(({ version }) => [String(version), 0]));
  for (const { scenarioVersion } of sessions) {
    const key = String(scenarioVersion);
    counts[key] = (counts[key] ?? 0) + 1;
  }
  return counts;
}

import {
  isRegraftError,
  type LedgerEntry,
  type Plan,
  type ReconciliationResult,
  type Scenario,
  type Session,
} from "./api.js";
import { type Actual, list, record } from "./case.js";
import { planFacts } from "./outcome-plans.js";
import type { Trace } from "./trace.js";
import type { World } from "./world.js";

/** Kinds of cases whose `status` is that of a plan; in all others it is the session's. */
const aboutPlans = new Set(["plan", "mark", "lifecycle"]);

/** What happened to plans and sessions, under the key names of the cases. */
export async function outcomeOf(world: World, trace: Trace, kind: string): Promise<Actual> {
  const sessions = await Promise.all(
    world.sessions.map((given) => world.raw.get({ tenantId: world.tenantOf(given), id: world.idOf(given) })),
  );
  const present = sessions.filter((session) => session !== undefined);
  const plans = await knownPlans(world, trace);
  const [main] = present;
  const last = plans.at(-1);
  const entries = main === undefined ? [] : await ledgerOf(world, main);
  return {
    ...planFacts(world, trace, plans),
    marked: plans.reduce((sum, { plan }) => sum + (plan.marking?.marked ?? 0), 0),
    eligible: eligible(world, present),
    session: Object.fromEntries(present.map((session) => [session.id, placeOf(session)])),
    ...(main === undefined ? {} : await sessionFacts(world, trace, main, entries)),
    ...(main === undefined
      ? {}
      : decisionFacts(trace.results.filter(({ sessionId }) => sessionId === main.id).at(-1)?.result)),
    ...(main === undefined ? {} : appliedFacts(entries, plans, trace)),
    ...(aboutPlans.has(kind) && last !== undefined ? { status: last.plan.status } : {}),
    planStatus: last?.plan.status ?? null,
    modelCalls: world.reader.calls.length,
    modelCallsForEmail: world.reader.callsFor("email"),
    terminates: main === undefined ? true : await settles(world, main),
    error: trace.error ?? null,
    errors: trace.refused.map(({ word }) => word),
    errorCode: trace.refused[0]?.code ?? null,
    crashes: trace.crashes.length,
    milliseconds: trace.milliseconds,
    ...(trace.deleted === undefined ? {} : { deleted: trace.deleted }),
    ...(trace.list === undefined ? {} : { total: trace.list.total, distinct: new Set(trace.list.ids).size }),
    ...(trace.notes.length === 0 ? {} : { notes: trace.notes }),
  };
}

/** A plan with the pair of versions that the case made it for. */
export interface PairedPlan {
  readonly name: string;
  readonly plan: Plan;
}

async function knownPlans(world: World, trace: Trace): Promise<PairedPlan[]> {
  return Promise.all(trace.plans.map(async ({ pair, id }) => ({ name: pair.join("-"), plan: await world.plan(id) })));
}

async function ledgerOf(world: World, { tenantId, id }: Session): Promise<readonly LedgerEntry[]> {
  return (await world.raw.read({ kind: "session", tenantId, id }, { limit: 10_000 })).entries;
}

/** Sessions of the case's scenario, version and tenant that carry a mark. */
function eligible(world: World, sessions: readonly Session[]): string[] {
  const { scenarioId, tenantId } = world;
  return sessions.flatMap((session) =>
    session.pendingMigration !== undefined && session.scenarioId === scenarioId && session.tenantId === tenantId
      ? [session.id]
      : [],
  );
}

function placeOf(session: Session): Actual {
  const { stepId, scenarioVersion, pendingMigration, migration, variables, status, revision, stepHistory } = session;
  return {
    step: stepId,
    version: scenarioVersion,
    pending: pendingMigration !== undefined,
    markedStep: pendingMigration?.stepId ?? null,
    variables,
    status,
    revision,
    held: migration?.state === "held",
    lastActivityAt: session.lastActivityAt,
    history: stepHistory.map((visit) => visit.stepId),
  };
}

async function sessionFacts(
  world: World,
  trace: Trace,
  session: Session,
  entries: readonly LedgerEntry[],
): Promise<Actual> {
  const graph = await walkedBy(world, session);
  const { step, version, pending, variables, status, held } = placeOf(session);
  const nextSteps = graph?.transitions.filter((way) => way.from === session.stepId).map((way) => way.to) ?? [];
  const reconciled = entries.filter(({ type }) => type === "session.reconciled");
  return {
    step,
    version,
    pending,
    variables,
    status,
    held,
    nextSteps: [...new Set(nextSteps)],
    stepExistsInVersion: graph?.steps.some(({ id }) => id === session.stepId) ?? false,
    lastActivityAt: session.lastActivityAt,
    results: trace.results.map(({ result }) => result.action),
    log: reconciled.map(({ data }) => ({ action: data.action, reasons: data.reasons })),
  };
}

/** The graph that the host serves the session with; undefined where the archive has lost it. */
async function walkedBy(world: World, { tenantId, id }: Session): Promise<Scenario | undefined> {
  try {
    return await world.of(tenantId).scenarioOf(id);
  } catch (error) {
    if (isRegraftError(error, "SCENARIO.NOT_FOUND")) return undefined;
    throw error;
  }
}

/** The last decision about the session. */
function decisionFacts(result: ReconciliationResult | undefined): Actual {
  if (result === undefined) return {};
  const { action, reasons, replyBinding, audit } = result;
  const obstacle = "obstacle" in result ? result.obstacle : undefined;
  const aboutCheckpoint = reasons.some((code) => code.startsWith("CHECKPOINT."));
  return {
    action,
    reasons,
    replyBinding,
    obstacle: obstacle ?? null,
    passedOver: audit.passedOver ?? [],
    lineage: audit.lineage ?? [],
    blockedByCheckpoint: aboutCheckpoint && action !== "teleport",
    checkpointWarning: obstacle?.checkpointDescription ?? null,
    ...specifics(result),
  };
}

function specifics(result: ReconciliationResult): Actual {
  switch (result.action) {
    case "teleport":
      return { kind: result.kind, witness: result.witness, userMessage: result.userMessage ?? null };
    case "collect":
      return { collect: result.fields, collectSet: result.fields, prompts: result.prompts };
    case "confirm":
      return {
        field: result.field,
        value: result.value,
        quote: result.quote,
        confirm: { [result.field]: result.value },
      };
    case "execute_action":
      return { actions: result.stepIds };
    case "review":
      return { candidates: result.candidates };
    case "exit_scenario":
      return { userMessage: result.userMessage };
    default:
      return {};
  }
}

/** What was applied to the session, as its ledger has it. */
function appliedFacts(entries: readonly LedgerEntry[], plans: readonly PairedPlan[], trace: Trace): Actual {
  const nameOf = (id: unknown) => plans.find(({ plan }) => plan.id === id)?.name ?? String(id);
  const applied = entries.filter(
    ({ type, data }) => type === "session.reconciled" && ["teleport", "exit_scenario"].includes(String(data.action)),
  );
  const last = trace.results.at(-1)?.result;
  return {
    migrationsApplied: applied.filter(({ data }) => data.action === "teleport").length,
    auditCount: applied.length,
    audit: applied.map(({ at, data }) => {
      const [from, to] = [record(data.from), record(data.to)];
      return {
        at,
        action: data.action,
        kind: data.kind ?? null,
        fromVersion: from.version,
        toVersion: to.version,
        fromStep: from.stepId,
        toStep: to.stepId,
        plans: list(data.planIds).map(nameOf),
      };
    }),
    usedPlans: (last?.audit.planIds ?? []).map(nameOf),
  };
}

/** Whether one more message leaves nothing to be done over and over: no mark is left. */
async function settles(world: World, { tenantId, id, status }: Session): Promise<boolean> {
  if (status === "closed" || status === "exited") return true;
  try {
    await world.of(tenantId).reconcile(id, { messageId: "message-after-all" });
  } catch (error) {
    if (isRegraftError(error)) return false;
    throw error;
  }
  return (await world.raw.get({ tenantId, id }))?.pendingMigration === undefined;
}

import type { Plan, Session } from "../contracts/types.js";
import type { WaveNumbers } from "../ledger/wave-guards.js";
import { waveReaches } from "../plan/rollout.js";
import type { LedgerEntry } from "../ports/ledger.js";
import type { DeadLetter } from "../resilience/dead-letter.js";
import { type Engine, readPageSize, subjectOf } from "./context.js";
import { letterKind } from "./dead-letters.js";
import { deliverLedger } from "./outbox.js";

const pageLimit = 1000;

/** What the ledger of a session says about a plan. */
interface Told {
  /** What was decided last in this wave; undefined if nothing was. */
  action?: unknown;
  /** Decided about in an earlier wave. */
  before: boolean;
  questions: number;
  violations: number;
}

function namesPlan({ planIds }: LedgerEntry["data"], planId: string): boolean {
  return Array.isArray(planIds) && planIds.includes(planId);
}

function isViolation({ data: { reasons } }: LedgerEntry): boolean {
  return Array.isArray(reasons) && reasons.some((code) => typeof code === "string" && code.startsWith("SECURITY."));
}

async function toldOf(engine: Engine, session: Session, { id, deployedAt = "" }: Plan, since: string): Promise<Told> {
  await deliverLedger(engine, session);
  const stream = subjectOf(engine, "session", session.id);
  const told: Told = { before: false, questions: 0, violations: 0 };
  for (let after = 0; ; ) {
    const { entries, head } = await engine.records.read(stream, { after, limit: pageLimit });
    for (const entry of entries) {
      after = entry.seq;
      const { at, type, data } = entry;
      if (at < deployedAt) continue;
      if (isViolation(entry)) told.violations += 1;
      if (type !== "session.reconciled" || !namesPlan(data, id)) continue;
      if (at < since) {
        told.before = true;
        continue;
      }
      told.action = data.action;
      if (Array.isArray(data.fields)) told.questions = Math.max(told.questions, data.fields.length);
    }
    if (after >= head || entries.length === 0) return told;
  }
}

/** Whether a session waits for its turn: it carries the mark, or stands on the old version where nobody is marked. */
function waits({ config }: Engine, { pendingMigration, scenarioVersion, status }: Session, plan: Plan): boolean {
  if (status === "closed" || status === "exited") return false;
  return config.autoMark ? pendingMigration?.planId === plan.id : scenarioVersion === plan.fromVersion;
}

/** Those of some sessions that were set aside since a moment, and still are. */
async function failedAmong(engine: Engine, sessions: readonly Session[], since: string): Promise<ReadonlySet<string>> {
  if (sessions.length === 0) return new Set();
  const ids = sessions.map(({ id }) => id);
  const { records } = await engine.records.find(
    { kind: letterKind, tenantId: engine.tenantId, ids },
    { limit: ids.length },
  );
  const failed = records.filter(({ body }) => {
    const { status, lastAt } = body as DeadLetter;
    return status === "parked" && lastAt >= since;
  });
  return new Set(failed.map(({ id }) => id));
}

/**
 * Measures the sessions that the waves of a plan have reached, since the present one began: from their ledgers and from the work that
 * was set aside.
 * O(sessions of the scenario) reads of a page at a time, and the ledgers of those that were reached; nothing is kept of them.
 */
export async function waveNumbers(engine: Engine, plan: Plan): Promise<WaveNumbers> {
  let [eligible, decided, earlier, failed, blocked, questions, violations] = [0, 0, 0, 0, 0, 0, 0];
  const since = plan.wave?.startedAt ?? plan.createdAt;
  let cursor: string | undefined;
  do {
    const query = { tenantId: engine.tenantId, scenarioId: plan.scenarioId };
    const page = { limit: readPageSize(engine), ...(cursor === undefined ? {} : { cursor }) };
    const found = await engine.sessions.scan(query, page);
    const reached = found.sessions.filter(({ id }) => waveReaches(plan, id));
    const parked = await failedAmong(engine, reached, since);
    for (const session of reached) {
      const told = await toldOf(engine, session, plan, since);
      const isFailed = parked.has(session.id) && session.scenarioVersion === plan.fromVersion;
      const isDecided = isFailed || told.action !== undefined;
      if (told.before) earlier += 1;
      if (isDecided || (!told.before && waits(engine, session, plan))) eligible += 1;
      if (isDecided) decided += 1;
      if (isFailed) failed += 1;
      if (!isFailed && (told.action === "blocked" || told.action === "review")) blocked += 1;
      questions = Math.max(questions, told.questions);
      violations += told.violations;
    }
    cursor = found.cursor;
  } while (cursor !== undefined);
  const elapsedMs = engine.clock.now() - Date.parse(since);
  return { eligible, decided, earlier, failed, blocked, questions, violations, elapsedMs };
}

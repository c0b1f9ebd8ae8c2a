import type { MigrationKind, MigrationReport, ReasonCode, ReportOperation, ReportSummary } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { canonicalJson } from "../hash/canonical-json.js";
import { digestOf } from "../hash/digest.js";
import { deepFreeze } from "../hash/freeze.js";
import type { LedgerEntry } from "../ports/ledger.js";
import { validateRecord } from "./records.js";
import type { ReplayedPlan } from "./replay.js";

/** What an entry of a session says about a plan; undefined where the plan has no part in it. */
export function operationOf(
  { subject, seq, at, type, data }: LedgerEntry,
  planId: string,
): ReportOperation | undefined {
  const planIds = Array.isArray(data.planIds) ? data.planIds : data.planId === undefined ? [] : [data.planId];
  if (subject.kind !== "session" || !planIds.includes(planId)) return undefined;
  const action = typeof data.action === "string" ? data.action : type.replace(/^session\./, "");
  const reasons = Array.isArray(data.reasons) ? (data.reasons as ReasonCode[]) : [];
  const kind = typeof data.kind === "string" ? { kind: data.kind as MigrationKind } : {};
  return { sessionId: subject.id, seq, at, action, ...kind, reasons: [...reasons] };
}

function counted(names: Iterable<string>): Record<string, number> {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Object.fromEntries([...counts].sort(([a], [b]) => (a < b ? -1 : 1)));
}

function summaryOf(operations: readonly ReportOperation[]): ReportSummary {
  return {
    operations: operations.length,
    sessions: new Set(operations.map(({ sessionId }) => sessionId)).size,
    byAction: counted(operations.map(({ action }) => action)),
    byKind: counted(operations.flatMap(({ kind }) => kind ?? [])),
    byReason: counted(operations.flatMap(({ reasons }) => reasons)),
  };
}

/**
 * What became of a plan and its sessions, from their ledgers alone; the counts are those of the operations it lists.
 *
 * @param entries - the plan's stream, and those of sessions; what the plan has no part in is left out
 * @throws RegraftError `LEDGER.NOT_FOUND` where the entries do not tell of the plan
 * @remarks Pure. O(n log n).
 *
 * @since 0.2.0
 * @public
 */
export function migrationReport(planId: string, entries: Iterable<LedgerEntry>, createdAt: string): MigrationReport {
  const operations: ReportOperation[] = [];
  const own: LedgerEntry[] = [];
  for (const entry of entries) {
    if (entry.subject.kind === "plan" && entry.subject.id === planId) own.push(entry);
    const operation = operationOf(entry, planId);
    if (operation !== undefined) operations.push(operation);
  }
  own.sort((a, b) => a.seq - b.seq);
  const plan = own.findLast(({ data }) => data.after !== undefined)?.data.after as ReplayedPlan | undefined;
  if (plan === undefined) {
    throw new RegraftError("LEDGER.NOT_FOUND", `the ledger does not tell of a plan ${planId}`, {
      expected: "the id of a plan",
      received: planId,
    });
  }
  operations.sort((a, b) => (a.sessionId < b.sessionId ? -1 : a.sessionId > b.sessionId ? 1 : a.seq - b.seq));
  const { scenarioId, fromVersion, toVersion, tenantId } = plan;
  const events = own.map(({ seq, type, at, data }) => ({
    seq,
    type,
    at,
    ...(typeof data.by === "string" ? { by: data.by } : {}),
  }));
  const body = {
    planId,
    scenarioId,
    fromVersion,
    toVersion,
    status: own.at(-1)?.type === "retention.applied" ? "dropped" : plan.status,
    events,
    operations,
    summary: summaryOf(operations),
  };
  const header = { kind: "migration.report" as const, schemaVersion: "1.0" as const, tenantId, digest: digestOf(body) };
  return deepFreeze({ header: { ...header, createdAt }, body });
}

/**
 * Checks a report that comes from a file: its form, and that its counts are those of its operations.
 *
 * @throws RegraftError `ARTIFACT.INVALID`, `REPORT.COUNT_MISMATCH`, `ARTIFACT.DIGEST_MISMATCH`
 *
 * @since 0.2.0
 * @public
 */
export function checkReport(json: unknown): MigrationReport {
  const { body } = validateRecord("record-migration-report", json, { digest: false });
  const [expected, received] = [canonicalJson(summaryOf(body.operations)), canonicalJson(body.summary)];
  if (expected !== received) {
    throw new RegraftError("REPORT.COUNT_MISMATCH", "the counts are not those of the operations", {
      path: "/body/summary",
      expected,
      received,
    });
  }
  return validateRecord("record-migration-report", json);
}

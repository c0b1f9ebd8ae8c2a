import type { MigrationKind, MigrationReport, ReasonCode, ReportOperation, ReportSummary } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { canonicalJson } from "../hash/canonical-json.js";
import { digestOf } from "../hash/digest.js";
import { deepFreeze } from "../hash/freeze.js";
import type { LedgerEntry } from "../ports/ledger.js";
import { checkEntry } from "./entry-form.js";
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

/** Takes entries of any streams one by one; keeps what the report lists, and no entry. */
export interface ReportBuilder {
  take(entry: LedgerEntry): void;
  /** @throws RegraftError `LEDGER.NOT_FOUND` where the entries did not tell of the plan */
  end(createdAt: string): MigrationReport;
}

/** Begins the report of a plan. See {@link migrationReport}. */
export function reportBuilder(planId: string): ReportBuilder {
  const operations: ReportOperation[] = [];
  const events: MigrationReport["body"]["events"] = [];
  let [last, plan]: [{ seq: number; type: string } | undefined, { seq: number; state: ReplayedPlan } | undefined] = [
    undefined,
    undefined,
  ];
  const take = (entry: LedgerEntry): void => {
    const { subject, seq, type, at, data } = checkEntry(entry);
    if (subject.kind === "plan" && subject.id === planId) {
      events.push({ seq, type, at, ...(typeof data.by === "string" ? { by: data.by } : {}) });
      if (seq > (last?.seq ?? 0)) last = { seq, type };
      if (data.after !== undefined && seq > (plan?.seq ?? 0)) plan = { seq, state: data.after as ReplayedPlan };
    }
    const operation = operationOf(entry, planId);
    if (operation !== undefined) operations.push(operation);
  };
  const end = (createdAt: string): MigrationReport => {
    if (plan === undefined) {
      throw new RegraftError("LEDGER.NOT_FOUND", `the ledger does not tell of a plan ${planId}`, {
        expected: "the id of a plan",
        received: planId,
      });
    }
    operations.sort((a, b) => (a.sessionId < b.sessionId ? -1 : a.sessionId > b.sessionId ? 1 : a.seq - b.seq));
    events.sort((a, b) => a.seq - b.seq);
    const { scenarioId, fromVersion, toVersion, tenantId, status } = plan.state;
    const body = {
      planId,
      scenarioId,
      fromVersion,
      toVersion,
      status: last?.type === "retention.applied" ? ("dropped" as const) : status,
      events,
      operations,
      summary: summaryOf(operations),
    };
    const digest = digestOf(body);
    const header = { kind: "migration.report" as const, schemaVersion: "1.0" as const, tenantId, digest };
    return deepFreeze({ header: { ...header, createdAt }, body });
  };
  return { take, end };
}

/**
 * What became of a plan and its sessions, from their ledgers alone; the counts are those of the operations it lists.
 *
 * @param entries - the plan's stream, and those of sessions; what the plan has no part in is left out
 * @throws RegraftError `LEDGER.NOT_FOUND` where the entries do not tell of the plan, `INPUT.INVALID` for what is no entry
 * @remarks Pure. O(n log n); memory is the report, entries are not kept.
 *
 * @since 0.2.0
 * @public
 */
export function migrationReport(planId: string, entries: Iterable<LedgerEntry>, createdAt: string): MigrationReport {
  const builder = reportBuilder(planId);
  for (const entry of entries) builder.take(entry);
  return builder.end(createdAt);
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

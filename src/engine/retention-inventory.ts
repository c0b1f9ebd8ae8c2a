import type { Plan, Timestamp } from "../contracts/types.js";
import type { LedgerEntry } from "../ports/ledger.js";
import type { RecordQuery, StoredRecord } from "../ports/record-store.js";
import { liveVersion } from "./archive.js";
import { type Engine, subjectOf } from "./context.js";
import type { RetainedPlan, RetainedVersion } from "./retention-items.js";

const pageLimit = 500;

/** All versions and plans of a scenario that pointers name. */
export interface Inventory {
  /** By id. */
  readonly plans: readonly RetainedPlan[];
  /** Ascending. */
  readonly versions: readonly RetainedVersion[];
  readonly live: number | undefined;
}

/** All matching records, page by page. */
export async function* recordsOf(engine: Engine, query: Omit<RecordQuery, "tenantId">): AsyncGenerator<StoredRecord> {
  let cursor: string | undefined;
  do {
    const request = { limit: pageLimit, ...(cursor === undefined ? {} : { cursor }) };
    const page = await engine.records.find({ ...query, tenantId: engine.tenantId }, request);
    yield* page.records;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

/** All scenarios of the tenant that have a version or a plan, sorted. */
export async function scenarioIds(engine: Engine): Promise<string[]> {
  const ids = new Set<string>();
  for (const kind of ["scenario", "plan"]) {
    for await (const { tags } of recordsOf(engine, { kind }))
      if (tags.scenarioId !== undefined) ids.add(tags.scenarioId);
  }
  return [...ids].sort();
}

/** A stream from a sequence number on, to its end. */
export async function entriesOf(engine: Engine, kind: string, id: string, from = 0): Promise<LedgerEntry[]> {
  const stream = subjectOf(engine, kind, id);
  const all: LedgerEntry[] = [];
  for (let after = from; ; ) {
    const { entries, head } = await engine.records.read(stream, { after, limit: pageLimit });
    all.push(...entries);
    after += entries.length;
    if (entries.length === 0 || after >= head) return all;
  }
}

/** What there is of a scenario, with the moments at which things ended. */
export async function inventoryOf(engine: Engine, scenarioId: string): Promise<Inventory> {
  const live = await liveVersion(engine, scenarioId);
  const published = (await entriesOf(engine, "scenario", scenarioId)).filter(
    ({ type }) => type === "scenario.published",
  );
  const versions: RetainedVersion[] = [];
  for await (const { tags, digest } of recordsOf(engine, { kind: "scenario", tags: { scenarioId } })) {
    const version = Number(tags.version);
    const endedAt = replacedAt(published, version);
    versions.push({ kind: "version", scenarioId, version, digest, ...(endedAt === undefined ? {} : { endedAt }) });
  }
  const plans: RetainedPlan[] = [];
  for await (const record of recordsOf(engine, { kind: "plan", tags: { scenarioId } })) {
    plans.push(await planIn(engine, record));
  }
  return { plans, versions: versions.sort((a, b) => a.version - b.version), live };
}

async function planIn(engine: Engine, { id: planId, digest, body }: StoredRecord): Promise<RetainedPlan> {
  const { scenarioId, fromVersion, toVersion, status, revision, createdAt } = body as Plan;
  const stream = subjectOf(engine, "plan", planId);
  const { entries } = await engine.records.read(stream, { after: revision - 1, limit: 1 });
  const endedAt = entries[0]?.at ?? createdAt;
  return { kind: "plan", scenarioId, planId, fromVersion, toVersion, status, revision, endedAt, digest };
}

/** When a later version was published after, or before, this one; undefined if that is not on record. */
function replacedAt(published: readonly LedgerEntry[], version: number): Timestamp | undefined {
  const own = published.find(({ data }) => data.version === version);
  const later = published.find(({ data }) => Number(data.version) > version);
  if (own === undefined || later === undefined) return undefined;
  return own.at > later.at ? own.at : later.at;
}

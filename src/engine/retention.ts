import type { Timestamp } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { digestOf } from "../hash/digest.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import { type Engine, timeOf } from "./context.js";
import { checkTimestamp, requireObject } from "./input.js";
import { inventoryOf, scenarioIds } from "./retention-inventory.js";
import type { Keeping, KeptItem, RetainedItem, RetentionPlan } from "./retention-items.js";
import { keptFor, referencesTo } from "./retention-references.js";

const dayMs = 86_400_000;

/** For which moment retention is planned; now if absent. */
export interface RetentionInput {
  readonly at?: Timestamp;
}

/** The digest of a retention plan, without the digest itself. */
export function retentionDigest({ digest: _, ...rest }: RetentionPlan): string {
  return digestOf(rest);
}

/** Says what would be dropped; reads only. */
export async function planRetention(engine: Engine, input: RetentionInput = {}): Promise<RetentionPlan> {
  requireObject(input, "");
  const { at = timeOf(engine) } = input;
  checkTimestamp(at, "/at");
  if (Date.parse(at) > engine.clock.now()) {
    throw new RegraftError("INPUT.INVALID", "retention cannot be planned for a moment to come", {
      path: "/at",
      expected: `a moment up to ${timeOf(engine)}`,
      received: at,
    });
  }
  const drop: RetainedItem[] = [];
  const keep: KeptItem[] = [];
  for (const scenarioId of await scenarioIds(engine)) {
    const sorted = await sortOut(engine, scenarioId, Date.parse(at));
    drop.push(...sorted.drop);
    keep.push(...sorted.keep);
  }
  const { versionDays, planDays } = engine.config.retention;
  const rest = { tenantId: engine.tenantId, at, versionDays, planDays, drop, keep };
  return frozenCopy({ ...rest, digest: digestOf(rest) });
}

/** Whether the time of an item is not over yet. */
export function young(engine: Engine, item: RetainedItem, atMs: number): Keeping | undefined {
  if (item.endedAt === undefined) return { reason: "RETENTION.AGE_UNKNOWN" };
  const { versionDays, planDays } = engine.config.retention;
  const until = Date.parse(item.endedAt) + (item.kind === "plan" ? planDays : versionDays) * dayMs;
  return until > atMs ? { reason: "RETENTION.RECENT", until: new Date(until).toISOString() } : undefined;
}

interface Sorted {
  readonly drop: readonly RetainedItem[];
  readonly keep: readonly KeptItem[];
}

async function sortOut(engine: Engine, scenarioId: string, atMs: number): Promise<Sorted> {
  const { plans, versions, live } = await inventoryOf(engine, scenarioId);
  const drop: RetainedItem[] = [];
  const keep: KeptItem[] = [];
  const references = await referencesTo(engine, scenarioId, live);
  const settle = (item: RetainedItem, keeping: Keeping | undefined): void => {
    if (keeping === undefined) drop.push(item);
    else keep.push({ item, ...keeping });
  };
  for (const plan of plans) settle(plan, keptFor(references, plan, []) ?? young(engine, plan, atMs));
  const staying = keep.flatMap(({ item }) => (item.kind === "plan" ? [item] : []));
  for (const version of versions)
    settle(version, keptFor(references, version, staying) ?? young(engine, version, atMs));
  return { drop, keep };
}

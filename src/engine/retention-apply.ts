import { RegraftError } from "../errors.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import { liveVersion } from "./archive.js";
import { requireBy } from "./by.js";
import { type Engine, subjectOf } from "./context.js";
import { requireObject } from "./input.js";
import { leaseUpkeep } from "./lease-upkeep.js";
import { retentionDigest, young } from "./retention.js";
import { dropPlan } from "./retention-drop-plan.js";
import { dropVersions } from "./retention-drop-versions.js";
import { inventoryOf } from "./retention-inventory.js";
import type {
  Application,
  Keeping,
  KeptItem,
  RetainedItem,
  RetainedPlan,
  RetentionPlan,
  RetentionResult,
} from "./retention-items.js";
import { keptFor, lastingReferences, type References, referencesTo } from "./retention-references.js";
import { walkersOf } from "./walkers.js";

/** How long a worker may stay silent before another one may go on with the retention of a tenant. */
const leaseMs = 60_000;

function checkPlan(engine: Engine, plan: RetentionPlan): void {
  requireObject(plan, "/plan");
  if (plan.tenantId !== engine.tenantId) {
    throw new RegraftError("TENANT.MISMATCH", "the retention plan belongs to another tenant", {
      path: "/tenantId",
      expected: JSON.stringify(engine.tenantId),
      received: JSON.stringify(plan.tenantId),
    });
  }
  const digest = retentionDigest(plan);
  if (digest === plan.digest) return;
  throw new RegraftError("RETENTION.PLAN_CHANGED", "the retention plan is not the one that was made", {
    path: "/digest",
    expected: digest,
    received: String(plan.digest),
  });
}

/**
 * Drops what a retention plan names, scenario by scenario, plans before versions. Each item is checked again right before, and
 * recorded in the ledger before anything of it goes. After a crash the same plan goes on where it stopped.
 */
export async function applyRetention(
  engine: Engine,
  plan: RetentionPlan,
  decider: { readonly by: string },
): Promise<RetentionResult> {
  const by = requireBy(decider);
  checkPlan(engine, plan);
  const lease = subjectOf(engine, "retention", "lease");
  const got = await engine.records.lease(lease, { owner: engine.ids.next("worker"), ttlMs: leaseMs });
  if (!got.ok) {
    throw new RegraftError("STORE.LEASE_HELD", `retention is being applied by ${got.heldBy.owner}`, {
      expected: "a tenant in which nobody applies retention",
      received: got.heldBy.owner,
      expiresAt: new Date(got.heldBy.expiresAtMs).toISOString(),
    });
  }
  const fence = { lease, token: got.token };
  const keepLease = leaseUpkeep(engine, fence, leaseMs);
  const dropped: RetainedItem[] = [];
  const spared: KeptItem[] = [];
  try {
    for (const scenarioId of new Set(plan.drop.map((item) => item.scenarioId))) {
      const items = plan.drop.filter((item) => item.scenarioId === scenarioId);
      const done = await applyTo(engine, scenarioId, items, { by, planned: plan.digest, fence, keepLease });
      dropped.push(...done.dropped);
      spared.push(...done.spared);
    }
  } finally {
    await engine.records.release(fence).catch(() => false);
  }
  return frozenCopy({ dropped, spared });
}

async function applyTo(
  engine: Engine,
  scenarioId: string,
  items: readonly RetainedItem[],
  parts: Pick<Application, "by" | "planned" | "fence" | "keepLease">,
): Promise<RetentionResult> {
  const { plans, versions: present, live } = await inventoryOf(engine, scenarioId);
  const first = await referencesTo(engine, scenarioId, live, parts.keepLease);
  const staying = new Map(plans.map((plan) => [plan.planId, plan]));
  const keeping = async (item: RetainedItem) => {
    await parts.keepLease();
    // As the store has it: a file says what it likes, and the configuration may have changed.
    const stored = [...plans, ...present].find(({ kind, digest }) => kind === item.kind && digest === item.digest);
    const kept = await keptNow(engine, first, item, staying);
    return kept ?? (stored && young(engine, stored, engine.clock.now()));
  };
  const application: Application = { ...parts, engine, keeping };
  const dropped: RetainedItem[] = [];
  const spared: KeptItem[] = [];
  for (const item of items) {
    if (item.kind !== "plan") continue;
    const kept = await dropPlan(application, item);
    if (kept === undefined) {
      staying.delete(item.planId);
      dropped.push(item);
    } else spared.push({ item, ...kept });
  }
  const versions = items.flatMap((item) => (item.kind === "version" ? [item] : []));
  const rest = await dropVersions(application, scenarioId, versions);
  return { dropped: [...dropped, ...rest.dropped], spared: [...spared, ...rest.spared] };
}

/** A sparing look at one item: what is new since the sessions were read, without reading all of them again. */
async function keptNow(
  engine: Engine,
  references: References,
  item: RetainedItem,
  staying: ReadonlyMap<string, RetainedPlan>,
): Promise<Keeping | undefined> {
  const { scenarioId } = item;
  const version = item.kind === "plan" ? item.fromVersion : item.version;
  const live = await liveVersion(engine, scenarioId);
  const lasting = await lastingReferences(engine, scenarioId);
  const kept = keptFor({ ...references, ...lasting, live }, item, [...staying.values()]);
  if (kept !== undefined) return kept;
  const standing = await engine.sessions.scan(walkersOf(engine, scenarioId, version), { limit: 1 });
  const by = standing.sessions[0]?.id ?? standing.unreadable?.[0]?.place;
  return by === undefined ? undefined : { reason: "RETENTION.SESSION", by };
}

import type { Plan, PlanStatus } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { deepFreeze } from "../hash/freeze.js";
import type { ReplayedPlan } from "../ledger/replay.js";
import type { LedgerRecord } from "../ports/ledger.js";
import type { Fence, StoredRecord } from "../ports/record-store.js";
import type { Subject } from "../ports/subject.js";
import { type Engine, happened, maxAttempts, type PlanContent, subjectOf } from "./context.js";
import { planTags } from "./record-tags.js";

/** What is stored under the plan's own name; the large rest lies under the digest `content`. */
type PlanHead = Omit<Plan, keyof PlanContent> & { readonly content: string };

/** A plan as it is stored: with the digests of its two documents. */
export interface StoredPlan {
  readonly plan: Plan;
  readonly digest: string;
  readonly content: string;
}

/** Statuses in which a plan still decides, or may come to decide, about sessions. */
export const openStatuses: ReadonlySet<PlanStatus> = new Set(["pending", "approved", "canary", "deployed", "paused"]);

const contentKeys = [
  "map",
  "policies",
  "summary",
  "lint",
  "mapping",
  "effects",
  "allowRepeat",
  "data",
  "contract",
] as const;

/** Under which name a plan is stored. */
export function planSubject(engine: Engine, id: string): Subject {
  return subjectOf(engine, "plan", id);
}

function contentOf(plan: Plan): PlanContent {
  const { map, policies, summary, lint, mapping, effects, allowRepeat, data, contract } = plan;
  const terms = { mapping, effects, allowRepeat, data, contract };
  const given = Object.entries(terms).filter(([, term]) => term !== undefined);
  return { map, policies, summary, lint, ...Object.fromEntries(given) };
}

function headOf(plan: Plan, content: string): PlanHead {
  const {
    map: _,
    policies: __,
    summary: ___,
    lint: ____,
    mapping: m,
    effects: e,
    allowRepeat: a,
    data: d,
    contract: c,
    ...head
  } = plan;
  return { ...head, content };
}

/** The plan as its ledger keeps it: all but its content. */
function stateOf(plan: Plan): ReplayedPlan {
  const { content: _, ...head } = headOf(plan, "");
  return head;
}

/** Writes content and head under their digests. Nobody sees them before a pointer names the head. */
export async function putPlan(engine: Engine, plan: Plan, before?: StoredPlan): Promise<StoredPlan> {
  const sameContent = before !== undefined && contentKeys.every((key) => before.plan[key] === plan[key]);
  const kind = subjectOf(engine, "plan-content", plan.id);
  const content = sameContent ? before.content : (await engine.records.put({ ...kind, body: contentOf(plan) })).digest;
  const record = { ...planSubject(engine, plan.id), tags: planTags(plan), body: headOf(plan, content) };
  const { digest } = await engine.records.put(record);
  return { plan, digest, content };
}

/** Joins a stored head with its content; once for each digest. */
async function opened(engine: Engine, { digest, body }: StoredRecord): Promise<StoredPlan> {
  const { content, ...head } = body as PlanHead;
  const known = engine.cache.plans.get(digest);
  if (known !== undefined) return { plan: known, digest, content };
  const rest = engine.cache.contents.get(content) ?? (await loadContent(engine, head.id, content));
  const plan = engine.cache.plans.set(digest, deepFreeze<Plan>({ ...head, ...rest }));
  return { plan, digest, content };
}

async function loadContent(engine: Engine, planId: string, digest: string): Promise<PlanContent> {
  const record = await engine.records.load(subjectOf(engine, "plan-content", planId), digest);
  if (record === undefined) throw new RegraftError("INTERNAL.BUG", `plan ${planId} names a content that is not stored`);
  // Frozen part by part, so that freezing a plan of them later costs nothing.
  const content = record.body as PlanContent;
  for (const part of Object.values(content)) deepFreeze(part);
  return engine.cache.contents.set(digest, content);
}

/** The plan with these digests, whether or not its pointer names it yet. */
export async function storedPlan(engine: Engine, id: string, digest?: string): Promise<StoredPlan | undefined> {
  const record = await engine.records.load(planSubject(engine, id), digest);
  return record === undefined ? undefined : opened(engine, record);
}

/** The plan whose head has this digest, known or stored. */
export async function planOf(engine: Engine, id: string, digest: string): Promise<Plan | undefined> {
  return engine.cache.plans.get(digest) ?? (await storedPlan(engine, id, digest))?.plan;
}

/** A plan as last written; undefined if there is none. */
export async function findPlan(engine: Engine, id: string): Promise<Plan | undefined> {
  return (await storedPlan(engine, id))?.plan;
}

/** The same, where the plan has to exist. */
export async function requirePlan(engine: Engine, id: string): Promise<Plan> {
  const plan = await findPlan(engine, id);
  if (plan !== undefined) return plan;
  throw new RegraftError("PLAN.NOT_FOUND", `there is no plan ${id}`, { expected: "the id of a plan", received: id });
}

/** A page of plans by scenario and status, in the order of their ids. */
export async function findPlans(
  engine: Engine,
  tags: Readonly<Record<string, string | readonly string[]>>,
  page: { readonly limit: number; readonly cursor?: string },
): Promise<{ readonly plans: readonly Plan[]; readonly total: number; readonly cursor?: string }> {
  const found = await engine.records.find({ kind: "plan", tenantId: engine.tenantId, tags }, page);
  const plans: Plan[] = [];
  for (const record of found.records) plans.push((await opened(engine, record)).plan);
  return { plans, total: found.total, ...(found.cursor === undefined ? {} : { cursor: found.cursor }) };
}

/**
 * The stored plan as its ledger has it: a change that was recorded before a crash, but not yet pointed to, is completed first.
 * Each entry of a plan's stream is one revision, but those of retention that has spared it.
 *
 * @returns `seq`: where the stream ends, as far as a change may follow
 */
async function rolledForward(engine: Engine, id: string): Promise<StoredPlan & { readonly seq: number }> {
  const subject = planSubject(engine, id);
  const stored = await storedPlan(engine, id);
  const revision = stored?.plan.revision ?? 0;
  const { entries } = await engine.records.read(subject, { after: revision, limit: 100 });
  const end = entries.at(-1);
  const last = end?.data.record;
  // A plan that retention drops loses its pointer before its documents: it is not brought back.
  if (typeof last === "string" && (await engine.records.load(subject, last)) !== undefined) {
    await engine.records.cas(subject, stored?.digest, last);
    return rolledForward(engine, id);
  }
  if (stored === undefined) await requirePlan(engine, id);
  return { ...(stored as StoredPlan), seq: end?.type === "retention.spared" ? end.seq : revision };
}

/** A plan as its ledger has it; for use cases that go on where another one crashed. */
export async function presentPlan(engine: Engine, id: string): Promise<Plan> {
  return (await rolledForward(engine, id)).plan;
}

/** A change of a plan: the next plan, and what the ledger is told beside it. */
export interface PlanChange {
  readonly plan: Plan;
  readonly type: string;
  readonly data?: LedgerRecord["data"];
}

/**
 * Writes the first revision of a plan whose documents are put already; completes it where a crash has left it unfinished.
 */
export async function openPlan(engine: Engine, { plan, digest }: StoredPlan): Promise<void> {
  const subject = planSubject(engine, plan.id);
  const { fromVersion, toVersion, scenarioId } = plan;
  const by = plan.createdBy === undefined ? {} : { by: plan.createdBy };
  const data = { ...by, scenarioId, fromVersion, toVersion, digest: plan.digest, record: digest, after: stateOf(plan) };
  const first = await engine.records.append(subject, [happened(engine, "plan.proposed", data)], { expectedSeq: 0 });
  // A plan with a longer history had its pointer: if it has none now, retention has taken it.
  if (first.ok || first.conflict.actual === 1) await engine.records.cas(subject, undefined, digest);
}

/**
 * Changes a plan: documents, then the ledger, whose length must be the revision that was read, then the pointer. Somebody
 * else's change in between makes it start anew.
 *
 * @param decide - makes the next plan of the present one, or returns undefined to leave it; what it throws is thrown
 */
export async function changePlan(
  engine: Engine,
  id: string,
  decide: (plan: Plan) => PlanChange | undefined | Promise<PlanChange | undefined>,
  options: { readonly fence?: Fence } = {},
): Promise<Plan> {
  const subject = planSubject(engine, id);
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const before = await rolledForward(engine, id);
    const change = await decide(before.plan);
    if (change === undefined) return before.plan;
    const plan = deepFreeze<Plan>({ ...change.plan, revision: before.seq + 1 });
    const { digest } = await putPlan(engine, plan, before);
    const { status, revision } = plan;
    const record = happened(engine, change.type, {
      ...change.data,
      status,
      revision,
      record: digest,
      after: stateOf(plan),
    });
    const { ok } = await engine.records.append(subject, [record], { ...options, expectedSeq: before.seq });
    if (!ok) continue;
    await engine.records.cas(subject, before.digest, digest, options);
    return plan;
  }
  throw new RegraftError("STORE.CONFLICT", `plan ${id} is being changed by others all the time`);
}

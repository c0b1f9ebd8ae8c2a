import type { Plan } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import type { Fence } from "../ports/record-store.js";
import type { Subject } from "../ports/subject.js";
import { type Engine, maxAttempts, type PlanList, subjectOf } from "./context.js";
import type { Heads } from "./heads.js";
import { openPlan, planOf, planSubject, type StoredPlan, storedPlan } from "./plan-records.js";

/** The plans from one version, and the digest of the list for a later claim. */
export interface PlansFrom {
  readonly plans: readonly Plan[];
  readonly digest: string | undefined;
  readonly body: PlanList;
}

function indexSubject(engine: Engine, scenarioId: string, from: number): Subject {
  return subjectOf(engine, "plan-index", `${scenarioId}@${from}`);
}

/** All plans from a version, oldest first, as they are now. A plan that a crash left unfinished is completed first. */
export async function plansFrom(engine: Engine, scenarioId: string, from: number): Promise<PlansFrom> {
  const subject = indexSubject(engine, scenarioId, from);
  const record = await engine.records.load(subject);
  if (record === undefined) await checkNotLost(engine, subject);
  const body = (record?.body ?? { plans: [] }) as PlanList;
  const plans: Plan[] = [];
  for (const { id, digest } of body.plans) {
    const plan = (await storedPlan(engine, id))?.plan ?? (await completed(engine, id, digest));
    if (plan === undefined) await checkNotLost(engine, planSubject(engine, id));
    else plans.push(plan);
  }
  return { plans, digest: record?.digest, body };
}

/**
 * A document that was not found, and that a pointer still names, was lost: its session would be decided about as if it had never been. One
 * that was dropped has lost its pointer before.
 */
async function checkNotLost(engine: Engine, subject: Subject): Promise<void> {
  const named = await engine.records.pointer(subject);
  if (named === undefined || (await engine.records.load(subject)) !== undefined) return;
  if ((await engine.records.pointer(subject)) !== named) return;
  throw new RegraftError("STORE.DAMAGED", `the ${subject.kind} ${subject.id} is named by its pointer and not stored`, {
    expected: `a document with the digest ${named}`,
    received: "none",
  });
}

/** The same as the pointers name them that were read with a session; what is named is read once. */
export async function plansNamed(
  engine: Engine,
  heads: Heads,
  scenarioId: string,
  from: number,
): Promise<readonly Plan[]> {
  const subject = indexSubject(engine, scenarioId, from);
  const digest = await heads.value(subject);
  if (digest === undefined) return [];
  const list = engine.cache.lists.get(digest) ?? (await engine.records.load(subject, digest))?.body;
  if (list === undefined) return (await plansFrom(engine, scenarioId, from)).plans;
  const plans: Plan[] = [];
  for (const { id, digest: first } of engine.cache.lists.set(digest, list as PlanList).plans) {
    const head = await heads.value(planSubject(engine, id));
    const named = head === undefined ? undefined : await planOf(engine, id, head);
    const plan = named ?? (await storedPlan(engine, id))?.plan ?? (await completed(engine, id, first));
    if (plan === undefined) await checkNotLost(engine, planSubject(engine, id));
    else plans.push(plan);
  }
  return plans;
}

/** The same for who may not write: a plan that a crash left unfinished is read as it was proposed. */
export async function plansAsProposed(engine: Engine, scenarioId: string, from: number): Promise<readonly Plan[]> {
  const record = await engine.records.load(indexSubject(engine, scenarioId, from));
  const plans: Plan[] = [];
  for (const { id, digest } of ((record?.body ?? { plans: [] }) as PlanList).plans) {
    const stored = (await storedPlan(engine, id)) ?? (await storedPlan(engine, id, digest));
    if (stored !== undefined) plans.push(stored.plan);
  }
  return plans;
}

async function completed(engine: Engine, id: string, digest: string): Promise<Plan | undefined> {
  const first = await storedPlan(engine, id, digest);
  if (first === undefined) return undefined;
  await openPlan(engine, first);
  return (await storedPlan(engine, id))?.plan;
}

/**
 * Adds a new plan to the list of its version: the step that decides which of two proposals was first.
 *
 * @returns false if the list has changed since it was read
 */
export async function claim(engine: Engine, before: PlansFrom, { plan, digest }: StoredPlan): Promise<boolean> {
  const subject = indexSubject(engine, plan.scenarioId, plan.fromVersion);
  const body: PlanList = { plans: [...before.body.plans, { id: plan.id, to: plan.toVersion, digest }] };
  const list = await engine.records.put({ ...subject, body });
  return (await engine.records.cas(subject, before.digest, list.digest)).ok;
}

/** Whether a plan is on the list of its version, where decisions find it. */
export async function isListed(engine: Engine, scenarioId: string, from: number, planId: string): Promise<boolean> {
  const record = await engine.records.load(indexSubject(engine, scenarioId, from));
  return ((record?.body ?? { plans: [] }) as PlanList).plans.some(({ id }) => id === planId);
}

/** Takes a plan off the list of its version; a plan that is not on it changes nothing. */
export async function withdrawn(
  engine: Engine,
  scenarioId: string,
  from: number,
  planId: string,
  fence: Fence,
): Promise<void> {
  const subject = indexSubject(engine, scenarioId, from);
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const record = await engine.records.load(subject);
    const { plans } = (record?.body ?? { plans: [] }) as PlanList;
    const rest = plans.filter(({ id }) => id !== planId);
    if (record === undefined || rest.length === plans.length) return;
    const next = rest.length === 0 ? undefined : await engine.records.put({ ...subject, body: { plans: rest } });
    if ((await engine.records.cas(subject, record.digest, next?.digest, { fence })).ok) {
      await engine.records.drop(subject, record.digest, { fence });
      return;
    }
  }
  throw new RegraftError("STORE.CONFLICT", `plans for ${scenarioId} are being proposed by others all the time`);
}

import type { Plan, Scenario, Timestamp } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { buildPlan, type PlanTerms } from "../plan/build.js";
import { planStatusAfter } from "../plan/lifecycle.js";
import { scenarioChecksum } from "../scenario/checksum.js";
import { compile } from "../scenario/compile.js";
import {
  admit,
  archived,
  checkGreater,
  checkUntaken,
  liveVersion,
  publish,
  putDraft,
  requireArchived,
} from "./archive.js";
import { byOf } from "./by.js";
import { type Engine, maxAttempts, timeOf } from "./context.js";
import { expired } from "./expiry.js";
import { checkTimestamp, requireObject } from "./input.js";
import { claim, plansFrom } from "./plan-index.js";
import { changePlan, openPlan, openStatuses, putPlan } from "./plan-records.js";
import { countWalkers } from "./walkers.js";

const dayMs = 86_400_000;

/** Two versions, each as a value or as the number of a published one. */
export interface VersionPair {
  readonly from: Scenario | number;
  readonly to: Scenario | number;
  /** Needed if both versions are numbers. */
  readonly scenarioId?: string;
}

/** What a plan is proposed from. */
export interface ProposeInput extends VersionPair, PlanTerms {
  readonly by?: string;
  readonly expiresAt?: Timestamp;
}

/** The two ends of a plan. */
export interface Ends {
  readonly from: Scenario;
  readonly to: Scenario;
}

/** Finds or checks the two versions of a pair; nothing is written. */
export async function endsOf(engine: Engine, { from, to, scenarioId }: VersionPair): Promise<Ends> {
  const given = [from, to].find((end): end is Scenario => typeof end !== "number");
  const id = given?.id ?? scenarioId;
  if (id === undefined) {
    throw new RegraftError("INPUT.INVALID", "version numbers alone do not say which scenario is meant", {
      path: "/scenarioId",
      expected: "the id of a scenario",
      received: "nothing",
    });
  }
  const old = typeof from === "number" ? await requireArchived(engine, id, from) : admit(engine, from);
  const next = typeof to === "number" ? await requireArchived(engine, id, to) : admit(engine, to);
  if (old.id !== next.id) {
    throw new RegraftError("INPUT.INVALID", "the two versions are of different scenarios", {
      path: "/to/id",
      expected: old.id,
      received: next.id,
    });
  }
  checkGreater(next, old.version);
  return { from: old, to: next };
}

/** The old version has to be published; where nothing of the scenario is, it is published now. */
async function settleFrom(engine: Engine, from: Scenario): Promise<void> {
  const known = await checkUntaken(engine, from);
  if (known !== undefined) return;
  if ((await liveVersion(engine, from.id)) === undefined) await publish(engine, from);
  else await requireArchived(engine, from.id, from.version);
}

/** The new version may be published already; if not, it has to come after the live one. */
async function settleTo(engine: Engine, to: Scenario): Promise<void> {
  if ((await checkUntaken(engine, to)) !== undefined) return;
  const live = await liveVersion(engine, to.id);
  if (live !== undefined) checkGreater(to, live);
}

async function checkOthers(engine: Engine, plans: readonly Plan[], to: number): Promise<Plan[]> {
  const replaced: Plan[] = [];
  for (const plan of plans) {
    if (!openStatuses.has(plan.status) || (await expired(engine, plan))) continue;
    if (plan.toVersion === to) {
      throw new RegraftError("PLAN.DUPLICATE", `plan ${plan.id} for these versions is ${plan.status}`, {
        received: plan.id,
        planId: plan.id,
      });
    }
    if (plan.status !== "pending") throw otherOpen(plan);
    replaced.push(plan);
  }
  return replaced;
}

/** Another plan already decides about the sessions of the version. */
export function otherOpen({ id, fromVersion, toVersion, status }: Plan): RegraftError {
  return new RegraftError("PLAN.OTHER_OPEN", `plan ${id} from ${fromVersion} to ${toVersion} is ${status}`, {
    planId: id,
  });
}

/**
 * Makes a pending plan: counts the sessions it concerns and keeps the new version as a draft. Pending plans from the same
 * version to another one are superseded.
 */
export async function propose(engine: Engine, input: ProposeInput): Promise<Plan> {
  requireObject(input, "");
  const by = byOf(engine, input);
  if (input.expiresAt !== undefined) checkTimestamp(input.expiresAt, "/expiresAt");
  const { from, to } = await endsOf(engine, input);
  await settleFrom(engine, from);
  await settleTo(engine, to);
  const createdAt = timeOf(engine);
  const { planExpiryDays } = engine.config;
  const lastDay = planExpiryDays === undefined ? undefined : engine.clock.now() + planExpiryDays * dayMs;
  const expiresAt = input.expiresAt ?? (lastDay === undefined ? undefined : new Date(lastDay).toISOString());
  const counts = await countWalkers(engine, from.id, from.version);
  const { policies, mapping, effects, allowRepeat, data, contract, rollout } = input;
  const terms = { policies, mapping, effects, allowRepeat, data, contract, rollout };
  const plan = buildPlan({
    tenantId: engine.tenantId,
    id: engine.ids.next("plan"),
    from: compile((await archived(engine, from.id, from.version)) ?? from),
    to: compile(to),
    createdAt,
    ...Object.fromEntries(Object.entries(terms).filter(([, term]) => term !== undefined)),
    ...(counts === undefined ? {} : { counts: counts.byStep }),
    ...(by === undefined ? {} : { createdBy: by }),
    ...(expiresAt === undefined ? {} : { expiresAt }),
  });
  await checkOthers(engine, (await plansFrom(engine, from.id, from.version)).plans, to.version);
  await putDraft(engine, plan.id, to);
  const stored = await putPlan(engine, plan);
  for (let attempt = 0; attempt < maxAttempts; attempt += 1) {
    const list = await plansFrom(engine, from.id, from.version);
    const replaced = await checkOthers(engine, list.plans, to.version);
    if (!(await claim(engine, list, stored))) continue;
    await openPlan(engine, stored);
    for (const other of replaced) await supersede(engine, other, plan.id);
    return plan;
  }
  throw new RegraftError("STORE.CONFLICT", `plans for ${from.id} are being proposed by others all the time`);
}

async function supersede(engine: Engine, { id }: Plan, supersededBy: string): Promise<void> {
  await changePlan(engine, id, (plan) => {
    if (plan.status !== "pending") return undefined;
    const status = planStatusAfter(plan.status, "supersede");
    return { plan: { ...plan, status, supersededBy }, type: "plan.superseded", data: { by: supersededBy } };
  });
}

/** The checksums of a plan as its versions have them now. */
export function checksumsOf({ from, to }: Ends): Plan["checksums"] {
  return { from: scenarioChecksum(from), to: scenarioChecksum(to) };
}

import type { Plan, ReasonCode } from "../../src/contracts/types.js";
import { createRegraft, type Regraft } from "../../src/engine/regraft.js";
import { isRegraftError, RegraftError } from "../../src/errors.js";
import { idOf, placeOf, scenarioId, stridesTo, v1, v2 } from "./flow.js";
import type { Store } from "./open-store.js";

/** The engine of a tenant with pages so small that marking takes several. */
export function engineOf(store: Store, tenant: string, aheadMs: number, markPageSize = 2): Regraft {
  const clock = { now: () => Date.now() + aheadMs };
  return createRegraft({ store, clock, config: { markPageSize, historyLimit: 1000 } }).forTenant(tenant);
}

/** The use cases of a migration in their order. Each may be done again where it was left unfinished. */
export const chapters = ["publish", "begin", "approve", "deploy", "reconcile", "provide", "undo"] as const;
export type Chapter = (typeof chapters)[number];

const asked = new Set(["income", "pay", "offer", "done"]);
const undone = new Set(["name", "income"]);

/** The only plan of the tenant. */
export async function onlyPlan(regraft: Regraft): Promise<Plan> {
  const [plan] = (await regraft.plans.list({ scenarioId })).plans;
  if (plan === undefined) throw new RegraftError("PLAN.NOT_FOUND", "the tenant has no plan");
  return plan;
}

/** Starts the session of a number and walks it to its place. */
export async function walkIn(regraft: Regraft, number: number): Promise<void> {
  const id = idOf(number);
  await regraft.startSession({ scenarioId, id });
  for (const { stepId, variables } of stridesTo(placeOf(number))) {
    await regraft.recordVisit(id, stepId, { version: 1, variables });
  }
}

async function done(code: ReasonCode, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!isRegraftError(error, code)) throw error;
  }
}

/** Approves the plan as it is stored, or finds that this was done before. */
export async function approve(regraft: Regraft): Promise<void> {
  await done("PLAN.NOT_PENDING", async () => regraft.approve(await onlyPlan(regraft), { by: "ana" }));
}

/** Deploys the plan, or goes on where somebody else stopped, or finds that this was done before. */
export async function deploy(regraft: Regraft): Promise<void> {
  await done("PLAN.ALREADY_DEPLOYED", async () => regraft.deploy(await onlyPlan(regraft)));
}

/** Does one use case for all sessions. Doing it again after a crash is the same call again. */
export async function tell(regraft: Regraft, chapter: Chapter, sessions: number): Promise<void> {
  const numbers = Array.from({ length: sessions }, (_, number) => number);
  switch (chapter) {
    case "publish":
      await regraft.publish(v1);
      return;
    case "begin":
      for (const number of numbers) await walkIn(regraft, number);
      await regraft.propose({ from: v1, to: v2 });
      return;
    case "approve":
      return approve(regraft);
    case "deploy":
      return deploy(regraft);
    case "reconcile":
      for (const number of numbers) await regraft.reconcile(idOf(number), { messageId: `message-${number}` });
      return;
    case "provide":
      for (const number of numbers.filter((one) => asked.has(placeOf(one)))) {
        await regraft.provide(idOf(number), { email: "ana@example.org" }, { messageId: `answer-${number}` });
      }
      return;
    case "undo":
      for (const number of numbers.filter((one) => undone.has(placeOf(one)))) {
        await regraft.undo(idOf(number), { by: "ana" });
      }
  }
}

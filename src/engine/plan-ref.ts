import type { Plan } from "../contracts/types.js";
import { describe } from "../contracts/violation.js";
import { RegraftError } from "../errors.js";
import { storedVersion, targetOf } from "./archive.js";
import type { Engine } from "./context.js";
import { requireObject } from "./input.js";
import { checksumsOf, type Ends } from "./propose.js";

/** A plan as a caller names it: the value that was read, or its id. */
export type PlanRef = Plan | string;

/** The id of a plan that belongs to the engine's tenant. */
export function idOf(engine: Engine, plan: PlanRef): string {
  if (typeof plan === "string") return plan;
  requireObject(plan, "/plan");
  if (plan.tenantId === engine.tenantId) return plan.id;
  throw new RegraftError("TENANT.MISMATCH", "the plan belongs to another tenant", {
    path: "/tenantId",
    expected: JSON.stringify(engine.tenantId),
    received: describe(plan.tenantId),
  });
}

/** The versions of a plan, read from the archive; refused where they are not those it was made for. */
export async function currentEnds(engine: Engine, plan: Plan): Promise<Ends> {
  const from = await storedVersion(engine, plan.scenarioId, plan.fromVersion);
  const to = await targetOf(engine, plan);
  if (from === undefined || to === undefined) throw stale(plan, "a version that is not in the archive");
  const now = checksumsOf({ from, to });
  if (now.from !== plan.checksums.from) throw stale(plan, `version ${plan.fromVersion} with checksum ${now.from}`);
  if (now.to !== plan.checksums.to) throw stale(plan, `version ${plan.toVersion} with checksum ${now.to}`);
  return { from, to };
}

function stale(plan: Plan, received: string): RegraftError {
  return new RegraftError("PLAN.STALE", `plan ${plan.id} was made for other versions`, {
    expected: `version ${plan.fromVersion} with ${plan.checksums.from} and ${plan.toVersion} with ${plan.checksums.to}`,
    received,
  });
}

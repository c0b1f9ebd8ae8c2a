import type { Plan, PlanStatus } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import type { Engine } from "./context.js";
import { plansFrom } from "./plan-index.js";
import { findPlan, findPlans, openStatuses } from "./plan-records.js";

const greatestLimit = 100;
const usualLimit = 50;

/** Which plans to list, and which page of them. */
export interface PlanQuery {
  readonly scenarioId?: string;
  readonly status?: PlanStatus | readonly PlanStatus[];
  /** At most 100; 50 if absent. */
  readonly limit?: number;
  readonly cursor?: string;
}

/** A page of plans; `total` counts all pages. */
export interface PlanPage {
  readonly plans: readonly Plan[];
  readonly total: number;
  readonly cursor?: string;
}

/** Read access to plans. */
export interface PlanCatalogue {
  /** The plan, or undefined. */
  get(id: string): Promise<Plan | undefined>;
  /** @throws RegraftError `INPUT.INVALID` for a limit below 1 or above 100 */
  list(query?: PlanQuery): Promise<PlanPage>;
  /** The deployed plan for two versions, else the newest open one, else the newest one. */
  byVersions(scenarioId: string, from: number, to: number): Promise<Plan | undefined>;
}

/** Opens the plans of the engine's tenant. */
export function planCatalogue(engine: Engine): PlanCatalogue {
  return {
    get: (id) => findPlan(engine, id),
    list: async ({ scenarioId, status, limit = usualLimit, cursor } = {}) => {
      if (!Number.isInteger(limit) || limit < 1 || limit > greatestLimit) {
        throw new RegraftError("INPUT.INVALID", "a page of plans has a limit", {
          path: "/limit",
          expected: `a whole number from 1 to ${greatestLimit}`,
          received: String(limit),
        });
      }
      const tags = { ...(scenarioId === undefined ? {} : { scenarioId }), ...(status === undefined ? {} : { status }) };
      return findPlans(engine, tags, { limit, ...(cursor === undefined ? {} : { cursor }) });
    },
    byVersions: async (scenarioId, from, to) => {
      const { plans } = await plansFrom(engine, scenarioId, from);
      const pair = plans.filter(({ toVersion }) => toVersion === to);
      const deployed = pair.findLast(({ status }) => status === "deployed");
      return deployed ?? pair.findLast(({ status }) => openStatuses.has(status)) ?? pair.at(-1);
    },
  };
}

import type { DataChange, Plan } from "../contracts/types.js";
import { inverseTerms } from "../plan/inverse.js";
import { compile } from "../scenario/compile.js";
import { defineScenario } from "../scenario/parse.js";
import { liveVersion, requireArchived } from "./archive.js";
import type { Engine } from "./context.js";
import { requirePlan } from "./plan-records.js";
import { idOf, type PlanRef } from "./plan-ref.js";
import { propose } from "./propose.js";

/** The plan for the way back, and what it cannot take back. */
export interface InverseProposal {
  /** Pending: it is read, approved and deployed as every other plan. */
  readonly plan: Plan;
  /** Data changes of the first plan that lost something: what they removed or wrote over stays as it is. */
  readonly lost: readonly DataChange[];
}

/**
 * Proposes the way back from a plan: a next version with the content of the old one, and a plan to it from the version that the
 * first plan led to.
 */
export async function proposeInverse(
  engine: Engine,
  ref: PlanRef,
  input: { readonly by?: string } = {},
): Promise<InverseProposal> {
  const first = await requirePlan(engine, idOf(engine, ref));
  const from = await requireArchived(engine, first.scenarioId, first.fromVersion);
  const to = await requireArchived(engine, first.scenarioId, first.toVersion);
  const live = (await liveVersion(engine, first.scenarioId)) ?? to.version;
  const { terms, lost } = inverseTerms(first, compile(from), compile(to));
  const given = Object.entries(terms).filter(([, term]) => Object.keys(term).length > 0);
  const plan = await propose(engine, {
    from: to,
    to: defineScenario({ ...from, version: live + 1 }),
    ...Object.fromEntries(given),
    ...(input.by === undefined ? {} : { by: input.by }),
  });
  return Object.freeze({ plan, lost });
}

import type { Decision, Plan, ReasonCode, Scenario, Session } from "../contracts/types.js";
import { buildPlan, type PlanTerms } from "../plan/build.js";
import { compile } from "../scenario/compile.js";
import { consider } from "./consider.js";
import { type Engine, timeOf } from "./context.js";
import type { Informants } from "./informants.js";
import { outcomeOf } from "./outcome.js";
import { requirePlan } from "./plan-records.js";
import { endsOf, type VersionPair } from "./propose.js";
import { currentEnds, idOf } from "./review.js";
import { walkersOf } from "./walkers.js";
import { rehearsedWorld, type World } from "./world.js";

/** What would become of one session. */
export interface RehearsedSession {
  readonly session: Session;
  readonly decision: Decision;
  /** Conditions that only a judge could decide: with one, the outcome may be another. */
  readonly unjudged: readonly string[];
}

/** What a rehearsal may do and whom it tells. */
export interface RehearseOptions {
  readonly onSession?: (rehearsed: RehearsedSession) => void | Promise<void>;
  /** Ask the engine's judge; otherwise conditions in natural language stay undecided. */
  readonly judge?: boolean;
}

/** A plan, its id, or two versions with the terms that a plan would have. */
export type RehearsalTarget = Plan | string | (VersionPair & PlanTerms);

/** What would happen to the sessions of the old version, in numbers. */
export interface Rehearsal {
  readonly total: number;
  readonly byAction: Readonly<Record<string, number>>;
  readonly byReason: Readonly<Partial<Record<ReasonCode, number>>>;
  readonly byKind: Readonly<Record<string, number>>;
  /** By old step id, then by action. */
  readonly byStep: Readonly<Record<string, Readonly<Record<string, number>>>>;
  /** Sessions whose outcome hangs on a judge; they are in no other count. */
  readonly unknown: number;
}

interface Rehearsed {
  readonly plan: Plan;
  readonly from: Scenario;
  readonly to: Scenario;
}

async function rehearsed(engine: Engine, target: RehearsalTarget): Promise<Rehearsed> {
  if (typeof target === "string" || "id" in target) {
    const plan = await requirePlan(engine, idOf(engine, target));
    return { plan, ...(await currentEnds(engine, plan)) };
  }
  const { from: _, to: __, scenarioId: ___, ...terms } = target;
  const { from, to } = await endsOf(engine, target);
  const [old, next] = [compile(from), compile(to)];
  const id = "rehearsal";
  const plan = buildPlan({ tenantId: engine.tenantId, id, from: old, to: next, createdAt: timeOf(engine), ...terms });
  return { plan, from, to };
}

type Counts = Map<string, number>;

function count(into: Counts, key: string): void {
  into.set(key, (into.get(key) ?? 0) + 1);
}

/**
 * Decides about every session of a plan's old version as if the plan were deployed now, and changes nothing. Sources of fields
 * are asked as they would be at the next message.
 */
export async function rehearse(
  engine: Engine,
  target: RehearsalTarget,
  options: RehearseOptions = {},
): Promise<Rehearsal> {
  const { plan, from, to } = await rehearsed(engine, target);
  const stored = rehearsedWorld(engine, plan, to);
  const world: World = {
    ...stored,
    version: async (id, version) =>
      (await stored.version(id, version)) ?? (version === from.version ? from : undefined),
  };
  const informants: Informants = { sources: engine.sources, judge: options.judge === true ? engine.judge : undefined };
  const tally = { total: 0, unknown: 0 };
  const [byAction, byReason, byKind]: readonly [Counts, Counts, Counts] = [new Map(), new Map(), new Map()];
  const byStep = new Map<string, Counts>();
  let cursor: string | undefined;
  do {
    const request = { limit: engine.config.markPageSize, ...(cursor === undefined ? {} : { cursor }) };
    const page = await engine.sessions.scan(walkersOf(engine, plan.scenarioId, plan.fromVersion), request);
    for (const session of page.sessions) {
      const considered = await consider(engine, world, session, informants);
      const { decision } = outcomeOf(engine, session, considered);
      const unjudged = considered.is === "decided" ? considered.unjudged : [];
      await options.onSession?.({ session, decision, unjudged });
      tally.total += 1;
      if (unjudged.length > 0) {
        tally.unknown += 1;
        continue;
      }
      count(byAction, decision.action);
      for (const reason of decision.reasons) count(byReason, reason);
      if (decision.action === "teleport") count(byKind, decision.kind);
      const atStep: Counts = byStep.get(session.stepId) ?? new Map();
      count(atStep, decision.action);
      byStep.set(session.stepId, atStep);
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return {
    ...tally,
    byAction: Object.fromEntries(byAction),
    byReason: Object.fromEntries(byReason),
    byKind: Object.fromEntries(byKind),
    byStep: Object.fromEntries([...byStep].map(([stepId, actions]) => [stepId, Object.fromEntries(actions)])),
  };
}

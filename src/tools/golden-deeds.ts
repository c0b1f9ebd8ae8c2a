import type { GoldenAdvance, GoldenPropose, GoldenResolve, GoldenStep, Plan } from "../contracts/types.js";
import type { ResolutionInput } from "../engine/decisions.js";
import type { Regraft } from "../engine/regraft.js";
import { RegraftError } from "../errors.js";
import type { PlanTerms } from "../plan/build.js";
import type { FindVersion } from "./golden-sessions.js";
import type { GoldenStage } from "./golden-stage.js";
import type { GoldenTrace, ToldResult } from "./golden-trace.js";

const operator = "operator";

/** What the steps of a case work on. */
export interface Deeds {
  readonly stage: GoldenStage;
  readonly tenantId: string;
  readonly find: FindVersion;
  /** The scenario that is meant where a step names none. */
  readonly scenarioId: string;
  readonly trace: GoldenTrace;
  /** An id for a message that names none. */
  readonly nextMessageId: () => string;
}

/** The steps of one kind. */
type StepOf<D extends GoldenStep["do"]> = Extract<GoldenStep, { do: D }>;

/** One function for each kind of step; a kind without one does not compile. */
type DeedTable = { readonly [D in GoldenStep["do"]]: (on: Deeds, step: StepOf<D>) => Promise<void> };

const deeds: DeedTable = {
  publish: async (on, { version, scenarioId }) => {
    await engineOf(on).publish(on.find(version, scenarioId));
  },
  propose,
  amend: async (on, { plan, do: _, ...terms }) => {
    await engineOf(on).amend(planId(on, plan), terms);
  },
  approve: async (on, { plan }) => {
    await engineOf(on).approve(await planOf(on, plan), { by: operator });
  },
  reject: async (on, { plan, reason }) => {
    const why = reason === undefined ? {} : { reason };
    await engineOf(on).reject(planId(on, plan), { by: operator, ...why });
  },
  deploy: async (on, { plan }) => {
    await engineOf(on).deploy(planId(on, plan));
  },
  pause: async (on, { plan }) => {
    await engineOf(on).pause(planId(on, plan), { by: operator });
  },
  resume: async (on, { plan }) => {
    await engineOf(on).resume(planId(on, plan), { by: operator });
  },
  rollback: async (on, { plan }) => {
    await engineOf(on).rollback(planId(on, plan), { by: operator });
  },

  start: async (on, { session: id, scenarioId, do: _, ...person }) => {
    await engineOf(on).startSession({ id, scenarioId: scenarioId ?? on.scenarioId, ...person });
    on.trace.sessions.add(id);
  },
  visit: async (on, { session, stepId, version, variables }) => {
    const walked = version ?? (await engineOf(on).session(session)).scenarioVersion;
    const known = variables === undefined ? {} : { variables };
    await engineOf(on).recordVisit(session, stepId, { version: walked, ...known });
  },
  update: async (on, { session, do: _, ...changes }) => {
    await engineOf(on).update(session, changes);
  },
  message: async (on, { session, messageId, together = 1 }) => {
    const ids = Array.from({ length: together }, () => messageId ?? on.nextMessageId());
    const sent = await Promise.allSettled(ids.map((id) => engineOf(on).reconcile(session, { messageId: id })));
    for (const outcome of sent) if (outcome.status === "fulfilled") tell(on, session, "message", outcome.value);
    const failed = sent.find((outcome) => outcome.status === "rejected");
    if (failed !== undefined) throw failed.reason;
  },
  provide: async (on, { session, values, messageId }) =>
    tell(on, session, "provide", await engineOf(on).provide(session, values, options(messageId))),
  confirm: async (on, { session, answers, messageId }) =>
    tell(on, session, "confirm", await engineOf(on).confirm(session, answers, options(messageId))),
  complete_action: async (on, { session, stepId, messageId, evidence, waive }) => {
    const input = {
      ...options(messageId),
      ...(evidence === undefined ? {} : { evidence }),
      ...(waive === undefined ? {} : { waive }),
    };
    const result = await engineOf(on).completeAction(session, stepId, { by: operator, ...input });
    tell(on, session, "complete_action", result);
  },
  resolve: async (on, step) => {
    const { session, messageId } = step;
    const result = await engineOf(on).resolve(session, choiceOf(step), { by: operator, ...options(messageId) });
    tell(on, session, "resolve", result);
  },
  hold: async (on, { session }) => {
    await engineOf(on).hold(session, { by: operator });
  },
  release: async (on, { session }) => {
    await engineOf(on).release(session, { by: operator });
  },
  unmark: async (on, { session }) => {
    await engineOf(on).unmark({ sessionId: session });
  },

  advance: async ({ stage }, step) => stage.advance(msOf(step)),
  restart: async ({ stage }) => stage.restart(),
  fault: async ({ stage }, { method, call = 1, moment }) => stage.faults.arm(method, call, moment),
  store_down: async ({ stage }) => stage.faults.cut(true),
  store_up: async ({ stage }) => stage.faults.cut(false),
};

/** Lets one step of a case happen. What the library refuses is thrown as it refuses it. */
export async function perform(on: Deeds, step: GoldenStep): Promise<void> {
  // The table has for each kind the function for steps of that kind.
  const deed = deeds[step.do] as (on: Deeds, step: GoldenStep) => Promise<void>;
  await deed(on, step);
}

/** The name of a plan that the case gives none. */
export function planName({ from, to, name }: Pick<GoldenPropose, "from" | "to" | "name">): string {
  return name ?? `${from}-${to}`;
}

function engineOf({ stage, tenantId }: Deeds): Regraft {
  return stage.engine(tenantId);
}

async function propose(on: Deeds, step: GoldenPropose): Promise<void> {
  const { from, to, scenarioId, name: _name, do: _do, ...terms } = step;
  const versions = { from: on.find(from, scenarioId), to: on.find(to, scenarioId) };
  const given: PlanTerms = terms;
  const plan = await engineOf(on).propose({ ...versions, by: operator, ...given });
  // The plan that was proposed last is the last of the map.
  on.trace.plans.delete(planName(step));
  on.trace.plans.set(planName(step), plan.id);
}

/** The id of a plan; one that was never made is refused by the library itself. */
function planId({ trace }: Deeds, name: string | undefined): string {
  const known = name === undefined ? [...trace.plans.values()].at(-1) : trace.plans.get(name);
  return known ?? name ?? "none";
}

async function planOf(on: Deeds, name: string | undefined): Promise<Plan> {
  const id = planId(on, name);
  const plan = await engineOf(on).plans.get(id);
  if (plan === undefined) throw new RegraftError("PLAN.NOT_FOUND", `there is no plan ${id}`, { received: id });
  return plan;
}

function tell({ trace }: Deeds, sessionId: string, kind: ToldResult["do"], result: ToldResult["result"]): void {
  trace.results.push({ sessionId, do: kind, result });
}

function options(messageId: string | undefined): { messageId?: string } {
  return messageId === undefined ? {} : { messageId };
}

function choiceOf({ choose, map }: GoldenResolve): ResolutionInput {
  if (choose !== undefined) return { choose };
  return map === undefined ? { hold: true } : { map };
}

function msOf({ days = 0, hours = 0, minutes = 0, ms = 0 }: GoldenAdvance): number {
  return ((days * 24 + hours) * 60 + minutes) * 60_000 + ms;
}

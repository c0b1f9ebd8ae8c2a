import { type RolloutStatus, rolloutMachine } from "../contracts/machine-tables.js";
import type { GateDecision, GateMetric, Plan, PlanStatus } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { evaluateGate, type GateContext } from "../ledger/gate.js";
import { gateMetrics } from "../ledger/gate-guards.js";
import { neededSample, type WaveNumbers, waveGuards } from "../ledger/wave-guards.js";
import { planLifecycle, planStatusAfter } from "../plan/lifecycle.js";
import { requireBy } from "./by.js";
import { type Engine, happened, subjectOf, timeOf } from "./context.js";
import { markAll, underLease, unmarkAll } from "./deploy.js";
import { allSettled } from "./gate.js";
import type { HoldInput } from "./holds.js";
import { changePlan, type PlanChange, presentPlan } from "./plan-records.js";
import { idOf, type PlanRef } from "./plan-ref.js";
import { waveNumbers } from "./wave-measure.js";

/** What became of a plan between two waves, and the decision that it rests on. */
export interface PromotionResult {
  readonly plan: Plan;
  readonly gate: GateDecision;
}

/** Plans that reach their sessions in waves. */
export interface Waves {
  /**
   * Ends the wave that a plan with a rollout is in. The wave is measured, and its gate decides: `allow` begins the next wave, and after the
   * last one the plan is deployed; `hold` waits, because the wave is young or too few sessions were decided about; `deny` pauses the plan
   * for a person; `stop` rolls it back. Whatever is decided is in the ledger.
   *
   * @throws RegraftError `PLAN.NOT_FOUND`, `STORE.LEASE_HELD`, `PLAN.ILLEGAL_TRANSITION` for a plan without waves,
   * `STATE.ILLEGAL_TRANSITION` for one that is paused or ended
   */
  promote(plan: PlanRef, by: Pick<HoldInput, "by">): Promise<PromotionResult>;
}

const stages: Readonly<Partial<Record<PlanStatus, RolloutStatus>>> = {
  pending: "waiting",
  approved: "waiting",
  canary: "wave",
  paused: "paused",
  deployed: "promoted",
  rolled_back: "rolled_back",
};

/** What the gate's decision does to the plan: the next wave, nothing yet, a pause for a person, or the end. */
const events = { allow: "advance", hold: undefined, deny: "pause", stop: "roll_back" } as const;

function share(count: number, sample: number): GateMetric {
  return { value: sample === 0 ? 0 : count / sample, sample };
}

function metricsOf({ decided, eligible, failed, blocked, questions }: WaveNumbers): Record<string, GateMetric> {
  return {
    [gateMetrics.sessions]: { value: eligible, sample: decided },
    [gateMetrics.questionsPerSession]: { value: questions, sample: decided },
    [gateMetrics.blockedRatio]: share(blocked, decided),
    [gateMetrics.failureRatio]: share(failed, decided),
  };
}

/** Measures the wave that a plan is in and asks the gate before the next one. Writes nothing. */
async function judged(engine: Engine, plan: Plan): Promise<GateDecision> {
  const { rollout } = plan;
  if (rollout === undefined || plan.wave === undefined) throw notInWaves(plan);
  const { contract, before = [], after = [] } = engine.gates ?? {};
  const subject = { kind: "plan", id: plan.id, digest: plan.digest };
  const unmeasured: GateContext = { stage: "deploy.wave", subject, at: timeOf(engine), plan };
  const first = await allSettled(engine, before, unmeasured);
  const numbers = await waveNumbers(engine, plan);
  // Budgets are held against a sample that says something; the guards of the wave wait for it.
  const isEnough = numbers.decided >= neededSample(numbers, rollout);
  const contracts = [contract, plan.contract].filter((one) => one !== undefined);
  const context: GateContext = {
    ...unmeasured,
    transition: { machine: planLifecycle, from: plan.status, event: isLast(plan) ? "deploy" : "start_canary" },
    contracts: isEnough ? contracts : [],
    evidence: plan.evidence ?? [],
    metrics: metricsOf(numbers),
  };
  const last = await allSettled(engine, after, context);
  return evaluateGate([...first, ...waveGuards(rollout, numbers), ...last], context);
}

function isLast({ rollout, wave }: Plan): boolean {
  return wave !== undefined && wave.number >= (rollout?.waves.length ?? 0);
}

function notInWaves({ id, status }: Plan): RegraftError {
  return new RegraftError("PLAN.ILLEGAL_TRANSITION", `plan ${id} is not rolled out in waves, it is ${status}`, {
    expected: "a plan with a rollout, in one of its waves",
    received: status,
    from: status,
    event: "promote",
  });
}

/** The plan in its next wave, or for everybody after the last one. */
function advanced(engine: Engine, plan: Plan): Plan {
  const at = timeOf(engine);
  const { wave, marking: before, ...rest } = plan;
  const { cursor: _, finishedAt: __, ...marking } = before ?? { marked: 0, startedAt: at };
  const goesOn = { ...rest, marking: { ...marking, done: false } };
  if (isLast(plan)) return { ...goesOn, status: planStatusAfter(plan.status, "deploy") };
  const number = (wave?.number ?? 0) + 1;
  const percent = plan.rollout?.waves[number - 1] ?? 100;
  return { ...goesOn, status: planStatusAfter(plan.status, "start_canary"), wave: { number, percent, startedAt: at } };
}

function changeFor(engine: Engine, plan: Plan, gate: GateDecision, by: string): PlanChange | undefined {
  const event = events[gate.decision];
  if (event === undefined) return undefined;
  const data = { by, gate };
  if (event === "advance") {
    const next = advanced(engine, plan);
    if (next.wave === undefined) return { plan: next, type: "plan.promoted", data };
    return { plan: next, type: "plan.wave_started", data: { ...data, wave: next.wave } };
  }
  const status = planStatusAfter(plan.status, event);
  return { plan: { ...plan, status }, type: event === "pause" ? "plan.paused" : "plan.rolled_back", data };
}

/**
 * Ends the wave that a plan is in: measures it, asks the gate, and begins the next wave, waits, pauses the plan or rolls it back. After
 * a crash, promoting again first marks the sessions that the wave has not marked yet; once the plan is deployed, `deploy` does.
 */
export async function promote(engine: Engine, ref: PlanRef, input: Pick<HoldInput, "by">): Promise<PromotionResult> {
  const by = requireBy(input);
  const id = idOf(engine, ref);
  return underLease(engine, id, async (fence) => {
    const present = await presentPlan(engine, id);
    if (present.wave === undefined) throw notInWaves(present);
    rolloutMachine.assert(stages[present.status] ?? "rolled_back", isLast(present) ? "promote" : "advance");
    const marked = await markAll(engine, present, fence, true);
    const gate = await judged(engine, marked);
    const wave = marked.wave?.number;
    const changed = await changePlan(
      engine,
      id,
      (stored) => {
        if (stored.status !== "canary" || stored.wave?.number !== wave) throw notInWaves(stored);
        return changeFor(engine, stored, gate, by);
      },
      { fence },
    );
    if (gate.decision === "hold") {
      await engine.records.append(subjectOf(engine, "gate", id), [happened(engine, "gate.decided", { by, gate })]);
    }
    if (gate.decision === "stop") await unmarkAll(engine, changed);
    return { plan: gate.decision === "allow" ? await markAll(engine, changed, fence, false) : changed, gate };
  });
}

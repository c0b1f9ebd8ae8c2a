import type { GateDecision, GateEvidence, Plan, PlanContract } from "../contracts/types.js";
import { violations } from "../contracts/validate.js";
import { RegraftError } from "../errors.js";
import { digestOf } from "../hash/digest.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import { evaluateGate, type GateContext, type Guard } from "../ledger/gate.js";
import { planGuards } from "../ledger/gate-guards.js";
import { needsRehearsal } from "../plan/contract.js";
import { type PlanEvent, planLifecycle } from "../plan/lifecycle.js";
import { kindOf } from "./by.js";
import { type Engine, happened, subjectOf, timeOf } from "./context.js";
import { measured } from "./gate-measure.js";
import type { HostGuard } from "./gate-options.js";
import { inTime, late } from "./in-time.js";
import { requireObject } from "./input.js";

/** What is shown to a gate: texts by relative path. Their digests are kept, never the texts. */
export type Evidence = Readonly<Record<string, string>>;

/** What a gate of a plan stands before. */
export type PlanGateStage = "plan.approve" | "deploy";

const events: Readonly<Record<PlanGateStage, PlanEvent>> = { "plan.approve": "approve", deploy: "deploy" };

/** What was shown, by digest. An empty text shows nothing. */
export function evidenceOf(given: Evidence | undefined, before: readonly GateEvidence[] = []): GateEvidence[] {
  if (given === undefined) return [...before];
  requireObject(given, "/evidence");
  const names = Object.keys(given);
  const [fault] = violations("plan-contract", { requiredEvidence: names });
  if (fault !== undefined) {
    throw new RegraftError("INPUT.INVALID", "evidence is named by a relative path that stays below where it starts", {
      ...fault,
      path: "/evidence",
    });
  }
  const shown = new Map(before.map((one) => [one.name, one]));
  for (const [name, text] of Object.entries(given)) {
    if (typeof text !== "string") {
      throw new RegraftError("INPUT.INVALID", `the evidence ${name} is not a text`, {
        path: "/evidence",
        expected: "a text",
        received: kindOf(text),
      });
    }
    if (text.trim() !== "") shown.set(name, { name, digest: digestOf(text) });
  }
  return [...shown.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Asks a guard of the host now, and puts its answer in its place. */
async function settled(engine: Engine, guard: HostGuard, context: GateContext): Promise<Guard> {
  const { check, ...rule } = guard;
  const failure = (note: string): Guard => ({ ...rule, check: () => ({ answer: "fail", note }) });
  try {
    const outcome = await inTime(async () => check(context), engine.config.limits.sourceTimeoutMs);
    return outcome === late ? failure("the guard did not answer in time") : { ...rule, check: () => outcome };
  } catch (error) {
    engine.logger?.error({ guard: rule.id, error: String(error) }, "a guard failed");
    return failure("the guard itself failed");
  }
}

/** What guards of the host are shown: nothing that they could change, neither for each other nor for the decision. */
function shown({ transition, ...data }: GateContext): GateContext {
  const copy = frozenCopy(data) as Omit<GateContext, "transition">;
  return Object.freeze({
    ...copy,
    ...(transition === undefined ? {} : { transition: Object.freeze({ ...transition }) }),
  });
}

/** Asks guards of the host at their stages, and puts their answers in their places. */
export async function allSettled(engine: Engine, guards: readonly HostGuard[], context: GateContext): Promise<Guard[]> {
  const asked = guards.filter(({ stages }) => stages === undefined || stages.includes(context.stage));
  if (asked.length === 0) return [];
  const given = shown(context);
  const answers: Guard[] = [];
  for (const guard of asked) answers.push(await settled(engine, guard, given));
  return answers;
}

/** What a gate is asked about. */
export interface PlanGateInput {
  readonly stage: PlanGateStage;
  /** The status from which the step is taken. */
  readonly from: string;
  readonly evidence: readonly GateEvidence[];
  /** A further contract, for looking ahead. */
  readonly contract?: PlanContract;
}

/** Asks the gate of a plan; nothing is written. Rehearses the plan where a contract has a budget or forbids a target. */
export async function decideGate(engine: Engine, plan: Plan, input: PlanGateInput): Promise<GateDecision> {
  const { stage, from, evidence } = input;
  const { contract, before = [], after = [], models = {} } = engine.gates ?? {};
  const contracts = [contract, plan.contract, input.contract].filter((one): one is PlanContract => one !== undefined);
  const context: GateContext = {
    stage,
    subject: { kind: "plan", id: plan.id, digest: plan.digest },
    at: timeOf(engine),
    transition: { machine: planLifecycle, from, event: events[stage] },
    contracts,
    plan,
    evidence,
  };
  const first = await allSettled(engine, before, context);
  const measures = contracts.some(needsRehearsal) ? await measured(engine, plan, models) : {};
  const whole = { ...context, ...measures };
  const last = await allSettled(engine, after, whole);
  return evaluateGate([...first, ...planGuards, ...last], whole);
}

/**
 * Lets a plan through its gate, if there is one, or refuses it, with the refusal on record.
 *
 * @returns what the ledger entry of the operation carries: the decision, or nothing where no gate stands
 * @throws RegraftError `GATE.REFUSED` with `decision` and `reasons` in its details
 */
export async function passGate(
  engine: Engine,
  plan: Plan,
  input: PlanGateInput & { readonly by?: string },
): Promise<{ readonly gate?: GateDecision }> {
  if (engine.gates === undefined && plan.contract === undefined) return {};
  const gate = await decideGate(engine, plan, input);
  if (gate.decision === "allow") return { gate };
  const by = input.by === undefined ? {} : { by: input.by };
  await engine.records.append(subjectOf(engine, "gate", plan.id), [happened(engine, "gate.decided", { ...by, gate })]);
  const failing = gate.guards.filter(({ status }) => status === "fail");
  throw new RegraftError("GATE.REFUSED", `the gate says ${gate.decision} for ${input.stage} of plan ${plan.id}`, {
    expected: "allow",
    received: `${gate.decision}: ${gate.reasons.join(", ")}`,
    decision: gate.decision,
    reasons: gate.reasons,
    guards: failing,
  });
}

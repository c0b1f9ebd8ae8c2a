import type { GateDecision, PlanContract } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { defineContract } from "../plan/contract.js";
import type { Engine } from "./context.js";
import { approvedStatus } from "./deploy.js";
import { decideGate, type Evidence, evidenceOf, type PlanGateStage } from "./gate.js";
import { requireObject } from "./input.js";
import { requirePlan } from "./plan-records.js";
import { idOf, type PlanRef } from "./plan-ref.js";

/** Which gate of a plan to look at, and with what. */
export interface GateRequest {
  readonly stage: PlanGateStage;
  readonly evidence?: Evidence;
  /** Applies beside the contracts of the plan and of the engine. */
  readonly contract?: PlanContract;
}

/** What the gate of a plan would decide now; nothing is written. */
export async function gate(engine: Engine, plan: PlanRef, request: GateRequest): Promise<GateDecision> {
  requireObject(request, "");
  const { stage, evidence, contract } = request;
  if (stage !== "plan.approve" && stage !== "deploy") {
    throw new RegraftError("INPUT.INVALID", "plans have no such gate", {
      path: "/stage",
      expected: "plan.approve or deploy",
      received: String(stage),
    });
  }
  const stored = await requirePlan(engine, idOf(engine, plan));
  return decideGate(engine, stored, {
    stage,
    from: stage === "deploy" ? approvedStatus(engine, stored) : stored.status,
    evidence: evidenceOf(evidence, stage === "deploy" ? stored.evidence : undefined),
    ...(contract === undefined ? {} : { contract: defineContract(contract) }),
  });
}

import { produce } from "immer";
import type { DataChange, EffectAnswer, Plan, PlanContract, PlanRollout, Policy } from "../contracts/types.js";
import { diffCompiled, type ScenarioDiff } from "../diff/diff.js";
import { RegraftError } from "../errors.js";
import { deepFreeze } from "../hash/freeze.js";
import type { CompiledScenario } from "../scenario/compile.js";
import { defineContract } from "./contract.js";
import { planDigest } from "./digest.js";
import { lintPlan } from "./lint.js";
import { outlookOf } from "./outlook.js";
import { validatePolicies } from "./policy.js";
import { defineRollout } from "./rollout.js";
import { type SessionCounts, summarise } from "./summary.js";

/** The parts of a plan that its author may give and amend. */
export interface PlanTerms {
  readonly policies?: Readonly<Record<string, Policy>>;
  readonly mapping?: Readonly<Record<string, string>>;
  readonly effects?: Readonly<Record<string, EffectAnswer>>;
  readonly allowRepeat?: readonly string[];
  readonly data?: readonly DataChange[];
  /** What the plan has to keep to before it is approved and deployed. */
  readonly contract?: PlanContract;
  /** The waves in which it reaches its sessions; all at once if absent. */
  readonly rollout?: PlanRollout;
}

/** What a plan is made from. */
export interface PlanInput extends PlanTerms {
  readonly tenantId: string;
  readonly id: string;
  readonly from: CompiledScenario;
  readonly to: CompiledScenario;
  readonly counts?: SessionCounts;
  readonly createdAt: string;
  readonly createdBy?: string;
  readonly expiresAt?: string;
}

/**
 * Makes the pending plan for two versions: map, terms, summary, lint, outlook and digest.
 *
 * @throws RegraftError `PLAN.POLICY_INVALID`, `PLAN.UNKNOWN_ANCHOR` or `CONDITION.*` for bad policies; `PLAN.MAPPING_INVALID` for a
 * mapping, `PLAN.UNKNOWN_ANCHOR` for an effect or a repeat that names no step of the old version; `SCHEMA.INVALID` for a contract
 * or a rollout, `INPUT.INVALID` for waves that do not rise to 100
 * @remarks Pure. Linear in the two versions; the plan too.
 */
export function buildPlan(input: PlanInput): Plan {
  const { from, to } = input;
  checkTerms(input, from);
  const diff = diffOf(from, to, input);
  const terms = termsOf(input);
  const head = {
    tenantId: input.tenantId,
    id: input.id,
    scenarioId: from.scenario.id,
    fromVersion: from.scenario.version,
    toVersion: to.scenario.version,
    checksums: { from: from.checksum, to: to.checksum },
    map: diff.map,
    ...terms,
  };
  return deepFreeze<Plan>({
    ...head,
    ...judgement(diff, terms, input.counts),
    digest: planDigest(head),
    status: "pending",
    createdAt: input.createdAt,
    ...(input.createdBy === undefined ? {} : { createdBy: input.createdBy }),
    ...(input.expiresAt === undefined ? {} : { expiresAt: input.expiresAt }),
    revision: 1,
  });
}

/**
 * A plan with other terms: map, summary, lint, outlook and digest are made anew, everything else stays.
 *
 * Terms that are not named keep their value. The revision is not raised; the store does that.
 */
export function amendedPlan(plan: Plan, changes: PlanTerms, from: CompiledScenario, to: CompiledScenario): Plan {
  checkTerms(changes, from);
  const terms = termsOf({ ...plan, ...changes });
  const diff = diffOf(from, to, terms);
  const { byStep, counted } = plan.summary.affectedSessions;
  return deepFreeze(
    produce(plan, (draft) => {
      Object.assign(draft, terms, { map: diff.map }, judgement(diff, terms, counted ? byStep : undefined));
      draft.digest = planDigest({ ...plan, ...terms, map: diff.map });
    }),
  );
}

/** The diff that a plan's map was made from. */
export function diffOf(from: CompiledScenario, to: CompiledScenario, terms: PlanTerms): ScenarioDiff {
  return diffCompiled(from, to, { mapping: terms.mapping ?? {}, effects: terms.effects ?? {} });
}

type Terms = Pick<Plan, "policies"> &
  Partial<Pick<Plan, "mapping" | "effects" | "allowRepeat" | "data" | "contract" | "rollout">>;

function termsOf(terms: PlanTerms): Terms {
  return {
    policies: { ...terms.policies },
    ...(terms.mapping === undefined ? {} : { mapping: { ...terms.mapping } }),
    ...(terms.effects === undefined ? {} : { effects: { ...terms.effects } }),
    ...(terms.allowRepeat === undefined ? {} : { allowRepeat: [...new Set(terms.allowRepeat)].sort() }),
    ...(terms.data === undefined ? {} : { data: terms.data.map((change) => ({ ...change })) }),
    ...(terms.contract === undefined ? {} : { contract: defineContract(terms.contract) }),
    ...(terms.rollout === undefined ? {} : { rollout: defineRollout(terms.rollout) }),
  };
}

function judgement(
  diff: ScenarioDiff,
  terms: Terms,
  counts: SessionCounts,
): Pick<Plan, "summary" | "lint" | "outlook"> {
  const outlook = outlookOf(diff, terms);
  const lint = lintPlan(diff, { policies: terms.policies, data: terms.data ?? [], counts, outlook });
  return { lint, summary: summarise(diff, counts, lint), outlook };
}

function checkTerms(terms: PlanTerms, from: CompiledScenario): void {
  if (terms.policies !== undefined) validatePolicies(terms.policies, from);
  const named = [
    ...Object.keys(terms.effects ?? {}).map((id) => ({
      id,
      path: `/effects/${id.replaceAll("~", "~0").replaceAll("/", "~1")}`,
    })),
    ...(terms.allowRepeat ?? []).map((id, i) => ({ id, path: `/allowRepeat/${i}` })),
  ];
  for (const { id, path } of named) {
    if (from.index.has(id)) continue;
    throw new RegraftError("PLAN.UNKNOWN_ANCHOR", `${path}: ${id} is no step of version ${from.scenario.version}`, {
      path,
      expected: `a step id of version ${from.scenario.version}`,
      received: id,
    });
  }
}

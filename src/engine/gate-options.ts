import type { GuardRule, PlanContract } from "../contracts/types.js";
import { validate } from "../contracts/validate.js";
import { isRegraftError, RegraftError } from "../errors.js";
import type { GateContext, GuardOutcome } from "../ledger/gate.js";
import { defineContract } from "../plan/contract.js";

/** A guard of the host. It may take time, but no more than `limits.sourceTimeoutMs`; late or failing means failed. */
export interface HostGuard extends Readonly<GuardRule> {
  readonly check: (context: GateContext) => GuardOutcome | Promise<GuardOutcome>;
}

/**
 * What stands before the approval and the deployment of every plan.
 *
 * @public
 */
export interface GateOptions {
  /** Applies to every plan, beside the plan's own. */
  readonly contract?: PlanContract;
  /** Asked before anything is measured. */
  readonly before?: readonly HostGuard[];
  /** Asked last, with everything that was measured. */
  readonly after?: readonly HostGuard[];
  /** Models that measuring may ask; sessions that hang on one that is not asked count as failures. */
  readonly models?: { readonly judge?: boolean; readonly conversation?: boolean };
}

/** Options as a caller gives them. */
type Given = { readonly [K in keyof GateOptions]?: GateOptions[K] | undefined };

/** Names the place within the options in the error of a part. */
function at<T>(place: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!isRegraftError(error)) throw error;
    const { code, message, details } = error;
    const path = `${place}${details.path ?? ""}`;
    const text = `${path}: ${message.slice(code.length + 2)}`;
    throw new RegraftError("CONFIG.INVALID", text, { ...details, path }, { cause: error });
  }
}

function checkRules(guards: readonly HostGuard[] | undefined, place: string): void {
  if (guards === undefined || guards.length === 0) return;
  at(place, () => validate("guard-set", { guards: guards.map(({ check: _, ...rule }) => rule) }));
}

/** Checks the options of gates and freezes their contract. Throws `CONFIG.INVALID`. */
export function gatesOf(given: Given | undefined): GateOptions | undefined {
  if (given === undefined) return undefined;
  const { contract, before, after, models } = given;
  checkRules(before, "/gates/before");
  checkRules(after, "/gates/after");
  return {
    ...(contract === undefined ? {} : { contract: at("/gates/contract", () => defineContract(contract)) }),
    ...(before === undefined ? {} : { before: [...before] }),
    ...(after === undefined ? {} : { after: [...after] }),
    ...(models === undefined ? {} : { models }),
  };
}

import type { DataChange, Plan } from "../contracts/types.js";
import { matchSteps } from "../diff/match.js";
import { deepFreeze } from "../hash/freeze.js";
import type { CompiledScenario } from "../scenario/compile.js";
import type { PlanTerms } from "./build.js";

/** The terms of the way back, and what of the way there they cannot take back. */
export interface InverseTerms {
  readonly terms: Required<Pick<PlanTerms, "mapping" | "effects" | "data">>;
  /** Data changes that lost something: what they removed or wrote over is known to nobody any more. */
  readonly lost: readonly DataChange[];
}

function inverseChange(change: DataChange, from: CompiledScenario): DataChange | undefined {
  if (change.op === "rename") return { op: "rename", from: change.to, to: change.from };
  const type = change.op === "convert" ? from.fields.get(change.field)?.type : undefined;
  return change.op === "convert" && type !== undefined ? { op: "convert", field: change.field, to: type } : undefined;
}

/**
 * The terms under which sessions that a plan has moved go back to a version with the old content: its mapping the other way
 * round, its answers about effects, its renames and conversions undone in reverse order.
 *
 * Policies are not taken over: they speak of steps and sessions of the old version. A step to which several were mapped has no
 * single way back and is left to the match.
 *
 * @param from - the version that the plan led from
 * @param to - the version that it led to
 * @remarks Pure. As `matchSteps`.
 */
export function inverseTerms(
  { mapping = {}, effects = {}, data = [] }: Pick<Plan, "mapping" | "effects" | "data">,
  from: CompiledScenario,
  to: CompiledScenario,
): InverseTerms {
  const backwards = Object.entries(mapping).map(([old, now]): [string, string] => [now, old]);
  const single = backwards.filter(([now]) => backwards.filter(([other]) => other === now).length === 1);
  const { imageOf } = matchSteps(from, to, { mapping, effects });
  const answers = Object.entries(effects).flatMap(([old, answer]): [string, (typeof effects)[string]][] => {
    const image = imageOf[from.index.get(old) ?? -1]?.to;
    const id = image === undefined ? undefined : to.steps[image]?.id;
    return id === undefined ? [] : [[id, answer]];
  });
  const undone = data.map((change) => ({ change, back: inverseChange(change, from) })).reverse();
  return deepFreeze<InverseTerms>({
    terms: {
      mapping: Object.fromEntries(single),
      effects: Object.fromEntries(answers),
      data: undone.flatMap(({ back }) => (back === undefined ? [] : [back])),
    },
    lost: undone.flatMap(({ change, back }) => (back === undefined ? [change] : [])).reverse(),
  });
}

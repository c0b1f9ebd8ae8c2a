import type { ReasonCode } from "../contracts/reason-codes.js";
import type { MigrationKind, WitnessStep } from "../contracts/types.js";
import type { StepMatch } from "../diff/matching.js";
import { effectClass } from "../diff/pair.js";
import { knownValue } from "../scenario/value.js";
import type { Deed, WitnessPast } from "./witness-past.js";

/** What a session owes at a step before the target. */
export interface WitnessDebt {
  readonly status: WitnessStep["status"];
  readonly fields: readonly string[];
  readonly missing: readonly string[];
  /** Why the step may not lie before the target; undefined if it may. */
  readonly effect: ReasonCode | undefined;
  /** Whether what is said to stand for the step does. */
  readonly stands: boolean;
}

interface Ground {
  readonly past: WitnessPast;
  readonly data: Readonly<Record<string, unknown>>;
  readonly forceKind: MigrationKind | undefined;
  readonly anyRound: boolean;
}

/** Derives what is owed at a step, given what is said to stand for it. */
export function debtOf(ground: Ground, step: number, claimed: WitnessStep["visited"]): WitnessDebt {
  const { past, data, forceKind } = ground;
  const deeds = past.deedsAt(step);
  const named = deeds.filter(
    (deed) => deed.stepId === claimed?.stepId && deed.scenarioVersion === claimed.scenarioVersion,
  );
  const over = deeds.some((deed) => deed.asked) ? [] : passedOver(ground, step);
  const asked = least(deeds.filter((deed) => deed.asked).map((deed) => deed.pair?.addedFields ?? []));
  const skips = past.to.skips[step]?.evaluate(data);
  const own = skips === true ? [] : (past.to.steps[step]?.collects ?? []);
  const owed = asked ?? least(over.map((pair) => pair.addedFields)) ?? own;
  const waived = forceKind === "clean_graft";
  const knows = (field: string) => knownValue(past.to.fields.get(field), data[field]);
  const [deed] = named;
  const unnamed =
    over.length > 0
      ? "passed_over"
      : skips === true
        ? "skipped"
        : own.length === 0
          ? "silent"
          : waived
            ? "forced"
            : "known";
  const rests = deed?.pair !== undefined ? "visited" : "done";
  return {
    status: deeds.length === 0 ? unnamed : rests,
    fields: waived ? [] : owed,
    missing: waived ? [] : owed.filter((field) => !knows(field)),
    effect: effectOf(past, step, deeds, over),
    stands: deeds.length === 0 ? claimed === undefined : named.length > 0,
  };
}

/** The pairs of a step that the session jumped past on its old version. */
function passedOver({ past, anyRound }: Ground, step: number): readonly StepMatch[] {
  const region = past.region(anyRound);
  return (past.matching?.preimagesOf[step] ?? []).filter((pair) => region[pair.from] === 1);
}

function least(lists: readonly (readonly string[])[]): readonly string[] | undefined {
  return [...lists].sort((a, b) => a.length - b.length)[0];
}

function effectOf(
  past: WitnessPast,
  step: number,
  deeds: readonly Deed[],
  over: readonly StepMatch[],
): ReasonCode | undefined {
  const definition = past.to.steps[step];
  const kind = definition === undefined ? "none" : effectClass(definition);
  if (kind === "none" || over.some((pair) => pair.effect)) return undefined;
  const done = deeds.filter((deed) => deed.effect);
  if (done.some((deed) => deed.steps.length === 1)) return undefined;
  if (done.length > 0) return "MATCH.AMBIGUOUS";
  return kind === "checkpoint" ? "CHECKPOINT.WOULD_SKIP" : "ACTION.REQUIRED";
}

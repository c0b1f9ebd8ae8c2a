import type { Anchor, FieldNeed, Scenario, TransformationMap } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { type CompiledScenario, compile } from "../scenario/compile.js";
import { defineScenario } from "../scenario/parse.js";
import { type Classes, classify } from "./classify.js";
import { buildMap } from "./map.js";
import { type MatchOptions, matchSteps } from "./match.js";
import type { Matching } from "./matching.js";
import { requiredAbove } from "./requirements.js";
import { type ChangeView, changesWithin, downstreamOf, upstreamOf } from "./views.js";
import { compareWays, type WaysDiff } from "./ways.js";

/** The difference between two versions: the map, and views of it made on demand. */
export interface ScenarioDiff {
  readonly map: TransformationMap;
  readonly matching: Matching;
  readonly ways: WaysDiff;
  readonly classes: Classes;
  /** The anchor of an old step, or undefined when its content is not in the new version. */
  anchor(oldStepId: string): Anchor | undefined;
  /** What changed on the ways that lead to an old step's image. */
  upstream(oldStepId: string): ChangeView;
  /** What changed on the ways that go on from an old step's image. */
  downstream(oldStepId: string): ChangeView;
  /** The fields that sessions at an old step may be asked for at most. */
  requiredFields(oldStepId: string): readonly FieldNeed[];
}

/**
 * Compares two versions of a scenario.
 *
 * Pure: nothing is stored. Equal inputs give an equal map, byte for byte, whatever the order of steps or the layout. The map is
 * linear in the two graphs; upstream and downstream lists are made when asked for.
 *
 * @param from - the version that sessions walk now
 * @param to - the version they shall walk
 * @param options - explicit pairs and answers, see {@link MatchOptions}
 * @throws RegraftError `SCENARIO.*` when one of the two is not a valid scenario; `PLAN.MAPPING_INVALID` for a bad mapping
 * @remarks O(V + E) for scenarios without large groups of equal steps.
 *
 * @example
 * ```ts
 * import { defineScenario, diffScenarios } from "regraft";
 *
 * const v1 = defineScenario({
 *   id: "loan", version: 1, entry: "hello",
 *   steps: [{ id: "hello", name: "Hello" }, { id: "offer", name: "Offer" }],
 *   transitions: [{ from: "hello", to: "offer" }],
 * });
 * const v2 = defineScenario({
 *   id: "loan", version: 2, entry: "hello",
 *   steps: [...v1.steps, { id: "income", name: "Income", collects: ["income"] }],
 *   transitions: [{ from: "hello", to: "income" }, { from: "income", to: "offer" }],
 * });
 * diffScenarios(v1, v2).anchor("offer")?.kind; // "gap_fill"
 * ```
 */
export function diffScenarios(from: Scenario, to: Scenario, options: MatchOptions = {}): ScenarioDiff {
  return diffCompiled(compile(defineScenario(from)), compile(defineScenario(to)), options);
}

/** {@link diffScenarios} for versions that are compiled already. */
export function diffCompiled(from: CompiledScenario, to: CompiledScenario, options: MatchOptions = {}): ScenarioDiff {
  const matching = matchSteps(from, to, options);
  const ways = compareWays(matching);
  const classes = classify(matching, ways);
  let map: TransformationMap | undefined;
  let anchors: ReadonlyMap<string, Anchor> | undefined;
  const mapOf = () => {
    map ??= buildMap(matching, ways, classes);
    return map;
  };
  const anchorsOf = () => {
    anchors ??= new Map(mapOf().anchors.map((anchor) => [anchor.from, anchor]));
    return anchors;
  };
  const imageOf = (oldStepId: string): { old: number; now: number | undefined } => {
    const old = from.index.get(oldStepId);
    if (old === undefined) {
      throw new RegraftError("PLAN.UNKNOWN_ANCHOR", `version ${from.scenario.version} has no step ${oldStepId}`, {
        expected: "a step id of the old version",
        received: oldStepId,
      });
    }
    return { old, now: matching.imageOf[old]?.to };
  };
  const none = (c: CompiledScenario) => new Uint8Array(c.size);
  const view = (oldStepId: string, side: typeof upstreamOf): ChangeView => {
    const { old, now } = imageOf(oldStepId);
    const within = now === undefined ? none(to) : side(to, now);
    return changesWithin(matching, ways, side(from, old), within, side === downstreamOf ? now : undefined);
  };
  return {
    get map() {
      return mapOf();
    },
    matching,
    ways,
    classes,
    anchor: (oldStepId) => anchorsOf().get(oldStepId),
    upstream: (oldStepId) => view(oldStepId, upstreamOf),
    downstream: (oldStepId) => view(oldStepId, downstreamOf),
    requiredFields: (oldStepId) => {
      const { now } = imageOf(oldStepId);
      return now === undefined ? [] : requiredAbove(matching, ways, classes, now);
    },
  };
}

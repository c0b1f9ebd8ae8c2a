import type { ReasonCode } from "../contracts/reason-codes.js";
import type { MigrationKind } from "../contracts/types.js";
import { composeEvidence } from "../diff/compose.js";
import type { MatchOptions } from "../diff/match.js";
import { matchSteps } from "../diff/match.js";
import type { Matching } from "../diff/matching.js";
import { compareWays, type WaysDiff } from "../diff/ways.js";
import type { CompiledScenario } from "../scenario/compile.js";

/** One hop of a chain: the answers that its plan gives. */
export interface Hop extends MatchOptions {
  readonly from: CompiledScenario;
  readonly to: CompiledScenario;
  readonly planId?: string;
  readonly allowRepeat?: readonly string[];
  readonly forceKind?: MigrationKind;
}

/** Everything about two versions that is the same for all sessions; prepared once and shared. */
export interface Migration {
  /** The version that the sessions walk; undefined when its graph is gone. */
  readonly from: CompiledScenario | undefined;
  readonly to: CompiledScenario;
  readonly matching: Matching | undefined;
  readonly ways: WaysDiff | undefined;
  /** Old step ids whose checkpoint may run again. */
  readonly allowRepeat: ReadonlySet<string>;
  readonly planIds: readonly string[];
  /** Versions strictly between the two. */
  readonly lineage: readonly number[];
  /** Direct matchings to the target of other versions that sessions have visits of, by version. */
  readonly past: ReadonlyMap<number, Matching>;
  /** What the preparation has to report, for example `PLAN.FALLBACK`. */
  readonly notes: readonly ReasonCode[];
}

/** What {@link prepareMigration} needs beside the two ends. */
export interface MigrationOptions {
  /** The hops from `from` to `to`, in order; one for neighbouring versions, none without a plan. */
  readonly hops?: readonly Hop[];
  readonly past?: ReadonlyMap<number, Matching>;
  readonly notes?: readonly ReasonCode[];
}

/**
 * Prepares the move of sessions from one version to another.
 *
 * The two ends are compared directly; the hops in between add explicit mappings, lineage and permissions to repeat, never
 * requirements. An edit that a later version undid therefore asks for nothing.
 *
 * @remarks Pure. O(V + E) of both ends and of each hop.
 */
export function prepareMigration(
  from: CompiledScenario | undefined,
  to: CompiledScenario,
  options: MigrationOptions = {},
): Migration {
  const hops = options.hops ?? [];
  const [only] = hops;
  const chained = hops.length > 1 ? hops.map((hop) => matchSteps(hop.from, hop.to, hop)) : [];
  const evidence = hops.length > 1 ? composeEvidence(chained) : only;
  const matching = from === undefined ? undefined : matchSteps(from, to, evidence ?? {});
  return {
    from,
    to,
    matching,
    ways: matching === undefined ? undefined : compareWays(matching),
    allowRepeat: repeatable(hops, chained),
    planIds: hops.flatMap((hop) => (hop.planId === undefined ? [] : [hop.planId])),
    lineage: hops.slice(0, -1).map((hop) => hop.to.scenario.version),
    past: options.past ?? new Map<number, Matching>(),
    notes: options.notes ?? [],
  };
}

/** Permissions to repeat name steps of their own hop; here they are traced back to the first version. */
function repeatable(hops: readonly Hop[], matchings: readonly Matching[]): Set<string> {
  const allowed = new Set(hops[0]?.allowRepeat ?? []);
  const first = matchings[0];
  if (first === undefined) return allowed;
  first.from.steps.forEach((step, start) => {
    let at: number | undefined = start;
    hops.forEach((hop, i) => {
      const id = at === undefined ? undefined : hop.from.steps[at]?.id;
      if (id !== undefined && (hop.allowRepeat ?? []).includes(id)) allowed.add(step.id);
      at = at === undefined ? undefined : matchings[i]?.imageOf[at]?.to;
    });
  });
  return allowed;
}

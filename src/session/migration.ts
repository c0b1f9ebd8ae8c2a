import type { ReasonCode } from "../contracts/reason-codes.js";
import type { MigrationKind } from "../contracts/types.js";
import { composeMaps, type StepMap } from "../diff/compose.js";
import { evidenceOf, stepMapOf } from "../diff/compose-evidence.js";
import { type StepTrace, stepTrace } from "../diff/compose-trace.js";
import type { MatchOptions } from "../diff/match.js";
import { matchSteps } from "../diff/match.js";
import type { Matching } from "../diff/matching.js";
import { compareWays, type WaysDiff } from "../diff/ways.js";
import type { CompiledScenario } from "../scenario/compile.js";

/** What the plan of a hop says beside its pairs. */
export interface HopTerms extends MatchOptions {
  readonly planId?: string;
  readonly allowRepeat?: readonly string[];
  readonly forceKind?: MigrationKind;
}

/** One hop of a chain: the answers that its plan gives, and its two versions, or only its map where one of them is gone. */
export type Hop = HopTerms &
  (
    | { readonly from: CompiledScenario; readonly to: CompiledScenario; readonly map?: never }
    | { readonly map: StepMap; readonly from?: never; readonly to?: never }
  );

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
  /** What the maps of plans say about versions whose graphs are gone, by version. */
  readonly traces: ReadonlyMap<number, StepTrace>;
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
 * requirements. An edit that a later version undid therefore asks for nothing. Where the first version is gone, the composed
 * maps of the hops and the content hashes of the session's own visits take the place of the comparison.
 *
 * @throws RegraftError `INPUT.INVALID` when a hop does not start where the one before it ends
 * @remarks Pure. O(V + E) of both ends and of each hop.
 */
export function prepareMigration(
  from: CompiledScenario | undefined,
  to: CompiledScenario,
  options: MigrationOptions = {},
): Migration {
  const hops = options.hops ?? [];
  const [only] = hops;
  const direct = hops.length < 2 && from !== undefined && only?.map === undefined;
  const [first, ...others] = direct ? [] : hops.map(mapOf);
  const chain = first === undefined ? undefined : composeMaps([first, ...others]);
  const evidence = chain === undefined ? only : evidenceOf(chain);
  const matching = from === undefined ? undefined : matchSteps(from, to, evidence ?? {});
  const isTraced = from === undefined && chain !== undefined;
  return {
    from,
    to,
    matching,
    ways: matching === undefined ? undefined : compareWays(matching),
    allowRepeat: repeatable(hops, first === undefined ? [] : [first, ...others]),
    planIds: hops.flatMap((hop) => (hop.planId === undefined ? [] : [hop.planId])),
    lineage: hops.slice(0, -1).map((hop) => (hop.map === undefined ? hop.to.scenario.version : hop.map.to.version)),
    past: options.past ?? new Map<number, Matching>(),
    traces: isTraced ? new Map([[chain.from.version, stepTrace(chain, to)]]) : new Map<number, StepTrace>(),
    notes: options.notes ?? [],
  };
}

function mapOf(hop: Hop): StepMap {
  return hop.map ?? stepMapOf(matchSteps(hop.from, hop.to, hop), hop.effects);
}

/** Permissions to repeat name steps of their own hop; here they are traced back to the first version. */
function repeatable(hops: readonly Hop[], maps: readonly StepMap[]): Set<string> {
  const allowed = new Set(hops[0]?.allowRepeat ?? []);
  let at = new Map<string, string>();
  hops.slice(1).forEach((hop, i) => {
    const next = new Map((maps[i]?.pairs ?? []).flatMap((p) => (p.relation === "proposed" ? [] : [[p.from, p.to]])));
    at =
      i === 0 ? next : new Map([...at].flatMap(([start, id]) => (next.has(id) ? [[start, next.get(id) ?? id]] : [])));
    for (const [start, id] of at) if ((hop.allowRepeat ?? []).includes(id)) allowed.add(start);
  });
  return allowed;
}

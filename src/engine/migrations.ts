import type { Plan, Session } from "../contracts/types.js";
import type { StepMap } from "../diff/compose.js";
import type { StepTrace } from "../diff/compose-trace.js";
import type { Matching } from "../diff/matching.js";
import { type CompiledScenario, compile } from "../scenario/compile.js";
import { type Hop, type Migration, prepareMigration } from "../session/migration.js";
import type { Engine } from "./context.js";
import { type Route, routeTo, type Stretch } from "./route.js";
import type { World } from "./world.js";

/** The graph that a session walks; undefined when it is gone, or when another graph has its number. */
export async function walkedGraph(world: World, session: Session): Promise<CompiledScenario | undefined> {
  const scenario = await world.version(session.scenarioId, session.scenarioVersion);
  const compiled = scenario === undefined ? undefined : compile(scenario);
  return compiled?.checksum === session.scenarioChecksum ? compiled : undefined;
}

/** One stretch as a hop: its two versions, or the map of its plan where one of them is gone; undefined without both. */
export async function hopOf(
  world: World,
  scenarioId: string,
  { fromVersion, toVersion, plan }: Stretch,
): Promise<Hop | undefined> {
  const [from, to] = [await world.version(scenarioId, fromVersion), await world.version(scenarioId, toVersion)];
  const whole = from === undefined || to === undefined ? undefined : { from: compile(from), to: compile(to) };
  const ends = whole ?? (plan === undefined ? undefined : { map: mapOf(plan) });
  if (ends === undefined) return undefined;
  if (plan === undefined) return ends;
  const { mapping, effects, allowRepeat } = plan;
  return {
    ...ends,
    planId: plan.id,
    ...(mapping === undefined ? {} : { mapping }),
    ...(effects === undefined ? {} : { effects }),
    ...(allowRepeat === undefined ? {} : { allowRepeat }),
  };
}

function mapOf({ map, effects }: Plan): StepMap {
  return effects === undefined ? map : { ...map, effects };
}

/** Prepares a move once for each route, for all its sessions. */
export async function prepared(
  engine: Engine,
  world: World,
  from: CompiledScenario | undefined,
  to: CompiledScenario,
  route: Route,
): Promise<Migration> {
  const { id: scenarioId, version } = to.scenario;
  const plans = route.stretches.flatMap(({ plan }) => (plan === undefined ? [] : [`${plan.id} ${plan.digest}`]));
  const ends = [from?.scenario.version, from?.checksum, version, to.checksum];
  const key = JSON.stringify([engine.tenantId, scenarioId, ends, plans, route.notes]);
  const known = engine.cache.migrations.get(key);
  if (known !== undefined) return known;
  const hops: Hop[] = [];
  if (!route.notes.includes("PLAN.CHAIN_BROKEN")) {
    for (const stretch of route.stretches) {
      const hop = stretch.plan === undefined ? undefined : await hopOf(world, scenarioId, stretch);
      if (hop !== undefined) hops.push(hop);
    }
  }
  const whole = hops.length === route.stretches.length;
  return engine.cache.migrations.set(key, prepareMigration(from, to, { hops: whole ? hops : [], notes: route.notes }));
}

/**
 * How steps of other versions that the session has visited are matched with the new one, by the plans in between; where such a
 * version is gone, by the maps of those plans.
 */
export async function pastOf(
  engine: Engine,
  world: World,
  session: Session,
  to: CompiledScenario,
): Promise<Pick<Migration, "past" | "traces">> {
  const visited = [...session.stepHistory, ...session.passedCheckpoints, ...(session.completedActions ?? [])];
  const versions = new Set(visited.map(({ scenarioVersion }) => scenarioVersion));
  versions.delete(session.scenarioVersion);
  const past = new Map<number, Matching>();
  const traces = new Map<number, StepTrace>();
  for (const version of [...versions].sort((a, b) => a - b)) {
    const scenario = await world.version(session.scenarioId, version);
    const route = await routeTo(world, session.scenarioId, version, to.scenario.version);
    const direct: Route = route.hold === undefined ? route : { stretches: [], notes: ["PLAN.FALLBACK"] };
    const from = scenario === undefined ? undefined : compile(scenario);
    const shared = await prepared(engine, world, from, to, direct);
    if (shared.matching !== undefined) past.set(version, shared.matching);
    for (const [traced, trace] of shared.traces) traces.set(traced, trace);
  }
  return { past, traces };
}

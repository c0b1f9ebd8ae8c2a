import type { Plan, Scenario } from "../contracts/types.js";
import { archived, liveSubject, liveVersion, publishedVersions } from "./archive.js";
import type { Engine } from "./context.js";
import type { Heads } from "./heads.js";
import { plansAsProposed, plansFrom, plansNamed } from "./plan-index.js";

/** Versions and plans as a decision sees them: those stored, or those of a rehearsal. */
export interface World {
  live(scenarioId: string): Promise<Scenario | undefined>;
  version(scenarioId: string, version: number): Promise<Scenario | undefined>;
  /** Published versions, ascending. */
  versions(scenarioId: string): Promise<readonly number[]>;
  /** Plans from a version, oldest first. */
  plansFrom(scenarioId: string, version: number): Promise<readonly Plan[]>;
}

/** The world as it is stored. */
export function storedWorld(engine: Engine): World {
  return {
    live: async (id) => {
      const version = await liveVersion(engine, id);
      return version === undefined ? undefined : archived(engine, id, version);
    },
    version: (id, version) => archived(engine, id, version),
    versions: (id) => publishedVersions(engine, id),
    plansFrom: async (id, version) => (await plansFrom(engine, id, version)).plans,
  };
}

/** The world as the pointers name it that were read with a session. */
export function namedWorld(engine: Engine, heads: Heads): World {
  return {
    ...storedWorld(engine),
    live: async (id) => {
      const version = await heads.value(liveSubject(engine, id));
      return version === undefined ? undefined : archived(engine, id, Number(version));
    },
    plansFrom: (id, version) => plansNamed(engine, heads, id, version),
  };
}

/** The world as it would be if a plan were deployed now. Looking at it writes nothing. */
export function rehearsedWorld(engine: Engine, plan: Plan, to: Scenario): World {
  const stored = storedWorld(engine);
  const { wave: _, ...whole } = plan;
  const deployed: Plan = { ...whole, status: "deployed", deployedAt: new Date(engine.clock.now()).toISOString() };
  return {
    ...stored,
    live: async () => to,
    version: async (id, version) => (version === to.version ? to : stored.version(id, version)),
    plansFrom: async (id, version) =>
      version === plan.fromVersion ? [deployed] : plansAsProposed(engine, id, version),
  };
}

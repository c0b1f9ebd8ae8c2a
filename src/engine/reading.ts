import type { Session } from "../contracts/types.js";
import type { CommitOptions } from "../ports/session-store.js";
import type { Considered } from "./consider.js";
import type { Engine } from "./context.js";
import { Heads } from "./heads.js";
import { findPlan } from "./plan-records.js";
import { namedWorld, storedWorld, type World } from "./world.js";

/** What a write is bound to beside the revision of its session. */
export type Binding = Pick<CommitOptions, "provided">;

/** A session as it was read, and the versions and plans to decide about it with. */
export interface Reading {
  readonly session: Session | undefined;
  readonly world: World;
  /** Binds the write of a decision to the plans that it rests on; undefined if one of them is not what it was. */
  bind(considered: Considered): Promise<Binding | undefined>;
}

/**
 * Reads a session to be decided about. A store that keeps sessions and records in one place is asked once for both, and told to write
 * only while what was read stands; any other one is asked for each, and for the plans again before the write.
 *
 * @param found - the session where it was just found, so that it need not be read for itself
 */
export async function readSession(engine: Engine, id: string, found?: Session): Promise<Reading> {
  const { sessions, records } = engine;
  const isOne: unknown = records;
  if (sessions.getWith === undefined || isOne !== sessions) {
    const session = found ?? (await sessions.get({ tenantId: engine.tenantId, id }));
    const bind = async (considered: Considered) => ((await plansStand(engine, considered)) ? {} : undefined);
    return { session, world: storedWorld(engine), bind };
  }
  const heads = new Heads(engine);
  const session = await heads.read(id, sessions.getWith);
  return { session, world: namedWorld(engine, heads), bind: async () => ({ provided: heads.used }) };
}

/** Whether the plans that a decision rests on still are what they were: one may have been stopped while it was made. */
async function plansStand(engine: Engine, considered: Considered): Promise<boolean> {
  if (considered.is !== "decided") return true;
  for (const { id, status, digest } of considered.plans) {
    const now = await findPlan(engine, id);
    if (now?.status !== status || now.digest !== digest) return false;
  }
  return true;
}

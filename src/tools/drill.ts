import { isRegraftError } from "../errors.js";
import { corruptedTail, crashedPublish, lostStore, poisonSession, replayed, stuckLock } from "./drill-stores.js";
import { DrillFailure, type DrillWorld, inDrillWorld } from "./drill-world.js";

/** A fault and the recovery from it. */
interface Drill {
  readonly says: string;
  readonly run: (world: DrillWorld) => Promise<void>;
}

/** All drills by name. */
export const drills: Readonly<Record<string, Drill>> = Object.freeze({
  "corrupted-tail": { says: "a line of the ledger that was cut short", run: corruptedTail },
  "crashed-publish": { says: "a version that is archived and not live", run: crashedPublish },
  "stuck-lock": { says: "a lock of a process that has ended", run: stuckLock },
  "poison-session": { says: "a session on a step that does not exist", run: poisonSession },
  "lost-store": { says: "a store that has to come back from its copy", run: lostStore },
  replay: { says: "the state, from nothing but the ledger", run: replayed },
});

/** What became of a drill. */
export interface DrillResult {
  readonly name: string;
  readonly ok: boolean;
  /** Why it failed. */
  readonly problem?: string;
}

/** Runs one drill in a temporary store of its own. What it shows to be wrong is its result; a fault of the drill itself is thrown. */
export async function runDrillNamed(name: string, { run }: Drill): Promise<DrillResult> {
  try {
    await inDrillWorld(run);
    return { name, ok: true };
  } catch (error) {
    if (error instanceof DrillFailure || isRegraftError(error)) return { name, ok: false, problem: error.message };
    throw error;
  }
}

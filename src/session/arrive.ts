import type { PassedCheckpoint, Session, TeleportDecision, Visit } from "../contracts/types.js";
import { deepFreeze } from "../hash/freeze.js";
import type { Migration } from "./migration.js";
import { recordVisit } from "./visits.js";

/** When a move is made, and how many visits are kept. */
export interface ArrivalOptions {
  readonly at: string;
  readonly historyLimit?: number;
}

function reasonOf({ reasons }: TeleportDecision): Visit["reason"] {
  if (reasons.includes("MIGRATION.RELOCATED")) return "relocate";
  return reasons.includes("MIGRATION.REROUTED") ? "re_route" : "graft";
}

/** The passed checkpoint on which the session stands, if the step it is grafted onto is the same one. */
function samePassing(
  session: Session,
  { from, to, matching }: Migration,
  stepId: string,
): PassedCheckpoint | undefined {
  const standing = session.passedCheckpoints.find(
    (known) => known.stepId === session.stepId && known.scenarioVersion === session.scenarioVersion,
  );
  const target = to.index.get(stepId);
  if (standing === undefined || target === undefined) return undefined;
  const old = from?.index.get(session.stepId);
  const pair = old === undefined ? undefined : matching?.imageOf[old];
  const same = pair?.to === target ? pair.effect : to.hashes[target] === standing.contentHash;
  return same ? standing : undefined;
}

/**
 * The session after a move: it walks the new version, stands on the decided step, and its visit says why it came.
 *
 * No move passes a checkpoint: the one on which the session stands is carried over to the new version with the time of its
 * passing, and any other checkpoint that a session is put on is a position only.
 *
 * @returns a frozen session without mark and migration state; its last activity is untouched
 */
export function arrive(
  session: Session,
  migration: Migration,
  decision: TeleportDecision,
  options: ArrivalOptions,
): Session {
  const { pendingMigration: _, migration: __, ...rest } = session;
  const { scenario, checksum } = migration.to;
  const walker: Session = { ...rest, scenarioVersion: scenario.version, scenarioChecksum: checksum };
  const reason = reasonOf(decision);
  const moved = recordVisit(walker, scenario, decision.stepId, { ...options, reason });
  const { lastActivityAt, passedCheckpoints: passed } = session;
  const settled = { ...moved, lastActivityAt, passedCheckpoints: passed };
  const visit = moved.stepHistory.at(-1);
  if (visit?.isCheckpoint !== true) return deepFreeze(settled);

  const standing = samePassing(session, migration, decision.stepId);
  if (standing === undefined) {
    const { checkpointDescription: ___, ...place } = visit;
    const position: Visit = { ...place, isCheckpoint: false };
    const stepHistory = [...moved.stepHistory.slice(0, -1), position];
    return deepFreeze({ ...settled, stepHistory });
  }
  const { stepId, contentHash, scenarioVersion, checkpointDescription } = visit;
  const carried: PassedCheckpoint = {
    stepId,
    contentHash,
    scenarioVersion,
    ...(checkpointDescription === undefined ? {} : { checkpointDescription }),
    enteredAt: standing.enteredAt,
  };
  const passedCheckpoints = passed.map((known) => (known === standing ? carried : known));
  return deepFreeze({ ...settled, passedCheckpoints });
}

import type { GoldenSession, Scenario, Session } from "../contracts/types.js";
import { recordVisit, startSession } from "../session/visits.js";

const dayMs = 86_400_000;
const minuteMs = 60_000;

/** Finds a version of the case by scenario and number. */
export type FindVersion = (version: number, scenarioId?: string) => Scenario;

/** What all sessions of a case have in common. */
export interface SessionSurroundings {
  readonly tenantId: string;
  /** The first moment of the case in milliseconds since the epoch. */
  readonly beginsMs: number;
  readonly find: FindVersion;
}

/** The ids that a session of a case stands for. */
export function idsOf({ id, copies }: GoldenSession): string[] {
  return copies === undefined ? [id] : Array.from({ length: copies }, (_, i) => `${id}-${i + 1}`);
}

/** The visits that a session of a case has made, with the version each was made on. */
export function visitedBy(given: GoldenSession, walked: Scenario): { stepId: string; version: number }[] {
  if (given.visits !== undefined) return given.visits;
  const history = given.history ?? [given.stepId ?? walked.entry];
  return history.map((stepId) => ({ stepId, version: walked.version }));
}

/** The sessions as they are stored. Their visits are made by the library's own recorder. */
export function sessionsOf(given: GoldenSession, { tenantId, beginsMs, find }: SessionSurroundings): Session[] {
  const walked = find(given.version, given.scenarioId);
  const createdMs = given.createdAt === undefined ? beginsMs - 2 * dayMs : Date.parse(given.createdAt);
  const stamp = (ms: number) => new Date(ms).toISOString();
  const visits = visitedBy(given, walked);
  const { channel, customerId } = given;
  const fresh = startSession(walked, {
    id: given.id,
    at: stamp(createdMs),
    tenantId,
    variables: given.variables ?? {},
    ...(channel === undefined ? {} : { channel }),
    ...(customerId === undefined ? {} : { customerId }),
  });
  const made = walk(visits, (version) => find(version, given.scenarioId), createdMs);
  const last = stamp(createdMs + Math.max(0, visits.length - 1) * minuteMs);
  return idsOf(given).map((id) => ({
    ...fresh,
    id,
    stepId: given.stepId ?? visits.at(-1)?.stepId ?? walked.entry,
    ...made,
    status: given.status ?? "active",
    updatedAt: last,
    lastActivityAt: last,
  }));
}

type Walked = Pick<Session, "stepHistory" | "passedCheckpoints">;

/** The visits, each recorded on its own version. */
function walk(
  visits: readonly { stepId: string; version: number }[],
  find: (version: number) => Scenario,
  createdMs: number,
): Walked {
  const steps = visits.map(({ stepId, version }, i) => {
    const scenario = find(version);
    const at = new Date(createdMs + i * minuteMs).toISOString();
    const entered = startSession(scenario, { id: "visitor", at });
    if (stepId === scenario.entry) return entered;
    const { stepHistory, passedCheckpoints } = recordVisit(entered, scenario, stepId, { at });
    return {
      stepHistory: stepHistory.slice(1),
      passedCheckpoints: passedCheckpoints.filter((checkpoint) => checkpoint.stepId === stepId),
    };
  });
  const passed = new Map<string, Session["passedCheckpoints"][number]>();
  for (const checkpoint of steps.flatMap(({ passedCheckpoints }) => passedCheckpoints)) {
    const key = `${checkpoint.scenarioVersion}/${checkpoint.stepId}`;
    passed.delete(key);
    passed.set(key, checkpoint);
  }
  return { stepHistory: steps.flatMap(({ stepHistory }) => stepHistory), passedCheckpoints: [...passed.values()] };
}

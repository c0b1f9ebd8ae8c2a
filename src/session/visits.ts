import { DEFAULTS } from "../config/defaults.js";
import type { PassedCheckpoint, Scenario, Session, Visit } from "../contracts/types.js";
import { validate } from "../contracts/validate.js";
import { RegraftError } from "../errors.js";
import { frozenCopy } from "../hash/frozen-copy.js";
import { type CompiledScenario, compile } from "../scenario/compile.js";
import { withPassed } from "./passed.js";

/** Who starts to walk a scenario, and when. */
export interface StartOptions extends Partial<Pick<Session, "tenantId" | "channel" | "customerId" | "variables">> {
  readonly id: string;
  readonly at: string;
}

/** When and why a step is visited. */
export interface VisitOptions extends Partial<Pick<Visit, "turn" | "reason">> {
  readonly at: string;
  /** Visits to keep, the latest ones; `historyLimit` of the defaults if absent. Passed checkpoints are always kept. */
  readonly historyLimit?: number;
}

function visitOf(c: CompiledScenario, stepId: string, options: Omit<VisitOptions, "historyLimit">): Visit {
  const { at, reason = "transition", turn } = options;
  const { id, version } = c.scenario;
  const place = c.index.get(stepId);
  const step = place === undefined ? undefined : c.steps[place];
  if (place === undefined || step === undefined) {
    throw new RegraftError("SESSION.STEP_UNKNOWN", `${id} version ${version} has no step "${stepId}"`, {
      path: "/stepId",
      expected: `a step id of ${id} version ${version}`,
      received: stepId,
    });
  }
  const { name, checkpoint = false, checkpointDescription } = step;
  const visit = {
    stepId,
    ...(name === undefined ? {} : { stepName: name }),
    contentHash: c.hashes[place],
    scenarioVersion: version,
    enteredAt: at,
    ...(turn === undefined ? {} : { turn }),
    isCheckpoint: checkpoint,
    ...(checkpoint && checkpointDescription !== undefined ? { checkpointDescription } : {}),
    reason,
  };
  return validate("visit", visit, { code: "INPUT.INVALID" });
}

function nameOf(id: string, version: number, checksum: string): string {
  return `${id} version ${version} (${checksum})`;
}

function checkWalks(session: Session, { scenario, checksum }: CompiledScenario): void {
  const walked = nameOf(session.scenarioId, session.scenarioVersion, session.scenarioChecksum);
  const given = nameOf(scenario.id, scenario.version, checksum);
  if (walked === given) return;
  throw new RegraftError("SESSION.VERSION_MOVED", `session "${session.id}" walks ${walked}, not ${given}`, {
    path: "/scenarioVersion",
    expected: walked,
    received: given,
  });
}

function checkOpen({ id, status }: Session): void {
  if (status !== "closed" && status !== "exited") return;
  throw new RegraftError("SESSION.CLOSED", `session "${id}" is ${status} and visits nothing any more`, {
    path: "/status",
    expected: "a session that is open",
    received: status,
  });
}

/**
 * Starts a session at the entry of a scenario, with its first visit.
 *
 * @param scenario - the version to walk
 * @returns a frozen session of revision 1, to be created by a commit that expects revision 0
 * @throws RegraftError `INPUT.INVALID` with the path of an option that cannot be used
 *
 * @example
 * startSession(scenario, { id: "s1", at: "2026-03-01T09:00:00Z" }).stepHistory.length; // 1
 *
 * @public
 */
export function startSession(scenario: Scenario, options: StartOptions): Session {
  const { id, at, tenantId = "", variables = {}, ...person } = options;
  const c = compile(scenario);
  const visit = visitOf(c, scenario.entry, { at, reason: "entry" });
  const session = frozenCopy({
    tenantId,
    id,
    scenarioId: scenario.id,
    scenarioVersion: scenario.version,
    scenarioChecksum: c.checksum,
    stepId: scenario.entry,
    stepHistory: [visit],
    passedCheckpoints: withPassed([], visit),
    variables,
    ...person,
    status: "active",
    createdAt: at,
    updatedAt: at,
    lastActivityAt: at,
    revision: 1,
  });
  return validate("session", session, { code: "INPUT.INVALID" });
}

/**
 * The session after it has come to a step: what hosts call for each move, so that a later migration can tell what was
 * done. The visit carries the step's content hash, name and checkpoint text; a checkpoint counts as passed from now on.
 *
 * @param session - not changed
 * @param scenario - the version that the session walks; a report about another one is refused, not written
 * @param stepId - where the session stands now
 * @returns a frozen session of the same revision: the commit raises it
 * @throws RegraftError `SESSION.VERSION_MOVED`, `SESSION.STEP_UNKNOWN`, `SESSION.CLOSED`, or `INPUT.INVALID`
 *
 * @remarks Pure. O(h) in the visits kept.
 *
 * @example
 * const session = startSession(scenario, { id: "s1", at: "2026-03-01T09:00:00Z" });
 * recordVisit(session, scenario, "income", { at: "2026-03-01T09:01:00Z", turn: 2 }).stepId; // "income"
 *
 * @public
 */
export function recordVisit(session: Session, scenario: Scenario, stepId: string, options: VisitOptions): Session {
  const { historyLimit = DEFAULTS.historyLimit, ...circumstances } = options;
  const c = compile(scenario);
  checkOpen(session);
  checkWalks(session, c);
  checkHistoryLimit(historyLimit);
  const visit = visitOf(c, stepId, circumstances);
  const { inverse: _, ...walker } = session;
  return frozenCopy({
    ...walker,
    stepId,
    stepHistory: trimHistory([...session.stepHistory, visit], historyLimit),
    passedCheckpoints: withPassed(leftBehind(session, c), visit),
    updatedAt: visit.enteredAt,
    lastActivityAt: visit.enteredAt,
  });
}

/**
 * The passed checkpoints once the session leaves its step: one that a migration put it on, without a visit that says so, has
 * happened by now.
 */
function leftBehind(session: Session, c: CompiledScenario): PassedCheckpoint[] {
  const { passedCheckpoints, stepId, scenarioVersion, updatedAt } = session;
  const known = passedCheckpoints.some((k) => k.stepId === stepId && k.scenarioVersion === scenarioVersion);
  if (known || c.steps[c.index.get(stepId) ?? -1]?.checkpoint !== true) return passedCheckpoints;
  return withPassed(passedCheckpoints, visitOf(c, stepId, { at: updatedAt }));
}

/**
 * Keeps a history within its limit: visits that were repeated later go first, then the oldest. A history that lost more than
 * repetitions does not begin with an entry any more, which tells later decisions that it is incomplete.
 */
function trimHistory(visits: readonly Visit[], limit: number): Visit[] {
  if (visits.length <= limit) return [...visits];
  const later = new Set<string>();
  const last = [...visits].reverse().filter(({ scenarioVersion, stepId }, i) => {
    const key = `${scenarioVersion}:${stepId}`;
    const repeated = later.has(key) && i < visits.length - 1;
    later.add(key);
    return !repeated;
  });
  return last.reverse().slice(-limit);
}

function checkHistoryLimit(historyLimit: number): void {
  if (Number.isInteger(historyLimit) && historyLimit > 0) return;
  throw new RegraftError("INPUT.INVALID", "historyLimit must be a positive whole number", {
    path: "/historyLimit",
    expected: "a whole number of at least 1",
    received: String(historyLimit),
  });
}

import type { Scenario, Session } from "../../src/contracts/types.js";
import type { LedgerEntry } from "../../src/ports/ledger.js";
import { compile } from "../../src/scenario/compile.js";

interface Position {
  readonly version: number;
  readonly stepId: string;
}

function isPosition(value: unknown): value is Position {
  return typeof value === "object" && value !== null && "version" in value && "stepId" in value;
}

function written({ version, stepId }: Position): string {
  return `${version}/${stepId}`;
}

/** What the ledger of a session says about it. */
export interface Replay {
  readonly position: string | undefined;
  readonly commits: number;
  readonly moves: number;
  readonly undone: number;
  readonly updates: readonly string[];
  readonly problems: readonly string[];
}

/** Entries that never stand alone: the decision that follows was written with them. */
const brought = new Set(["session.answered", "session.confirmed", "session.action_completed", "session.resolved"]);

/** Plays the ledger of a session: every entry has to start where the one before has ended. */
export function replay(entries: readonly LedgerEntry[]): Replay {
  const problems: string[] = [];
  const keys = new Set<string>();
  const updates: string[] = [];
  let position: Position | undefined;
  let [commits, moves, undone] = [0, 0, 0];
  for (const { seq, type, data } of entries) {
    if (!brought.has(type)) commits += 1;
    if (type === "session.started") {
      if (position !== undefined) problems.push(`entry ${seq} starts the session again`);
      if (isPosition(data)) position = data;
    }
    if (type === "session.visited" && isPosition(data)) {
      if (data.version !== position?.version) problems.push(`entry ${seq} is a visit in version ${data.version}`);
      position = data;
    }
    if (type === "session.updated" && Array.isArray(data.fields)) updates.push(...data.fields.map(String));
    if (type !== "session.reconciled" && type !== "session.undone") continue;
    const { from, to, key } = data;
    if (!isPosition(from) || position === undefined || written(from) !== written(position)) {
      problems.push(`entry ${seq} does not start where the session stood`);
    }
    if (isPosition(to)) position = to;
    if (typeof key === "string") {
      if (keys.has(key)) problems.push(`entry ${seq} settles ${key} again`);
      keys.add(key);
    }
    if (data.action === "teleport") moves += 1;
    if (type === "session.undone") undone += 1;
  }
  const place = position === undefined ? undefined : written(position);
  return { position: place, commits, moves, undone, updates, problems };
}

/** Whether step, version, checksum, visits, checkpoints and revision of a session fit together, and to its ledger. */
export function checkSession(session: Session, told: Replay, versions: ReadonlyMap<number, Scenario>): string[] {
  const { scenarioVersion, scenarioChecksum, stepId, stepHistory, passedCheckpoints, revision } = session;
  const problems = [...told.problems];
  const scenario = versions.get(scenarioVersion);
  if (scenario === undefined) return [...problems, `its version ${scenarioVersion} is not published`];
  if (compile(scenario).checksum !== scenarioChecksum) problems.push("its checksum is that of another version");
  const position = written({ version: scenarioVersion, stepId });
  if (told.position !== position) problems.push(`it stands on ${position}, its ledger ends on ${told.position}`);
  if (told.commits !== revision) problems.push(`it is at revision ${revision} after ${told.commits} commits`);
  const last = stepHistory.at(-1);
  if (last === undefined || written({ version: last.scenarioVersion, stepId: last.stepId }) !== position) {
    problems.push("its last visit is not where it stands");
  }
  for (const visit of stepHistory) {
    const known = versions.get(visit.scenarioVersion);
    const at = known === undefined ? undefined : compile(known).index.get(visit.stepId);
    const hash = known === undefined || at === undefined ? undefined : compile(known).hashes[at];
    if (hash !== visit.contentHash)
      problems.push(`no version has its visit of ${visit.stepId} in ${visit.scenarioVersion}`);
  }
  const moved = stepHistory.filter(({ reason }) => reason !== "entry" && reason !== "transition").length;
  if (moved !== told.moves - told.undone) {
    problems.push(`${moved} of its visits are moves, its ledger has ${told.moves} and ${told.undone} undone`);
  }
  const paid = stepHistory.filter(({ isCheckpoint, reason }) => isCheckpoint && reason === "transition");
  if (paid.length > 0 && passedCheckpoints.length === 0) problems.push("it has forgotten a checkpoint that it passed");
  return problems;
}

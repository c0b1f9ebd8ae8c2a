import type { Scenario, Session, StateOperation, StateReport, StateSummary } from "../contracts/types.js";
import { validate } from "../contracts/validate.js";
import type { Regraft } from "../engine/regraft.js";
import { isRegraftError, RegraftError } from "../errors.js";
import { canonicalJson } from "../hash/canonical-json.js";
import { scenarioChecksum } from "../scenario/checksum.js";
import { defineScenario } from "../scenario/parse.js";
import { readArea, type SourceItem } from "./state-source.js";

/** The layout of plain files, and the one that stores of this release have. */
export const layouts = Object.freeze({ plain: 0, store: 1 });

/** Counts operations by status. */
export function summaryOf(operations: readonly StateOperation[]): StateSummary {
  const summary: StateSummary = { planned: 0, created: 0, skipped: 0, conflict: 0, error: 0 };
  for (const { status } of operations) summary[status] += 1;
  return summary;
}

/** The report of operations; nothing is left to do where all of them were skipped. */
export function stateReport(
  operations: readonly StateOperation[],
  { isDry, from }: { readonly isDry: boolean; readonly from: number },
): StateReport {
  const summary = summaryOf(operations);
  return {
    mode: isDry ? "dry-run" : "apply",
    fromLayout: from,
    toLayout: layouts.store,
    operations: [...operations],
    summary,
    idempotent: operations.length === summary.skipped,
  };
}

type Outcome = Pick<StateOperation, "status" | "code" | "note" | "target">;

function conflict(target: string): Outcome {
  return { status: "conflict", code: "STATE.MIGRATION_CONFLICT", note: "other content is there already", target };
}

function failed(error: unknown): Outcome {
  if (!isRegraftError(error) || error.code === "STORE.UNAVAILABLE" || error.code === "INTERNAL.BUG") throw error;
  const text = error.message.startsWith(`${error.code}: `) ? error.message.slice(error.code.length + 2) : error.message;
  return { status: "error", code: error.code, note: text.slice(0, 1000) };
}

/** What of a session its place in a store decides. */
function bare({ revision: _, pendingMigration: __, updatedAt: ___, ...session }: Session): unknown {
  return session;
}

/** What a dry run would have made so far, by target, and the versions that a run has made. */
interface Planned {
  readonly versions: Map<string, Scenario>;
  readonly sessions: Map<string, Session>;
}

interface Work {
  readonly regraft: Regraft;
  readonly isDry: boolean;
}

async function publishOne({ regraft, isDry }: Work, scenario: Scenario, { versions }: Planned): Promise<Outcome> {
  const { id, version } = scenario;
  const target = `scenario/${id}@${version}`;
  const before = versions.get(target);
  const known =
    before ?? ((await regraft.versions(id)).includes(version) ? await regraft.scenario(id, version) : undefined);
  const live = await regraft.liveVersion(id);
  if (known !== undefined) {
    if (scenarioChecksum(known) !== scenarioChecksum(scenario)) return conflict(target);
    // A publication that was interrupted has archived the version, and is completed by publishing it again.
    const isDone = before !== undefined || (live !== undefined && live >= version);
    if (isDone) return { status: "skipped", target };
  }
  if (live !== undefined && live > version) {
    return { ...conflict(target), note: `version ${live} is live already, and versions only rise` };
  }
  versions.set(target, scenario);
  if (isDry) return { status: "planned", target };
  await regraft.publish(scenario);
  return { status: "created", target };
}

async function importOne(
  { regraft, isDry }: Work,
  session: Session,
  { versions, sessions }: Planned,
): Promise<Outcome> {
  const target = `session/${session.id}`;
  const stored = await regraft.session(session.id).catch((error: unknown) => {
    if (isRegraftError(error, "SESSION.NOT_FOUND")) return undefined;
    throw error;
  });
  const known = stored ?? sessions.get(target);
  if (known !== undefined) {
    return canonicalJson(bare(known)) === canonicalJson(bare(session))
      ? { status: "skipped", target }
      : conflict(target);
  }
  const { scenarioId, scenarioVersion, scenarioChecksum: checksum, stepId } = session;
  const version =
    versions.get(`scenario/${scenarioId}@${scenarioVersion}`) ?? (await regraft.scenario(scenarioId, scenarioVersion));
  if (scenarioChecksum(version) !== checksum || !version.steps.some(({ id }) => id === stepId)) {
    const received = `step ${stepId} of version ${scenarioVersion}`;
    throw new RegraftError("SESSION.STEP_UNKNOWN", `${received} is not in the versions beside it`, { received });
  }
  if (isDry) {
    sessions.set(target, session);
    return { status: "planned", target };
  }
  await regraft.importSession(session);
  return { status: "created", target };
}

async function operationOf(
  action: StateOperation["action"],
  { source, value, problem }: SourceItem,
  act: (value: unknown) => Promise<Outcome>,
): Promise<StateOperation> {
  if (problem !== undefined) return { action, source, status: "error", code: "INPUT.INVALID", note: problem };
  try {
    return { action, source, ...(await act(value)) };
  } catch (error) {
    return { action, source, ...failed(error) };
  }
}

function byVersion(a: SourceItem, b: SourceItem): number {
  const of = ({ value }: SourceItem) =>
    typeof value === "object" && value !== null && "version" in value ? Number(value.version) : 0;
  return of(a) - of(b);
}

/**
 * Takes a directory of plain files over into a store: versions in their order, then sessions. What is there already with the same
 * content is skipped, so a second run changes nothing; with other content it is a conflict and stays. Locks, hidden and temporary files
 * are no state; symbolic links are errors. No path of the host is in the report.
 *
 * @throws RegraftError `CLI.FILE_NOT_FOUND` where there is no such directory; what the store throws
 */
export async function migrateState(
  regraft: Regraft,
  { from, isDry }: { readonly from: string; readonly isDry: boolean },
): Promise<StateReport> {
  const work: Work = { regraft, isDry };
  const planned: Planned = { versions: new Map(), sessions: new Map() };
  const operations: StateOperation[] = [];
  for (const item of readArea(from, "versions").sort(byVersion)) {
    operations.push(await operationOf("publish", item, (value) => publishOne(work, defineScenario(value), planned)));
  }
  for (const item of readArea(from, "sessions")) {
    const act = (value: unknown) => importOne(work, validate("session", value, { code: "INPUT.INVALID" }), planned);
    operations.push(await operationOf("take", item, act));
  }
  return stateReport(operations, { isDry, from: layouts.plain });
}

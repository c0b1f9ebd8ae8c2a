import type { Plan, Scenario, Session } from "../../src/contracts/types.js";
import { createRegraft } from "../../src/engine/regraft.js";
import { checkSession, replay } from "./check-session.js";
import { readStreams, type Streams, streamName } from "./check-streams.js";
import { idOf, scenarioId } from "./flow.js";
import type { Store } from "./open-store.js";

const pageLimit = 500;

/** What a write of an owner left behind: a variable of this name, or a visit under this turn. */
export interface OwnersWrite {
  readonly id: string;
  readonly variable?: string;
  readonly turn?: number;
}

/** What must be in the store. */
export interface Expected {
  readonly tenant: string;
  readonly sessions: number;
  /** Writes that were acknowledged. */
  readonly writes: readonly OwnersWrite[];
  /** Every session has moved, and perhaps was taken back: none waits for anything. */
  readonly allMoved: boolean;
}

/** What was found. */
export interface Findings {
  readonly problems: readonly string[];
  readonly entries: number;
  /** What happened in each stream, in order, without times and ids: equal stories have equal summaries. */
  readonly happened: readonly string[];
}

async function allSessions(store: Store, tenantId: string, problems: string[]): Promise<Map<string, Session>> {
  const sessions = new Map<string, Session>();
  let cursor: string | undefined;
  do {
    const page = await store.scan({ tenantId }, { limit: pageLimit, ...(cursor === undefined ? {} : { cursor }) });
    for (const session of page.sessions) {
      if (sessions.has(session.id)) problems.push(`session ${session.id} is found twice`);
      sessions.set(session.id, session);
    }
    cursor = page.cursor;
  } while (cursor !== undefined);
  return sessions;
}

function checkMark(session: Session, plan: Plan | undefined, versions: ReadonlyMap<number, Scenario>): string[] {
  const { pendingMigration: mark, scenarioVersion, status, migration } = session;
  if (mark === undefined) {
    const forgotten = plan?.marking?.done === true && scenarioVersion === plan.fromVersion && status === "active";
    return forgotten && migration?.state !== "held" ? ["it was not marked"] : [];
  }
  if (plan?.status !== "deployed" || mark.planId !== plan.id || mark.targetVersion !== plan.toVersion) {
    return [`its mark names ${mark.planId}, which is no deployed plan`];
  }
  if (scenarioVersion === mark.targetVersion) return ["it has moved and is still marked"];
  return versions.has(mark.targetVersion) ? [] : ["it is marked for a version that is not published"];
}

function checkWrites(session: Session, updates: readonly string[], writes: readonly OwnersWrite[]): string[] {
  const problems: string[] = [];
  if (new Set(updates).size !== updates.length) problems.push("its ledger has a write of its owner twice");
  for (const name of updates) if (!(name in session.variables)) problems.push(`it has lost ${name} of its ledger`);
  const turns = session.stepHistory.flatMap(({ turn }) => turn ?? []);
  if (new Set(turns).size !== turns.length) problems.push("it has a visit twice");
  for (const { variable, turn } of writes) {
    if (variable !== undefined && !updates.includes(variable)) problems.push(`it has lost the write ${variable}`);
    if (turn !== undefined && !turns.includes(turn)) problems.push(`it has lost the visit of turn ${turn}`);
  }
  return problems;
}

function checkPlan(plan: Plan, streams: Streams, sessions: number, live: number | undefined): string[] {
  const problems: string[] = [];
  const entries = streams.get(streamName({ kind: "plan", id: plan.id })) ?? [];
  if (entries.length !== plan.revision)
    problems.push(`plan at revision ${plan.revision} with ${entries.length} entries`);
  if (plan.status !== "deployed") return problems;
  if (live !== plan.toVersion) problems.push(`plan is deployed, version ${live} is live`);
  const { done, marked = 0 } = plan.marking ?? {};
  if (done !== true) problems.push("plan is not marked to its end");
  if (marked > sessions) problems.push(`plan counts ${marked} marks for ${sessions} sessions`);
  return problems;
}

/** Reads everything that a tenant has and checks that it fits together. */
export async function checkTenant(store: Store, expected: Expected): Promise<Findings> {
  const { tenant, writes, allMoved } = expected;
  const problems: string[] = [];
  const regraft = createRegraft({ store }).forTenant(tenant);
  const [plan] = (await regraft.plans.list({ scenarioId })).plans;
  const numbers = await regraft.versions(scenarioId);
  const scenarios = await Promise.all(numbers.map((version) => regraft.scenario(scenarioId, version)));
  const versions = new Map(scenarios.map((scenario) => [scenario.version, scenario]));
  const streams = await readStreams(store, tenant, problems);
  const sessions = await allSessions(store, tenant, problems);
  if (sessions.size !== expected.sessions) problems.push(`${sessions.size} sessions of ${expected.sessions} are there`);
  for (let number = 0; number < expected.sessions; number += 1) {
    const id = idOf(number);
    const session = await store.get({ tenantId: tenant, id });
    if (session === undefined || JSON.stringify(session) !== JSON.stringify(sessions.get(id))) {
      problems.push(`session ${id} is not what a page of sessions says`);
      continue;
    }
    const told = replay(streams.get(streamName({ kind: "session", id })) ?? []);
    const own = writes.filter((write) => write.id === id);
    const found = [
      ...checkSession(session, told, versions),
      ...checkMark(session, plan, versions),
      ...checkWrites(session, told.updates, own),
      ...(allMoved && told.moves !== 1 ? [`it was moved ${told.moves} times`] : []),
      ...(told.undone > 1 ? [`its move was undone ${told.undone} times`] : []),
    ];
    problems.push(...found.map((problem) => `session ${id}: ${problem}`));
  }
  if (plan !== undefined)
    problems.push(...checkPlan(plan, streams, sessions.size, await regraft.liveVersion(scenarioId)));
  const entries = [...streams.values()].reduce((sum, one) => sum + one.length, 0);
  return { problems, entries, happened: summaryOf(streams) };
}

function summaryOf(streams: Streams): string[] {
  const lines = [...streams].map(([name, entries]) => {
    const subject = name.startsWith("plan ") ? "plan" : name;
    return `${subject}: ${entries.map(({ type, data }) => [type, data.action ?? data.marked ?? ""].join(" ")).join(", ")}`;
  });
  return lines.sort();
}

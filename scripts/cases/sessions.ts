import { recordVisit, type Scenario, type Session, startSession, type Visit } from "./api.js";
import { count, isLoose, type Loose, list, record, text } from "./case.js";
import { either } from "./spelling.js";

const defaultCreatedAt = "2025-05-30T00:00:00Z";

/** Finds a version of a scenario by id and number. */
export type FindScenario = (scenarioId: string, version: number) => Scenario;

/** Where a session of a case walks, by all the names the cases have for it. */
export function walkOf(
  given: Loose,
  defaults: { readonly scenarioId: string; readonly version: number },
): { scenarioId: string; version: number } {
  return {
    scenarioId: text(either(given, "scenario", "scenarioId")) ?? defaults.scenarioId,
    version: count(either(given, "version", "scenarioVersion")) ?? defaults.version,
  };
}

/**
 * A session of a case. Its visits are made by the library's own recorder from the graph of the version they name, one minute
 * apart; `noHash` or `unknown` visits are left out, as a host that recorded nothing would have it.
 */
export function sessionOf(given: Loose, walked: Scenario, find: FindScenario): Session {
  const createdAt = text(either(given, "createdAt")) ?? defaultCreatedAt;
  const id = text(given.id) ?? "s1";
  const stepId = text(either(given, "step", "stepId", "currentStep", "activeStep")) ?? walked.entry;
  const visits = visitsOf(given, walked, createdAt, find);
  const last = visits.at(-1)?.enteredAt ?? createdAt;
  const channel = text(given.channel);
  const customerId = text(either(given, "customer", "customerId"));
  const start = startSession(walked, {
    id,
    at: createdAt,
    tenantId: text(either(given, "tenant", "tenantId")) ?? "",
    variables: { ...record(given.variables) },
    ...(channel === undefined ? {} : { channel }),
    ...(customerId === undefined ? {} : { customerId }),
  });
  const { passedCheckpoints: _, ...fresh } = start;
  return {
    ...fresh,
    stepId,
    stepHistory: visits.slice(-(count(given.keepVisits) ?? visits.length)),
    passedCheckpoints: passedIn(visits),
    status: (text(given.status) ?? "active") as Session["status"],
    updatedAt: last,
    lastActivityAt: text(either(given, "lastActivityAt")) ?? last,
    revision: count(given.revision) ?? 1,
    ...markOf(given, stepId),
  };
}

/** A session as it stood when it was at a step for the first time, and the steps it visited afterwards. */
export function recordLater(
  given: Loose,
  stepId: string,
): { readonly before: Loose; readonly after: readonly string[] } {
  const history = list(given.history);
  const steps = history.map((entry) =>
    typeof entry === "string" ? entry : (text(either(record(entry), "step", "stepId")) ?? ""),
  );
  const at = steps.indexOf(stepId);
  if (at < 0) return { before: given, after: [] };
  return { before: { ...given, step: stepId, history: history.slice(0, at + 1) }, after: steps.slice(at + 1) };
}

function visitsOf(given: Loose, walked: Scenario, createdAt: string, find: FindScenario): Visit[] {
  let at = Date.parse(createdAt);
  return list(given.history ?? given.visits).flatMap((entry) => {
    const visit = typeof entry === "string" ? { step: entry } : record(entry);
    const { version } = walkOf(visit, { scenarioId: walked.id, version: walked.version });
    const scenario = version === walked.version ? walked : find(walked.id, version);
    const stepId = text(either(visit, "step", "stepId")) ?? scenario.entry;
    const moment = text(either(visit, "at", "enteredAt")) ?? new Date(at).toISOString();
    at = Date.parse(moment) + 60_000;
    if (visit.noHash === true || visit.hash === null || visit.contentHash === null || visit.unknown === true) return [];
    return [visitAt(scenario, stepId, moment)];
  });
}

/** One visit as the library records it. */
function visitAt(scenario: Scenario, stepId: string, at: string): Visit {
  const session = startSession(scenario, { id: "visitor", at });
  const visit =
    stepId === scenario.entry
      ? session.stepHistory.at(-1)
      : recordVisit(session, scenario, stepId, { at }).stepHistory.at(-1);
  if (visit === undefined) throw new TypeError(`no visit of ${stepId} was recorded`);
  return visit;
}

function passedIn(visits: readonly Visit[]): Session["passedCheckpoints"] {
  const passed = new Map<string, Session["passedCheckpoints"][number]>();
  for (const { stepId, contentHash, scenarioVersion, checkpointDescription, enteredAt, isCheckpoint } of visits) {
    if (!isCheckpoint) continue;
    const description = checkpointDescription === undefined ? {} : { checkpointDescription };
    const key = `${scenarioVersion}/${stepId}`;
    passed.delete(key);
    passed.set(key, { stepId, contentHash, scenarioVersion, ...description, enteredAt });
  }
  return [...passed.values()];
}

function markOf(given: Loose, stepId: string): Pick<Session, "pendingMigration"> | Record<string, never> {
  const mark = either(given, "pending", "pendingMigration");
  if (!isLoose(mark)) return {};
  const targetVersion = count(either(mark, "targetVersion", "version")) ?? 2;
  const planId = text(either(mark, "plan", "planId")) ?? "plan";
  return {
    pendingMigration: {
      planId,
      targetVersion,
      stepId: text(either(mark, "step", "stepId")) ?? stepId,
      markedAt: defaultCreatedAt,
    },
  };
}

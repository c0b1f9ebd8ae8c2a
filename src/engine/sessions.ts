import type { Scenario, Session, SessionStatus } from "../contracts/types.js";
import { validate } from "../contracts/validate.js";
import { describe } from "../contracts/violation.js";
import { RegraftError } from "../errors.js";
import { scenarioChecksum } from "../scenario/checksum.js";
import { compile } from "../scenario/compile.js";
import { knownValue } from "../scenario/value.js";
import { recordVisit, startSession } from "../session/visits.js";
import { archived, requireArchived } from "./archive.js";
import { type Engine, happened, timeOf } from "./context.js";
import { checkJson, checkVariables, requireObject } from "./input.js";
import { changeSession, checkSize, commitSession, requireOpen, requireSession } from "./session-records.js";
import { withoutAnswers } from "./told.js";

/**
 * A session to be started. Its variables are the host's data: they are kept as they are, also where they do not fit the
 * definitions of the fields. A migration takes such a value for missing.
 */
export interface StartInput extends Partial<Pick<Session, "channel" | "customerId" | "variables">> {
  readonly scenarioId: string;
  readonly id: string;
}

/** A visit as a host reports it. */
export interface VisitInput {
  /** The version that the host took the step in. */
  readonly version: number;
  readonly turn?: number;
  /** Merged into the session's variables in the same write; not checked against the definitions of the fields. */
  readonly variables?: Session["variables"];
}

/** What a host changes about a session between visits. */
export interface SessionUpdate {
  /** Merged into the session's variables; not checked against the definitions of the fields. */
  readonly variables?: Session["variables"];
  /** `closed` and `exited` are final. */
  readonly status?: SessionStatus;
}

async function create(engine: Engine, session: Session, type: string): Promise<Session> {
  checkSize(engine, session.variables);
  const { scenarioId, scenarioVersion: version, stepId } = session;
  const record = happened(engine, type, { scenarioId, version, stepId });
  const created = await commitSession(engine, undefined, { session, records: [record] });
  if (typeof created !== "string") return created;
  throw new RegraftError("SESSION.EXISTS", `there is a session ${session.id} already`, {
    path: "/id",
    received: session.id,
  });
}

/** Starts a session at the entry of the live version. */
export async function start(engine: Engine, input: StartInput): Promise<Session> {
  requireObject(input, "");
  const { scenarioId, id, channel, customerId, variables } = input;
  checkVariables(variables);
  const scenario = await requireArchived(engine, scenarioId);
  const person = {
    ...(channel === undefined ? {} : { channel }),
    ...(customerId === undefined ? {} : { customerId }),
    ...(variables === undefined ? {} : { variables }),
  };
  const session = startSession(scenario, { ...person, id, tenantId: engine.tenantId, at: timeOf(engine) });
  return create(engine, session, "session.started");
}

/** Takes over a session that was walked elsewhere. */
export async function importSession(engine: Engine, json: unknown): Promise<Session> {
  const session = validate("session", json, { code: "INPUT.INVALID" });
  checkJson(session, "");
  if (session.tenantId !== engine.tenantId) {
    throw new RegraftError("TENANT.MISMATCH", "the session belongs to another tenant", {
      path: "/tenantId",
      expected: JSON.stringify(engine.tenantId),
      received: JSON.stringify(session.tenantId),
    });
  }
  const scenario = await archived(engine, session.scenarioId, session.scenarioVersion);
  const known = scenario !== undefined && scenarioChecksum(scenario) === session.scenarioChecksum;
  if (known && !compile(scenario).index.has(session.stepId)) throw unknownStep(scenario, session.stepId);
  return create(engine, session, "session.imported");
}

function unknownStep({ id, version }: Scenario, stepId: string): RegraftError {
  return new RegraftError("SESSION.STEP_UNKNOWN", `${id} version ${version} has no step ${stepId}`, {
    path: "/stepId",
    expected: `a step of ${id} version ${version}`,
    received: stepId,
  });
}

/** The version that a session walks, whatever is live. */
export async function scenarioOf(engine: Engine, sessionId: string): Promise<Scenario> {
  const session = await requireSession(engine, sessionId);
  return walkedBy(engine, session);
}

async function walkedBy(engine: Engine, session: Session): Promise<Scenario> {
  return requireArchived(engine, session.scenarioId, session.scenarioVersion);
}

/** The session with more data. What the person said before about the same fields for a new version is overtaken. */
function merged(engine: Engine, session: Session, given: Session["variables"] | undefined): Session {
  if (given === undefined) return session;
  const variables = { ...session.variables, ...given };
  checkSize(engine, variables);
  const known = Object.keys(given).filter((field) => knownValue(undefined, given[field]));
  return { ...withoutAnswers(session, known), variables };
}

function checkVersion(input: unknown): void {
  const version: unknown =
    typeof input === "object" && input !== null && "version" in input ? input.version : undefined;
  if (Number.isInteger(version)) return;
  throw new RegraftError("INPUT.INVALID", "a visit names the version that the step was taken in", {
    path: "/version",
    expected: "a whole number",
    received: describe(version),
  });
}

/** Records that a session has come to a step of the version it walks. */
export async function visit(engine: Engine, sessionId: string, stepId: string, input: VisitInput): Promise<Session> {
  checkVersion(input);
  checkVariables(input.variables);
  return changeSession(engine, sessionId, async (session) => {
    requireOpen(session);
    if (input.version !== session.scenarioVersion) {
      throw new RegraftError("SESSION.VERSION_MOVED", `session ${sessionId} does not walk version ${input.version}`, {
        path: "/version",
        expected: String(session.scenarioVersion),
        received: String(input.version),
      });
    }
    const scenario = await walkedBy(engine, session);
    const { turn, variables } = input;
    const { historyLimit } = engine.config;
    const at = timeOf(engine);
    const moved = recordVisit(session, scenario, stepId, { at, historyLimit, ...(turn === undefined ? {} : { turn }) });
    const record = happened(engine, "session.visited", { version: input.version, stepId });
    return { session: merged(engine, moved, variables), records: [record] };
  });
}

/** Changes variables or the status of a session that is not over. A status alone is no activity. */
export async function update(engine: Engine, sessionId: string, changes: SessionUpdate): Promise<Session> {
  requireObject(changes, "");
  checkVariables(changes.variables);
  return changeSession(engine, sessionId, (session) => {
    requireOpen(session);
    const { variables, status = session.status } = changes;
    const at = timeOf(engine);
    const { inverse: _, ...rest } = session;
    const walker = status === "closed" || status === "exited" ? rest : session;
    const next = validate(
      "session",
      {
        ...merged(engine, walker, variables),
        status,
        updatedAt: at,
        lastActivityAt: variables === undefined ? session.lastActivityAt : at,
      },
      { code: "INPUT.INVALID" },
    );
    const record = happened(engine, "session.updated", { status, fields: Object.keys(variables ?? {}).sort() });
    return { session: next, records: [record] };
  });
}

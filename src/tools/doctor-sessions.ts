import type { Session } from "../contracts/types.js";
import { violations } from "../contracts/validate.js";
import type { RecordStore } from "../ports/record-store.js";
import type { SessionStore } from "../ports/session-store.js";
import { scenarioChecksum } from "../scenario/checksum.js";
import { type CompiledScenario, compile } from "../scenario/compile.js";
import { dominates } from "../scenario/dominators.js";
import { defineScenario } from "../scenario/parse.js";
import { reachableFrom } from "../scenario/reachability.js";
import type { Findings } from "./doctor-findings.js";

const pageLimit = 500;

interface Version {
  readonly compiled: CompiledScenario;
  readonly checksum: string;
}

/** The checkpoint that a session may have passed without anything that could prove it. */
function unproven({ compiled }: Version, session: Session): string | undefined {
  const [first] = session.stepHistory;
  const isWhole =
    first !== undefined && (first.reason === "entry" || first.scenarioVersion !== session.scenarioVersion);
  if (isWhole) return undefined;
  const at = compiled.index.get(session.stepId);
  if (at === undefined) return undefined;
  const known = new Set([...session.passedCheckpoints, ...session.stepHistory].map(({ stepId }) => stepId));
  return compiled.scenario.steps.find(({ id, checkpoint }, step) => {
    if (checkpoint !== true || step === at || known.has(id) || dominates(compiled, step, at)) return false;
    return reachableFrom(compiled, step)[at] === 1;
  })?.id;
}

/** Looks at every session of a tenant: its form, its place, its mark, and whether its past can prove what it passed. */
export async function inspectSessions(
  store: Pick<SessionStore, "scan"> & Pick<RecordStore, "load" | "pointer">,
  tenantId: string,
  found: Findings,
): Promise<void> {
  const versions = new Map<string, Version | undefined>();
  const plans = new Map<string, boolean>();

  const versionOf = async ({ scenarioId, scenarioVersion }: Session): Promise<Version | undefined> => {
    const id = `${scenarioId}@${scenarioVersion}`;
    if (versions.has(id)) return versions.get(id);
    let version: Version | undefined;
    try {
      const record = await store.load({ kind: "scenario", tenantId, id });
      const scenario = record === undefined ? undefined : defineScenario(record.body);
      if (scenario !== undefined) version = { compiled: compile(scenario), checksum: scenarioChecksum(scenario) };
    } catch (error) {
      found.caught(error, `scenario/${id}`);
    }
    versions.set(id, version);
    return version;
  };

  const isPlan = async (id: string): Promise<boolean> => {
    const known = plans.get(id) ?? (await store.pointer({ kind: "plan", tenantId, id })) !== undefined;
    plans.set(id, known);
    return known;
  };

  const look = async (session: Session): Promise<void> => {
    const subject = `session/${session.id}`;
    found.documents += 1;
    const [fault] = violations("session", session);
    if (fault !== undefined) {
      found.invalid += 1;
      found.add(
        "error",
        "ARTIFACT.INVALID",
        subject,
        `${fault.path}: expected ${fault.expected}, received ${fault.received}`,
      );
      return;
    }
    if (session.status === "closed" || session.status === "exited") return;
    const version = await versionOf(session);
    const { scenarioId, scenarioVersion, stepId, pendingMigration: mark } = session;
    if (version === undefined) {
      found.add(
        "error",
        "SCENARIO.NOT_FOUND",
        subject,
        `it walks ${scenarioId} version ${scenarioVersion}, which is not kept`,
      );
      return;
    }
    if (version.checksum !== session.scenarioChecksum) {
      found.add("error", "SCENARIO.VERSION_TAKEN", subject, `it walks another content of version ${scenarioVersion}`);
    }
    if (!version.compiled.index.has(stepId)) {
      found.add("error", "SESSION.STEP_UNKNOWN", subject, `version ${scenarioVersion} has no step ${stepId}`);
    } else {
      const checkpoint = unproven(version, session);
      if (checkpoint !== undefined) {
        const text = `its history cannot tell whether it passed the checkpoint ${checkpoint}`;
        found.add("warning", "HISTORY.MISSING", subject, text);
      }
    }
    if (mark !== undefined && !(await isPlan(mark.planId))) {
      found.add("warning", "PLAN.NOT_FOUND", subject, `it is marked by plan ${mark.planId}, which is not kept`);
    }
  };

  let cursor: string | undefined;
  do {
    const page = await store.scan({ tenantId }, { limit: pageLimit, ...(cursor === undefined ? {} : { cursor }) });
    for (const { code, place, received } of page.unreadable ?? []) {
      found.documents += 1;
      found.invalid += 1;
      found.add("error", code, place, `a session cannot be read: received ${received}`);
    }
    for (const session of page.sessions) await look(session);
    cursor = page.cursor;
  } while (cursor !== undefined);
}

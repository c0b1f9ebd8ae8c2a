import type { CompletedAction, MigrationState, ReconciliationResult, Resolution, Session } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { redactBy, walkOf } from "../ledger/redact.js";
import type { CompiledScenario } from "../scenario/compile.js";
import { targetFor } from "./answers.js";
import { kindOf, requireBy } from "./by.js";
import { type Engine, happened, timeOf } from "./context.js";
import { requireObject } from "./input.js";
import { type ReconcileOptions, settle } from "./reconcile.js";
import { checkBytes } from "./session-records.js";

/** How a required action was done, or why it need not be. */
export interface CompletionInput extends ReconcileOptions {
  readonly evidence?: Record<string, unknown>;
  readonly by?: string;
  /** A person takes it on themselves that the action was not run. Needs `by`. */
  readonly waive?: boolean;
}

/** A person's decision: where the session stands in the new version, or that it stays. */
export type ResolutionInput =
  | { readonly choose: string; readonly map?: never; readonly hold?: never }
  | { readonly map: string; readonly choose?: never; readonly hold?: never }
  | { readonly hold: true; readonly choose?: never; readonly map?: never };

function stepOf(to: CompiledScenario, stepId: string): number {
  const step = to.index.get(stepId);
  if (step !== undefined) return step;
  if (typeof stepId !== "string") {
    const told = { path: "/stepId", expected: "a text", received: kindOf(stepId) };
    throw new RegraftError("INPUT.INVALID", "the id of the step is no text", told);
  }
  const { id, version } = to.scenario;
  throw new RegraftError("SESSION.STEP_UNKNOWN", `${id} version ${version} has no step ${stepId}`, {
    path: "/stepId",
    expected: `a step of ${id} version ${version}`,
    received: stepId,
  });
}

function completion(engine: Engine, to: CompiledScenario, stepId: string, input: CompletionInput): CompletedAction {
  const step = stepOf(to, stepId);
  const definition = to.steps[step];
  if (definition?.requiredAction !== true || definition.checkpoint === true) {
    throw new RegraftError("ANSWER.NOT_ASKED", `${stepId} is not a required action that can be completed`, {
      path: "/stepId",
      expected: "a required action of the new version, and no checkpoint",
      received: stepId,
    });
  }
  const { by, evidence, waive = false } = input;
  if (typeof waive !== "boolean") {
    const told = { path: "/waive", expected: "true or false", received: kindOf(waive) };
    throw new RegraftError("INPUT.INVALID", "nobody can tell whether the action is waived", told);
  }
  if (waive || by !== undefined) requireBy(input);
  if (evidence !== undefined) checkBytes(engine, evidence, "evidence");
  return {
    stepId,
    scenarioVersion: to.scenario.version,
    contentHash: to.hashes[step] ?? "",
    at: timeOf(engine),
    ...(by === undefined ? {} : { by }),
    ...(waive ? { waived: true } : {}),
    ...(evidence === undefined ? {} : { evidence: withoutSensitive(to, evidence) }),
  };
}

/** Evidence is no place for values of sensitive fields: digests stand for them. */
function withoutSensitive({ fields }: CompiledScenario, evidence: Record<string, unknown>): Record<string, unknown> {
  const sensitive = [...fields.values()].filter((field) => field.sensitive === true).map(({ name }) => name);
  return sensitive.length === 0 ? evidence : redactBy(walkOf({ sensitive }), evidence).value;
}

/** Records that a required action was run before the move, or waived by a person, and goes on. */
export async function completeAction(
  engine: Engine,
  sessionId: string,
  stepId: string,
  given: CompletionInput = {},
): Promise<ReconciliationResult> {
  requireObject(given, "");
  const { messageId, replyTo, ...input } = given;
  const trigger = {
    ...(messageId === undefined ? {} : { messageId }),
    ...(replyTo === undefined ? {} : { replyTo }),
  };
  return settle(engine, sessionId, trigger, "complete", async (session) => {
    const done = completion(engine, await targetFor(engine, session), stepId, input);
    const others = (session.completedActions ?? []).filter(
      (known) => known.stepId !== stepId || known.scenarioVersion !== done.scenarioVersion,
    );
    const next = { ...session, completedActions: [...others, done], updatedAt: done.at, lastActivityAt: done.at };
    const { by, waived = false, scenarioVersion: toVersion } = done;
    const who = by === undefined ? {} : { by };
    return {
      session: next,
      record: happened(engine, "session.action_completed", { stepId, toVersion, waived, ...who }),
    };
  });
}

function resolutionOf(
  to: CompiledScenario,
  fromStepId: string,
  input: ResolutionInput,
  by: string,
  at: string,
): Resolution {
  const toVersion = to.scenario.version;
  if (input.hold === true) return { action: "hold", by, at, toVersion };
  const action = input.choose === undefined ? "map" : "choose";
  const stepId = input.choose ?? input.map;
  stepOf(to, stepId);
  return { action, stepId, fromStepId, by, at, toVersion };
}

function stateWith({ migration }: Session, resolution: Resolution): MigrationState {
  if (migration !== undefined) return { ...migration, resolution };
  const { at: since, toVersion } = resolution;
  return { state: "review", asked: {}, since, reason: "TARGET.NONE", toVersion, resolution };
}

/** Records a person's decision about a session and goes on; it still has to keep every promise. */
export async function resolve(
  engine: Engine,
  sessionId: string,
  input: ResolutionInput,
  decider: ReconcileOptions & { readonly by: string },
): Promise<ReconciliationResult> {
  const by = requireBy(decider);
  requireObject(input, "");
  return settle(engine, sessionId, decider, "resolve", async (session) => {
    const at = timeOf(engine);
    const resolution = resolutionOf(await targetFor(engine, session), session.stepId, input, by, at);
    const next = { ...session, migration: stateWith(session, resolution), updatedAt: at };
    return { session: next, record: happened(engine, "session.resolved", { ...resolution }) };
  });
}

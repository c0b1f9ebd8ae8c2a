import type { Plan, Scenario, Session } from "../contracts/types.js";
import { validate } from "../contracts/validate.js";
import { isRegraftError, RegraftError } from "../errors.js";
import { buildPlan, type PlanTerms } from "../plan/build.js";
import { compile } from "../scenario/compile.js";
import { type Engine, readPageSize, timeOf } from "./context.js";
import { requireObject } from "./input.js";
import { requirePlan } from "./plan-records.js";
import { currentEnds, idOf } from "./plan-ref.js";
import { endsOf, type VersionPair } from "./propose.js";
import type { ModelOptions } from "./rehearse-informants.js";
import { type RehearsedSession, rehearseOne } from "./rehearse-session.js";
import { type Rehearsal, Tally } from "./rehearse-tally.js";
import { tellUnreadable } from "./unreadable.js";
import { walkingStatuses } from "./walkers.js";
import { rehearsedWorld, type World } from "./world.js";

/** What a rehearsal may do and whom it tells. */
export interface RehearseOptions extends ModelOptions {
  /** Told about each session as it is decided, in the order of the store; the rehearsal waits for it. */
  readonly onSession?: (rehearsed: RehearsedSession) => void | Promise<void>;
  /** Told about each session that cannot be decided about; without it the first one fails the rehearsal. They are in no count. */
  readonly onFailure?: (session: Session, error: unknown) => void;
  /** Rehearses these sessions, as they are given, instead of those in the store. */
  readonly sessions?: Iterable<Session> | AsyncIterable<Session>;
  /** Versions whose sessions are rehearsed; by default the old version of the plan. */
  readonly versions?: readonly number[];
  /** The most ids kept for each count; 10 if absent. */
  readonly sampleSize?: number;
}

/** A plan, its id, or two versions with the terms that a plan would have. */
export type RehearsalTarget = Plan | string | (VersionPair & PlanTerms);

interface Rehearsed {
  readonly plan: Plan;
  readonly from: Scenario;
  readonly to: Scenario;
}

const defaultSampleSize = 10;

async function rehearsed(engine: Engine, target: RehearsalTarget): Promise<Rehearsed> {
  if (typeof target === "string" || "id" in target) {
    const plan = await requirePlan(engine, idOf(engine, target));
    return { plan, ...(await currentEnds(engine, plan)) };
  }
  const { from: _, to: __, scenarioId: ___, ...terms } = target;
  const { from, to } = await endsOf(engine, target);
  const [old, next] = [compile(from), compile(to)];
  const id = "rehearsal";
  const plan = buildPlan({ tenantId: engine.tenantId, id, from: old, to: next, createdAt: timeOf(engine), ...terms });
  return { plan, from, to };
}

function worldOf(engine: Engine, { plan, from, to }: Rehearsed): World {
  const stored = rehearsedWorld(engine, plan, to);
  return {
    ...stored,
    version: async (id, version) =>
      (await stored.version(id, version)) ?? (version === from.version ? from : undefined),
  };
}

async function* storedSessions(engine: Engine, plan: Plan, versions: readonly number[]): AsyncGenerator<Session> {
  const { tenantId } = engine;
  const query = { tenantId, scenarioId: plan.scenarioId, versions, statuses: walkingStatuses };
  let cursor: string | undefined;
  do {
    const request = { limit: readPageSize(engine), ...(cursor === undefined ? {} : { cursor }) };
    const page = await engine.sessions.scan(query, request);
    tellUnreadable(engine, page);
    yield* page.sessions;
    cursor = page.cursor;
  } while (cursor !== undefined);
}

async function* givenSessions(sessions: Iterable<Session> | AsyncIterable<Session>): AsyncGenerator<Session> {
  for await (const session of sessions) yield validate("session", session);
}

function sampleSizeOf({ sampleSize = defaultSampleSize }: RehearseOptions): number {
  if (Number.isSafeInteger(sampleSize) && sampleSize >= 0) return sampleSize;
  throw new RegraftError("INPUT.INVALID", "the sample size is no whole number from 0 up", {
    path: "/sampleSize",
    expected: "a whole number from 0 up",
    received: String(sampleSize),
  });
}

/** Undefined where the session cannot be decided about; a store that does not answer is no fault of the session. */
async function attempted(engine: Engine, world: World, session: Session, options: RehearseOptions) {
  const { onFailure } = options;
  if (onFailure === undefined) return rehearseOne(engine, world, session, options);
  try {
    return await rehearseOne(engine, world, session, options);
  } catch (error) {
    if (isRegraftError(error, "STORE.UNAVAILABLE")) throw error;
    onFailure(session, error);
    return undefined;
  }
}

/**
 * Decides about every session of a plan's old version as if the plan were deployed now, and writes nothing. Sources of fields
 * are asked as they would be at the next message; models only on request.
 *
 * Sessions are read a page at a time and none is kept: memory does not grow with their number.
 */
export async function rehearse(
  engine: Engine,
  target: RehearsalTarget,
  options: RehearseOptions = {},
): Promise<Rehearsal> {
  requireObject(options, "");
  const tally = new Tally(sampleSizeOf(options));
  const all = await rehearsed(engine, target);
  const world = worldOf(engine, all);
  const { versions = [all.plan.fromVersion] } = options;
  const sessions =
    options.sessions === undefined ? storedSessions(engine, all.plan, versions) : givenSessions(options.sessions);
  for await (const session of sessions) {
    const one = await attempted(engine, world, session, options);
    if (one === undefined) continue;
    tally.add(one);
    await options.onSession?.(one);
  }
  return tally.sum();
}

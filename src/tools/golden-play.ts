import type { GoldenStep, Scenario } from "../contracts/types.js";
import { isRegraftError, RegraftError } from "../errors.js";
import type { FieldSource } from "../ports/field-source.js";
import type { Judge } from "../ports/judge.js";
import { type Deeds, perform } from "./golden-deeds.js";
import type { GoldenFlow } from "./golden-flow.js";
import { type GoldenOutcomeFacts, outcomeOf } from "./golden-outcome.js";
import { type FindVersion, sessionsOf, visitedBy } from "./golden-sessions.js";
import { GoldenStage } from "./golden-stage.js";
import { emptyTrace } from "./golden-trace.js";

const defaultNow = "2026-01-01T00:00:00.000Z";

/** What one performance of a case came to. */
export interface Performance {
  readonly outcome: GoldenOutcomeFacts;
  /** Everything that was returned and stored, as text: two performances of a case have the same. */
  readonly record: string;
  /** Methods whose armed faults never happened. */
  readonly unspent: readonly string[];
}

/**
 * Plays a case once against a store in memory, with a clock and ids of its own. What the library refuses is an outcome.
 *
 * @remarks O(steps), each as the engine's own call.
 */
export async function playGolden(flow: GoldenFlow): Promise<Performance> {
  const { config, now = defaultNow, tenantId = "", sessions = [], steps } = flow.case;
  const find = finder(flow.versions);
  const judge = judgeOf(flow);
  const stage = new GoldenStage({
    now,
    fieldSources: profileOf(flow),
    ...(config === undefined ? {} : { config }),
    ...(judge === undefined ? {} : { judge }),
  });
  const engine = stage.engine(tenantId);
  for (const version of publishedAtFirst(flow, find)) await engine.publish(version);
  const trace = emptyTrace();
  for (const given of sessions) {
    for (const session of sessionsOf(given, { tenantId, beginsMs: stage.clock.now(), find })) {
      await engine.importSession(session);
      trace.sessions.add(session.id);
    }
  }
  let messages = 0;
  const on: Deeds = {
    stage,
    tenantId,
    find,
    scenarioId: flow.versions[0]?.id ?? "",
    trace,
    nextMessageId: () => {
      messages += 1;
      return `message-${messages}`;
    },
  };
  for (const [at, step] of steps.entries()) await attempt(on, step, at);
  const { outcome, stored } = await outcomeOf({ stage, tenantId, trace, versions: flow.versions });
  return {
    outcome,
    record: JSON.stringify({ trace: { results: trace.results, refused: trace.refused }, outcome, stored }),
    unspent: stage.faults.unspent.map(({ method }) => method),
  };
}

async function attempt(on: Deeds, step: GoldenStep, at: number): Promise<void> {
  try {
    await perform(on, step);
  } catch (error) {
    if (!isRegraftError(error) || error.code === "INTERNAL.BUG") throw error;
    on.trace.refused.push({ step: at, code: error.code });
  }
}

/** Finds a version of the case; without a scenario it is one of the first. */
function finder(versions: readonly Scenario[]): FindVersion {
  return (version, scenarioId = versions[0]?.id) => {
    const found = versions.find((one) => one.id === scenarioId && one.version === version);
    if (found !== undefined) return found;
    throw new RegraftError("GOLDEN.INVALID", `there is no version ${version} of ${scenarioId}`);
  };
}

/** Versions that a session walks or has walked, ascending; the lowest one where there are no sessions. */
function publishedAtFirst({ case: { sessions = [] }, versions }: GoldenFlow, find: FindVersion): Scenario[] {
  const walked = sessions.flatMap((given) => {
    const own = find(given.version, given.scenarioId);
    return [own, ...visitedBy(given, own).map(({ version }) => find(version, given.scenarioId))];
  });
  const ascending = (a: Scenario, b: Scenario) => a.version - b.version;
  const lowest = versions.filter(({ id }) => id === versions[0]?.id).sort(ascending)[0];
  const used = walked.length > 0 || lowest === undefined ? walked : [lowest];
  return [...new Set(used)].sort(ascending);
}

/** The customer's profile as a source of values. */
function profileOf({ case: { profile = {} } }: GoldenFlow): FieldSource[] {
  if (Object.keys(profile).length === 0) return [];
  return [
    {
      name: "profile",
      kind: "profile",
      find: async ({ fields }) =>
        fields.flatMap(({ name }) => {
          const known = Object.hasOwn(profile, name) ? profile[name] : undefined;
          return known === undefined ? [] : [{ field: name, value: known.value, confidence: known.confidence ?? 1 }];
        }),
    },
  ];
}

function judgeOf({ case: { judge } }: GoldenFlow): Judge | undefined {
  if (judge === undefined) return undefined;
  return {
    judge: async ({ condition }) => (Object.hasOwn(judge, condition) ? judge[condition] : undefined) ?? "unknown",
  };
}

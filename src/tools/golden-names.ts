import type { GoldenStep, Scenario } from "../contracts/types.js";
import type { Violation } from "../contracts/violation.js";
import { planName } from "./golden-deeds.js";
import { type GoldenFlow, invalid } from "./golden-flow.js";
import { idsOf } from "./golden-sessions.js";

/** Names that mean something in a case. */
interface Known {
  readonly sessions: ReadonlySet<string>;
  readonly plans: ReadonlySet<string>;
  readonly versions: readonly Scenario[];
  readonly fields: ReadonlySet<string>;
  readonly conditions: ReadonlySet<string>;
}

/** A name at its place in the case. */
interface Named {
  readonly path: string;
  readonly name: string;
}

/**
 * Refuses a case in which a name means nothing: a misspelt session, plan, version, step, field or condition.
 *
 * @throws RegraftError `GOLDEN.INVALID` with the path of the first such name
 */
export function checkNames(flow: GoldenFlow): void {
  const fault = [...faultsOf(flow, knownIn(flow))][0];
  if (fault !== undefined) throw invalid({ ...fault, path: flow.path + fault.path });
}

function knownIn({ case: one, versions }: GoldenFlow): Known {
  const started = one.steps.flatMap((step) => (step.do === "start" ? [step.session] : []));
  const ways = versions.flatMap(({ transitions }) => transitions);
  return {
    sessions: new Set([...(one.sessions ?? []).flatMap(idsOf), ...started]),
    plans: new Set(one.steps.flatMap((step) => (step.do === "propose" ? [planName(step)] : []))),
    versions,
    fields: new Set(
      versions.flatMap(({ fields = [], steps }) => [
        ...fields.map(({ name }) => name),
        ...steps.flatMap(({ collects = [] }) => collects),
      ]),
    ),
    conditions: new Set(ways.flatMap(({ conditionText }) => (conditionText === undefined ? [] : [conditionText]))),
  };
}

function* faultsOf({ case: one }: GoldenFlow, known: Known): Generator<Violation> {
  const { sessions = [], steps, expect, profile = {}, judge = {} } = one;
  const ids = sessions.flatMap(idsOf);
  const twice = ids.find((id, at) => ids.indexOf(id) !== at);
  if (twice !== undefined) yield { path: "/sessions", expected: "each id once", received: JSON.stringify(twice) };
  for (const [at, session] of sessions.entries()) {
    const path = `/sessions/${at}`;
    yield* versionFault(known, `${path}/version`, session.version, session.scenarioId);
    if (session.history !== undefined && session.visits !== undefined)
      yield { path: `${path}/visits`, expected: "either history or visits", received: "both" };
    const { version, scenarioId, stepId, history = [], visits = [] } = session;
    if (stepId !== undefined) yield* stepFault(known, `${path}/stepId`, stepId, version, scenarioId);
    for (const [i, visited] of history.entries())
      yield* stepFault(known, `${path}/history/${i}`, visited, version, scenarioId);
    for (const [i, visit] of visits.entries()) {
      yield* versionFault(known, `${path}/visits/${i}/version`, visit.version, scenarioId);
      yield* stepFault(known, `${path}/visits/${i}/stepId`, visit.stepId, visit.version, scenarioId);
    }
  }
  yield* unknownNames(keysAt("/profile", profile), known.fields, "a field of a version");
  yield* unknownNames(keysAt("/judge", judge), known.conditions, "a conditionText of a version");
  for (const [at, step] of steps.entries()) yield* stepFaults(step, `/steps/${at}`, known);
  yield* unknownNames(keysAt("/expect/results", expect.results ?? {}), known.sessions, "the id of a session");
  yield* unknownNames(keysAt("/expect/sessions", expect.sessions ?? {}), known.sessions, "the id of a session");
  yield* unknownNames(keysAt("/expect/plans", expect.plans ?? {}), known.plans, "the name of a plan");
}

function* stepFaults(step: GoldenStep, path: string, known: Known): Generator<Violation> {
  if ("session" in step && step.do !== "start")
    yield* unknownNames([{ path: `${path}/session`, name: step.session }], known.sessions, "the id of a session");
  if ("plan" in step && step.plan !== undefined)
    yield* unknownNames([{ path: `${path}/plan`, name: step.plan }], known.plans, "the name of a plan");
  if (step.do === "propose") {
    yield* versionFault(known, `${path}/from`, step.from, step.scenarioId);
    yield* versionFault(known, `${path}/to`, step.to, step.scenarioId);
  }
  if (step.do === "publish") yield* versionFault(known, `${path}/version`, step.version, step.scenarioId);
  if (step.do === "start" && step.scenarioId !== undefined)
    yield* versionFault(known, `${path}/scenarioId`, undefined, step.scenarioId);
  if (step.do === "resolve") {
    const given = [step.choose !== undefined, step.map !== undefined, step.hold === true].filter(Boolean).length;
    if (given !== 1)
      yield { path, expected: "one of choose, map and hold: true", received: given === 0 ? "none" : `${given}` };
  }
  if (step.do === "advance" && !(["days", "hours", "minutes", "ms"] as const).some((part) => (step[part] ?? 0) > 0))
    yield { path, expected: "days, hours, minutes or ms above 0", received: "none" };
}

function* versionFault(
  { versions }: Known,
  path: string,
  version: number | undefined,
  scenarioId = versions[0]?.id,
): Generator<Violation> {
  const own = versions.filter(({ id }) => id === scenarioId);
  if (own.some((one) => version === undefined || one.version === version)) return;
  const expected = own.length === 0 ? "a scenario of the case" : `one of ${own.map((one) => one.version).join(", ")}`;
  yield { path, expected, received: own.length === 0 ? JSON.stringify(scenarioId) : String(version) };
}

function* stepFault(
  { versions }: Known,
  path: string,
  stepId: string,
  version: number,
  scenarioId = versions[0]?.id,
): Generator<Violation> {
  const walked = versions.find((one) => one.id === scenarioId && one.version === version);
  if (walked === undefined || walked.steps.some(({ id }) => id === stepId)) return;
  yield { path, expected: `a step of version ${version}`, received: JSON.stringify(stepId) };
}

function* unknownNames(names: readonly Named[], known: ReadonlySet<string>, expected: string): Generator<Violation> {
  for (const { path, name } of names) if (!known.has(name)) yield { path, expected, received: JSON.stringify(name) };
}

function keysAt(path: string, value: Readonly<Record<string, unknown>>): Named[] {
  return Object.keys(value).map((name) => ({
    path: `${path}/${name.replaceAll("~", "~0").replaceAll("/", "~1")}`,
    name,
  }));
}

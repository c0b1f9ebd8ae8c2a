import type { DataChange, FoundValue, Plan, Scenario, Session, Timestamp } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { type CompiledScenario, compile, type Way } from "../scenario/compile.js";
import { withAnswers } from "./answers.js";
import { carriedValues, expiredData, isTooOld, withoutFields } from "./carried.js";
import { changedData } from "./data-changes.js";
import { type PlannedChanges, tracedData } from "./data-origins.js";
import { decide } from "./decide.js";
import { Knowledge } from "./facts.js";
import { type Hop, type Migration, prepareMigration } from "./migration.js";

/** What a plan says about the way that it leads. */
export type WayPlan = Pick<
  Plan,
  "id" | "digest" | "fromVersion" | "toVersion" | "map" | "mapping" | "effects" | "allowRepeat" | "data"
>;

/** How far requirements are looked for, and on what. */
export interface MissingFieldsOptions {
  /** Stop before this step: what it collects itself is not named. Without it the run is followed to its end. */
  readonly before?: string;
  /** The version that the session walks, where another one is asked about. */
  readonly from?: Scenario;
  /** The plans that lead from there, in order: their pairs count, and the data are taken through their changes. */
  readonly plans?: readonly WayPlan[];
  /** Changes of the data, where there is no plan yet. */
  readonly data?: readonly DataChange[];
  /** Values found so far, beside the session's own. */
  readonly values?: Readonly<Record<string, unknown>>;
  /** The moment that counts for values that expire; without it none has. */
  readonly at?: Timestamp;
}

/** What a session lacks, in the order in which its run meets it. */
export interface MissingFields {
  /** To be asked of the person. */
  readonly person: readonly string[];
  /** To be requested from a tool or the application. */
  readonly host: readonly string[];
  /** Conditions in natural language that decide how it goes on. */
  readonly conditions: readonly string[];
}

/**
 * The fields that a session needs and does not have in a form that the version takes: before it enters steps of the version that it
 * walks, or before it can move to another version.
 *
 * Only the run that the session's data choose counts. Where a decision is open, its fields are named, and nothing behind it. What the
 * person has answered or confirmed for a version is known; a value that the version's definition does not take is missing.
 *
 * @param session - not changed
 * @param scenario - the version that the session walks, or one that it may move to; for that, `from` and `plans` make the answer exact
 * @throws RegraftError `SESSION.STEP_UNKNOWN` for steps that the version does not have; `INPUT.INVALID` for plans that do not lead
 * from one version to the other, one after the other
 *
 * @remarks Pure. O(V + E) within a version, as `decide` for a move. Sources are not asked, and policies not looked at.
 *
 * @example
 * missingFields(session, scenario, { before: "offer" }).person; // ["income"]
 *
 * @since 0.1.0
 * @public
 */
export function missingFields(session: Session, scenario: Scenario, options: MissingFieldsOptions = {}): MissingFields {
  const to = compile(scenario);
  const { plans = [], data: changes = [], at } = options;
  const isHome = session.scenarioVersion === scenario.version && session.scenarioChecksum === to.checksum;
  if (!isHome) checkWay(plans, session.scenarioVersion, scenario.version);
  const traced = tracedData(session.variables, isHome ? [] : plans);
  const expired = at === undefined ? {} : expiredData(session, traced, to.fields, Date.parse(at));
  const told = isHome ? [] : toldBefore(session, plans);
  const fresh = told.filter(
    ({ field, at: since }) => at === undefined || !isTooOld(to.fields.get(field), since, Date.parse(at)),
  );
  const variables = changedData(withoutFields(withAnswers(traced.data, fresh), expired), changes);
  const values = { ...Object.fromEntries(fresh.map(({ field, value }) => [field, value])), ...options.values };
  const walker: Session = { ...session, variables };
  const { fields, conditions } = isHome ? onRun(walker, to, options) : onMove(walker, to, { ...options, values });
  const isPersons = (name: string) => (to.fields.get(name)?.source ?? "person") === "person";
  return Object.freeze({
    person: Object.freeze(fields.filter(isPersons)),
    host: Object.freeze(fields.filter((name) => !isPersons(name))),
    conditions: Object.freeze(conditions),
  });
}

/** What the person has answered or confirmed on the way, under the names of its end. */
function toldBefore({ migration }: Session, plans: readonly PlannedChanges[]): readonly FoundValue[] {
  return migration === undefined ? [] : carriedValues(migration, plans).filter(({ confirmed }) => confirmed);
}

/** Refuses plans that are no way from one version to another. */
function checkWay(plans: readonly WayPlan[], from: number, to: number): void {
  const [first] = plans;
  if (first === undefined) return;
  const gap = plans.findIndex(({ fromVersion }, i) => fromVersion !== (i === 0 ? from : plans[i - 1]?.toVersion));
  const last = plans.at(-1)?.toVersion;
  if (gap < 0 && last === to) return;
  throw new RegraftError("INPUT.INVALID", `the plans do not lead from version ${from} to version ${to}`, {
    path: gap < 0 ? "/plans" : `/plans/${gap}`,
    expected: gap < 0 ? `a last plan to version ${to}` : `a plan from version ${plans[gap - 1]?.toVersion ?? from}`,
    received: gap < 0 ? `one to version ${last}` : `one from version ${plans[gap]?.fromVersion}`,
  });
}

interface Lacking {
  readonly fields: string[];
  readonly conditions: string[];
}

/** The way of a session: under one plan the two versions are compared, under several the pairs of each are followed. */
function migrationOn(from: CompiledScenario | undefined, to: CompiledScenario, plans: readonly WayPlan[]): Migration {
  const hops = plans.map(({ id: planId, map, mapping, effects, allowRepeat }): Hop => {
    const isWhole = from !== undefined && plans.length === 1;
    return {
      ...(isWhole ? { from, to } : { map: effects === undefined ? map : { ...map, effects } }),
      planId,
      ...(mapping === undefined ? {} : { mapping }),
      ...(effects === undefined ? {} : { effects }),
      ...(allowRepeat === undefined ? {} : { allowRepeat }),
    };
  });
  return prepareMigration(from, to, { hops });
}

/** What a move would ask, round by round, if nobody but the person knew anything. */
function onMove(
  session: Session,
  to: CompiledScenario,
  { from, plans = [], values = {} }: MissingFieldsOptions,
): Lacking {
  const migration = migrationOn(from === undefined ? undefined : compile(from), to, plans);
  const exhausted = new Set<string>();
  const judged = new Map<string, "unknown">();
  for (;;) {
    const decision = decide({ session, migration, facts: { values, exhausted, judged: Object.fromEntries(judged) } });
    if (decision.action !== "needs") {
      return { fields: decision.action === "collect" ? [...decision.fields] : [], conditions: [...judged.keys()] };
    }
    for (const field of decision.fields) exhausted.add(field);
    for (const condition of decision.conditions) judged.set(condition, "unknown");
  }
}

/** What the steps from where the session stands collect and what their decisions read. */
function onRun(session: Session, to: CompiledScenario, { before, values = {} }: MissingFieldsOptions): Lacking {
  const knowledge = new Knowledge(to, session, { values });
  const end = before === undefined ? undefined : positionOf(to, before);
  const lacking: Lacking = { fields: [], conditions: [] };
  const need = (fields: readonly string[]) => {
    for (const field of fields) if (!lacking.fields.includes(field)) lacking.fields.push(field);
  };
  const seen = new Set<number>();
  let step: number | undefined = positionOf(to, session.stepId);
  while (step !== undefined && step !== end && !seen.has(step)) {
    seen.add(step);
    const skips = knowledge.skips(step);
    const collects = knowledge.missing(to.steps[step]?.collects ?? []);
    if (skips === "unknown" && collects.length > 0) need(knowledge.skipNeeds(step));
    if (skips === false) need(collects);
    step = next(to.ways[step] ?? [], knowledge, need, lacking.conditions);
  }
  return lacking;
}

/** The step that the data choose next; undefined where they leave it open, with what is needed to tell, or at the end. */
function next(
  ways: readonly Way[],
  knowledge: Knowledge,
  need: (fields: readonly string[]) => void,
  conditions: string[],
): number | undefined {
  for (const way of ways) {
    if (way.open) return undefined;
    const verdict = way.isElse ? true : knowledge.verdictOf(way);
    if (verdict === true) return way.to;
    if (verdict === false) continue;
    const wanted = knowledge.needsOf(way);
    need(wanted.fields);
    conditions.push(...(way.conditionText === undefined ? [] : [way.conditionText]));
    return undefined;
  }
  return undefined;
}

function positionOf({ index, scenario }: CompiledScenario, stepId: string): number {
  const at = index.get(stepId);
  if (at !== undefined) return at;
  throw new RegraftError("SESSION.STEP_UNKNOWN", `version ${scenario.version} has no step ${stepId}`, {
    expected: `a step of version ${scenario.version}`,
    received: stepId,
  });
}

import type { DataChange, Scenario, Session } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { type CompiledScenario, compile, type Way } from "../scenario/compile.js";
import { changedData } from "./data-changes.js";
import { decide } from "./decide.js";
import { Knowledge } from "./facts.js";
import { prepareMigration } from "./migration.js";

/** How far requirements are looked for, and on what. */
export interface MissingFieldsOptions {
  /** Stop before this step: what it collects itself is not named. Without it the run is followed to its end. */
  readonly before?: string;
  /** The version that the session walks, where another one is asked about. */
  readonly from?: Scenario;
  /** Changes of the data that go with that version. */
  readonly data?: readonly DataChange[];
  /** Values found so far, beside the session's own. */
  readonly values?: Readonly<Record<string, unknown>>;
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
 * Only the run that the session's data choose counts. Where a decision is open, its fields are named, and nothing behind it.
 *
 * @param session - not changed
 * @param scenario - the version that the session walks, or one that it may move to; for that, `from` makes the answer exact
 * @throws RegraftError `SESSION.STEP_UNKNOWN` for steps that the version does not have
 *
 * @remarks Pure. O(V + E) within a version, as `decide` for a move.
 *
 * @example
 * missingFields(session, scenario, { before: "offer" }).person; // ["income"]
 *
 * @since 0.1.0
 * @public
 */
export function missingFields(session: Session, scenario: Scenario, options: MissingFieldsOptions = {}): MissingFields {
  const to = compile(scenario);
  const variables = changedData(session.variables, options.data ?? []);
  const walker: Session = { ...session, variables };
  const isHome = session.scenarioVersion === scenario.version && session.scenarioChecksum === to.checksum;
  const { fields, conditions } = isHome ? onRun(walker, to, options) : onMove(walker, to, options);
  const isPersons = (name: string) => (to.fields.get(name)?.source ?? "person") === "person";
  return Object.freeze({
    person: Object.freeze(fields.filter(isPersons)),
    host: Object.freeze(fields.filter((name) => !isPersons(name))),
    conditions: Object.freeze(conditions),
  });
}

interface Lacking {
  readonly fields: string[];
  readonly conditions: string[];
}

/** What a move would ask, round by round, if nobody but the person knew anything. */
function onMove(session: Session, to: CompiledScenario, { from, values = {} }: MissingFieldsOptions): Lacking {
  const migration = prepareMigration(from === undefined ? undefined : compile(from), to);
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

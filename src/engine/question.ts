import type { Field, Session } from "../contracts/types.js";
import { own } from "../hash/own.js";
import { type CompiledScenario, compile } from "../scenario/compile.js";
import { changedField, plansSince } from "../session/carried.js";
import { archived } from "./archive.js";
import type { Engine } from "./context.js";
import { routeTo } from "./route.js";
import { storedWorld } from "./world.js";

/** The question that an answer is for. */
export interface Question {
  /** The version that asked, or that the session is on its way to now. */
  readonly version: number;
  readonly definition: Field | undefined;
  /** Whether anybody asked for the field, or the version uses it. */
  readonly isAsked: boolean;
}

/** Every name that a version reads or collects, with or without a definition. */
function uses({ scenario, fields }: CompiledScenario, name: string): boolean {
  return (
    fields.has(name) ||
    scenario.steps.some(({ collects }) => collects?.includes(name)) ||
    scenario.transitions.some((transition) => transition.fields?.includes(name))
  );
}

/** Whether a version uses a field under its name, and no plan since another version has made something else of it. */
async function isSame(engine: Engine, session: Session, to: CompiledScenario, asking: number, field: string) {
  if (!uses(to, field)) return false;
  const { id, version } = to.scenario;
  const { stretches } = await routeTo(storedWorld(engine), id, session.scenarioVersion, version);
  const plans = plansSince(
    stretches.flatMap(({ plan }) => (plan === undefined ? [] : [plan])),
    asking,
  );
  return !plans.some(({ data = [] }) => data.some((change) => changedField(change) === field));
}

/**
 * Finds the question that an answer is for. An answer may come late, to the question of a version that another one has replaced since:
 * where the plans in between gave the field another name or form, it is read as that version asked it.
 */
export async function questionOf(
  engine: Engine,
  session: Session,
  to: CompiledScenario,
  field: string,
): Promise<Question> {
  const { asked = {}, found = [], toVersion } = session.migration ?? {};
  const version = to.scenario.version;
  const isAsked = own(asked, field) !== undefined || found.some((value) => value.field === field);
  const asking = found.find((value) => value.field === field)?.scenarioVersion ?? toVersion ?? version;
  if (isAsked && asking < version && !(await isSame(engine, session, to, asking, field))) {
    const scenario = await archived(engine, to.scenario.id, asking);
    const definition = scenario === undefined ? undefined : compile(scenario).fields.get(field);
    return { version: asking, definition, isAsked };
  }
  return { version, definition: to.fields.get(field), isAsked: isAsked || uses(to, field) };
}

import type { Decision, FoundValue, JsonObject, Plan, ReasonCode, Session } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { type CompiledScenario, compile } from "../scenario/compile.js";
import { carriedValues, expiredData, withoutFields } from "../session/carried.js";
import { type TracedData, tracedData } from "../session/data-origins.js";
import { decide } from "../session/decide.js";
import type { Migration } from "../session/migration.js";
import type { DecideInput } from "../session/situation.js";
import { asked, confirmFirst } from "./asking.js";
import type { Engine } from "./context.js";
import { eligibility } from "./eligibility.js";
import { FactBook } from "./facts.js";
import type { Informants } from "./informants.js";
import { pastOf, prepared, walkedGraph } from "./migrations.js";
import { type Route, routeTo } from "./route.js";
import type { World } from "./world.js";

/** Rounds of asking for facts after which a decision is taken for a fault of the program. */
const maxRounds = 1000;

/** Nothing concerns the session: nothing is written, except that a mark without work is taken off. */
export interface Idle {
  readonly is: "idle";
  readonly reason: ReasonCode;
  readonly live: number | undefined;
  readonly clearMark: boolean;
}

/** The session stays whole on its version, because a person or a plan says so. */
export interface Held {
  readonly is: "held";
  readonly reason: ReasonCode;
  readonly planId?: string;
  readonly live: number;
}

/** The core has decided. */
export interface Decided {
  readonly is: "decided";
  readonly decision: Decision;
  readonly migration: Migration;
  readonly plans: readonly Plan[];
  /** Everything found, and what of it may be used. */
  readonly found: readonly FoundValue[];
  readonly certain: readonly FoundValue[];
  /** The session's data after the changes of the plans, with the person's answers, as far as it is not too old. */
  readonly variables: JsonObject;
  /** Values that are too old for the new version, and were taken for unknown. */
  readonly expired: JsonObject;
  /** The session's data after the changes of the plans, and where it comes from. */
  readonly traced: TracedData;
  /** Conditions in natural language that nobody could judge. */
  readonly unjudged: readonly string[];
}

/** What an evaluation of a session comes to. */
export type Considered = Idle | Held | Decided;

function idle(reason: ReasonCode, live?: number, clearMark = false): Idle {
  return { is: "idle", reason, live, clearMark };
}

/** The state of a session that keeps it out of every migration. */
function untouchable({ status }: Session): ReasonCode | undefined {
  if (status === "closed" || status === "exited") return "SESSION.CLOSED";
  return status === "suspended" ? "SESSION.SUSPENDED" : undefined;
}

/** A person's hold on the session itself. */
function personalHold({ migration }: Session, live: number, route: Route): Held | undefined {
  if (migration === undefined) return undefined;
  const { reason, planId, resolution } = migration;
  const plan = planId === undefined ? {} : { planId };
  const untilReleased = reason === "HOLD.MANUAL" || reason === "HOLD.UNDONE";
  if (migration.state === "held" && untilReleased) return { is: "held", reason, live, ...plan };
  if (migration.state === "held" && reason === "HOLD.UNMARKED") {
    const same = planId === undefined ? migration.toVersion === live : plansOf(route).some(({ id }) => id === planId);
    if (same) return { is: "held", reason, live, ...plan };
  }
  const resolved = resolution?.action === "hold" && resolution.toVersion === live;
  return resolved ? { is: "held", reason: "HOLD.RESOLVED", live, ...plan } : undefined;
}

function plansOf({ stretches }: Route): Plan[] {
  return stretches.flatMap(({ plan }) => (plan === undefined ? [] : [plan]));
}

/** Decides about a session as it is now, and writes nothing. */
export async function consider(
  engine: Engine,
  world: World,
  session: Session,
  informants: Informants,
): Promise<Considered> {
  const outside = untouchable(session) ?? (engine.config.enabled ? undefined : "MIGRATION.DISABLED");
  if (outside !== undefined) return idle(outside);
  const live = await world.live(session.scenarioId);
  if (live === undefined) return idle("MIGRATION.NOTHING_TO_DO");
  const to = compile(live);
  const { version } = live;
  if (session.scenarioVersion > version) return idle("MIGRATION.LIVE_VERSION_BEHIND", version);
  if (session.scenarioVersion === version && session.scenarioChecksum === to.checksum) {
    const mark = session.pendingMigration;
    return idle("MIGRATION.NOTHING_TO_DO", version, mark !== undefined && mark.targetVersion <= version);
  }
  const route = await routeTo(world, session.scenarioId, session.scenarioVersion, version);
  const personal = personalHold(session, version, route);
  if (personal !== undefined) return personal;
  const eligible = route.hold === undefined ? await eligibility(world, session, route) : { hold: route.hold };
  if (eligible.hold !== undefined) return { is: "held", live: version, ...eligible.hold };
  return weigh(engine, world, { session, route, to, informants, ...eligible });
}

/** A session that may move, with all that its decision needs. */
interface Case extends Pick<DecideInput, "forceKind"> {
  readonly session: Session;
  readonly route: Route;
  readonly to: CompiledScenario;
  readonly informants: Informants;
}

/** The step that a person has chosen for the session, as long as it stands where it stood then. */
function standingChoice({ migration, stepId }: Session, toVersion: number): string | undefined {
  const { resolution } = migration ?? {};
  if (resolution?.toVersion !== toVersion) return undefined;
  return (resolution.fromStepId ?? stepId) === stepId ? resolution.stepId : undefined;
}

async function weigh(
  engine: Engine,
  world: World,
  { session, route, to, informants, forceKind }: Case,
): Promise<Decided> {
  const from = await walkedGraph(world, session);
  const shared = await prepared(engine, world, from, to, route);
  const { past, traces } = await pastOf(engine, world, session, to);
  const migration = { ...shared, past, traces: new Map([...traces, ...shared.traces]) };
  const plans = plansOf(route);
  const traced = tracedData(session.variables, plans);
  const expired = expiredData(session, traced, to.fields, engine.clock.now());
  const changed = withoutFields(traced.data, expired);
  const found = session.migration === undefined ? [] : carriedValues(session.migration, plans);
  const book = new FactBook(engine, informants, { session, from, target: to, changed, found });
  const { data: variables } = book;
  const chosen = standingChoice(session, to.scenario.version);
  const input: DecideInput = {
    session: variables === session.variables ? session : { ...session, variables },
    migration,
    reRouting: engine.config.reRouting.enabled,
    ...(forceKind === undefined ? {} : { forceKind }),
    ...(chosen === undefined ? {} : { chosenStepId: chosen }),
  };
  for (let round = 0; round < maxRounds; round += 1) {
    const decision = decide({ ...input, facts: book.facts });
    if (decision.action === "needs") {
      await book.gather(decision);
      continue;
    }
    const final = asked(engine, session, to, confirmFirst(decision, book, to));
    const told = { found: book.found, certain: book.certain(), unjudged: [...book.unjudged] };
    return { is: "decided", decision: final, migration, plans, variables, expired, traced, ...told };
  }
  throw new RegraftError("INTERNAL.BUG", "a decision asks for facts without end", { sessionId: session.id });
}

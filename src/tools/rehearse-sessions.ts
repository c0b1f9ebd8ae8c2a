import type { Configuration } from "../config/configuration.js";
import { DEFAULTS } from "../config/defaults.js";
import type { ConfigurationInput, Decision, Scenario, Session } from "../contracts/types.js";
import { createRegraft } from "../engine/regraft.js";
import type { RehearsedSession } from "../engine/rehearse-session.js";
import type { Rehearsal } from "../engine/rehearse-tally.js";
import type { PlanTerms } from "../plan/build.js";
import { memoryStore } from "../stores/memory.js";
import { type Prediction, predictionOf } from "./rehearse-compare.js";

/** What would become of one session, in a form to be kept: without the session's data. */
export interface SessionOutcome extends Prediction {
  /** Conditions that only a judge could decide: with one, the outcome may be another. */
  readonly unjudged: readonly string[];
  /** Fields that a source reading the conversation was not asked for: with one, the outcome may be another. */
  readonly unread: readonly string[];
}

/** What is rehearsed. */
export interface RehearsalInput {
  readonly from: Scenario;
  readonly to: Scenario;
  /** From wherever they come; they are read one by one and none is kept. */
  readonly sessions: Iterable<Session> | AsyncIterable<Session>;
  /** What a plan would say. */
  readonly terms?: PlanTerms;
  /** Options of the engine; the defaults if absent. */
  readonly config?: Configuration;
  /** The moment of the rehearsal: ages and found values count from it. */
  readonly at: string;
  /** Told about each session in the order given; the rehearsal waits for it. */
  readonly onOutcome?: (outcome: SessionOutcome) => void | Promise<void>;
}

/**
 * Rehearses a change on sessions from anywhere, by the engine itself. No store, no source and no judge is asked. Sessions of
 * several tenants are counted together.
 */
export async function rehearseSessions(input: RehearsalInput): Promise<Rehearsal> {
  const { from, to, sessions, terms = {}, config = DEFAULTS, at, onOutcome } = input;
  const options = config as ConfigurationInput;
  const clock = { now: () => Date.parse(at) };
  const regraft = createRegraft({ store: memoryStore({ clock }), clock, config: options });
  const onSession = async (rehearsed: RehearsedSession) => onOutcome?.(outcomeOf(rehearsed));
  return regraft.rehearse({ from, to, ...terms }, { sessions, onSession });
}

function outcomeOf(rehearsed: RehearsedSession): SessionOutcome {
  const { unjudged, unread } = rehearsed;
  return { ...predictionOf(rehearsed), unjudged, unread };
}

/** An outcome in one word: `unknown` where a model decides, else the kind of a move, else the action. */
export function outcomeName({ decision, model }: { readonly decision: Decision; readonly model: string }): string {
  if (model === "needed") return "unknown";
  return decision.action === "teleport" ? decision.kind : decision.action;
}

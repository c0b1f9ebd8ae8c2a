import type { Decision, JsonObject, Session } from "../contracts/types.js";
import type { Facts } from "../session/facts.js";
import { type Considered, consider } from "./consider.js";
import type { Engine } from "./context.js";
import { outcomeOf } from "./outcome.js";
import { type ModelOptions, WatchedInformants } from "./rehearse-informants.js";
import type { World } from "./world.js";

/** What would become of one session. */
export interface RehearsedSession {
  readonly session: Session;
  readonly decision: Decision;
  /** Conditions that only a judge could decide: with one, the outcome may be another. */
  readonly unjudged: readonly string[];
  /** Fields that a source reading the conversation was not asked for: with one, the outcome may be another. */
  readonly unread: readonly string[];
  /** Whether a model had a say (`asked`), or would have to (`needed`: the outcome is unknown). */
  readonly model: "none" | "asked" | "needed";
  /**
   * What was decided on: the session's data after the changes of the plans, and what was found beside it. Absent where the session was
   * not decided about. A move is checked with `verifyWitness({ from, to, session: { ...session, variables: data }, decision, facts })`.
   */
  readonly basis?: { readonly data: JsonObject; readonly facts: Facts };
}

function basisOf(considered: Considered, { judged }: WatchedInformants): Pick<RehearsedSession, "basis"> {
  if (considered.is !== "decided") return {};
  const values = Object.fromEntries(considered.certain.map(({ field, value }) => [field, value]));
  return { basis: { data: considered.variables, facts: { values, judged: Object.fromEntries(judged) } } };
}

/** Decides about one session as `reconcile` would, and writes nothing. */
export async function rehearseOne(
  engine: Engine,
  world: World,
  session: Session,
  options: ModelOptions,
): Promise<RehearsedSession> {
  const informants = new WatchedInformants(engine, options);
  const considered = await consider(engine, world, session, informants);
  const { decision } = outcomeOf(engine, session, considered);
  const unjudged = considered.is === "decided" ? considered.unjudged : [];
  const unread = [...informants.unread];
  const model = unjudged.length + unread.length > 0 ? "needed" : informants.asked ? "asked" : "none";
  return { session, decision, unjudged, unread, model, ...basisOf(considered, informants) };
}

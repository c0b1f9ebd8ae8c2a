import type { Decision, MigrationState, ReplyBinding, Session } from "../contracts/types.js";
import { RegraftError } from "../errors.js";
import { compile } from "../scenario/compile.js";
import { archived } from "./archive.js";
import type { Engine } from "./context.js";
import type { Use } from "./message-id.js";

/** A step of a version, as the person saw it. */
export interface SeenStep {
  readonly version: number;
  readonly stepId: string;
}

/** Calls whose message answers what a migration asked, not a step. */
const answering: ReadonlySet<Use> = new Set(["provide", "confirm", "complete"]);

/**
 * Whether the message of a call may be taken as the answer of the step where the session stands afterwards, never more than the
 * decision says.
 *
 * @param session - before the decision
 * @param seen - the step that the message answers, where the caller knows it
 */
export async function bindReply(
  engine: Engine,
  use: Use,
  session: Session,
  decision: Decision,
  seen: SeenStep | undefined,
): Promise<Decision> {
  const bound = answering.has(use) ? withBinding(decision, "changed_question") : decision;
  return seen === undefined ? bound : withBinding(bound, await bindingTo(engine, session, seen));
}

/** Whether the person saw something else than the session's step last: what a migration has asked, or a step that was undone. */
export function sawElse({ migration }: Pick<Session, "migration">): boolean {
  return migration?.state === "awaiting" || migration?.replyElsewhere === true;
}

/** For a state that no message of the person has led to: what the next message answers outlives it. */
export function replyKept(session: Pick<Session, "migration">): Pick<MigrationState, "replyElsewhere"> {
  return sawElse(session) ? { replyElsewhere: true } : {};
}

/** The session that a call leaves. An operator's decision is no message of the person: what the next message answers outlives it. */
export function withReplyKept(use: Use, before: Session, after: Session): Session {
  const { migration } = after;
  if (use !== "resolve" || migration === undefined || migration.state === "awaiting") return after;
  return { ...after, migration: { ...migration, ...replyKept(before) } };
}

const loose: readonly ReplyBinding[] = ["same_question", "changed_question", "other_step"];

/** The decision with a binding that says no more than its own. */
export function withBinding(decision: Decision, most: ReplyBinding): Decision {
  if (loose.indexOf(most) <= loose.indexOf(decision.replyBinding)) return decision;
  return { ...decision, replyBinding: most };
}

/** How the step that the person saw stands to the session's step before the decision. */
async function bindingTo(engine: Engine, session: Session, seen: SeenStep): Promise<ReplyBinding> {
  const { scenarioId, scenarioVersion, stepId, stepHistory } = session;
  const scenario = await archived(engine, scenarioId, seen.version);
  const c = scenario === undefined ? undefined : compile(scenario);
  const hash = c?.hashes[c.index.get(seen.stepId) ?? -1];
  if (hash === undefined) {
    throw new RegraftError("SESSION.STEP_UNKNOWN", "the message answers a step that no published version has", {
      path: "/replyTo",
      expected: `a step of a published version of ${scenarioId}`,
      received: `${seen.stepId} of version ${seen.version}`,
    });
  }
  if (seen.version === scenarioVersion && seen.stepId === stepId) return "same_question";
  const [before, arrival] = stepHistory.slice(-2);
  const isMoved = arrival?.reason === "graft" && arrival.stepId === stepId && before?.stepId === seen.stepId;
  if (!isMoved || before.scenarioVersion !== seen.version) return "other_step";
  return hash === arrival.contentHash ? "same_question" : "changed_question";
}

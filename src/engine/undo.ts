import type {
  MigrationState,
  MoveInverse,
  ProfileOutboxItem,
  ReasonCode,
  ReplyBinding,
  Session,
} from "../contracts/types.js";
import { compile } from "../scenario/compile.js";
import { isWhereMoved, takeBack } from "../session/inverse.js";
import { archived } from "./archive.js";
import { requireBy } from "./by.js";
import { type Engine, happened, timeOf } from "./context.js";
import type { HoldInput } from "./holds.js";
import { requireObject } from "./input.js";
import { profileItem } from "./lineage.js";
import { sawElse } from "./reply.js";
import { changeSession, requireOpen } from "./session-records.js";

/** How an undo ended. */
type Ending = {
  /** The plans of the move: `proposeInverse` makes a plan for the way back from the last of them. */
  readonly planIds: readonly string[];
  /** `HOLD.UNDONE`, or why the move is not undone: `UNDO.NOTHING`, `UNDO.ADVANCED`, `UNDO.VERSION_GONE`. */
  readonly reason: ReasonCode;
  /** What the person saw last against the step where the session stands now. */
  readonly replyBinding: ReplyBinding;
} & (
  | {
      readonly action: "undone";
      /** Fields that were written again since the move, and kept their new value. */
      readonly kept: readonly string[];
      /** The move had been undone before; nothing was written. */
      readonly repeated: boolean;
    }
  | { readonly action: "refused" }
);

/** What became of an undo, with where the session stands now. */
export type UndoResult = Ending & {
  readonly sessionId: string;
  readonly tenantId: string;
  readonly position: { readonly version: number; readonly stepId: string };
};

/**
 * Takes the last move of a session back and holds it on its version: step, version, history, passed checkpoints and data are as
 * they were before the move, in one write.
 */
export async function undo(engine: Engine, sessionId: string, input: HoldInput): Promise<UndoResult> {
  requireObject(input, "");
  const by = requireBy(input);
  let told: Ending = refused("UNDO.NOTHING");
  const session = await changeSession(engine, sessionId, async (present) => {
    requireOpen(present);
    const { inverse } = present;
    const refusal = await refusalOf(engine, present);
    if (refusal !== undefined || inverse === undefined) {
      told = refusal ?? refused("UNDO.NOTHING");
      return undefined;
    }
    const { planIds, toVersion } = inverse;
    const { session: before, kept } = takeBack(present, inverse);
    const replyBinding = await seenAgain(engine, present, before);
    told = {
      action: "undone",
      reason: "HOLD.UNDONE",
      planIds,
      kept,
      repeated: false,
      replyBinding,
    };
    const held = heldFrom(before, { since: timeOf(engine), planId: planIds.at(-1), toVersion });
    const migration: MigrationState = replyBinding === "same_question" ? held : { ...held, replyElsewhere: true };
    const record = happened(engine, "session.undone", {
      by,
      ...(input.reason === undefined ? {} : { reason: input.reason }),
      from: { version: present.scenarioVersion, stepId: present.stepId },
      to: { version: before.scenarioVersion, stepId: before.stepId },
      planIds,
      fields: Object.keys(inverse.fields).sort(),
      kept,
    });
    const item = profileUndo(present, inverse, timeOf(engine));
    return {
      session: { ...before, migration, updatedAt: timeOf(engine) },
      clearMark: true,
      records: [record],
      ...(item === undefined ? {} : { outbox: [item] }),
    };
  });
  const position = { version: session.scenarioVersion, stepId: session.stepId };
  return Object.freeze({ sessionId, tenantId: engine.tenantId, position, ...told });
}

/** Takes what the move wrote out of the customer's profile, as far as it is still there. */
function profileUndo(present: Session, { profile }: MoveInverse, at: string): ProfileOutboxItem | undefined {
  if (profile === undefined) return undefined;
  const takeBack = Object.entries(profile.fields).map(([field, wrote]) => ({ field, wrote }));
  return profileItem(present, "undo", { customerId: profile.customerId, at, takeBack });
}

function refused(reason: ReasonCode, planIds: readonly string[] = []): Ending {
  return { action: "refused", reason, planIds, replyBinding: "same_question" };
}

/** Why the last move of a session is not undone now; the same answer again where it is undone already. */
async function refusalOf(engine: Engine, session: Session): Promise<Ending | undefined> {
  const { inverse, migration, stepHistory } = session;
  if (inverse !== undefined && isWhereMoved(session)) {
    const left = await archived(engine, session.scenarioId, inverse.scenarioVersion);
    const isKept = left !== undefined && compile(left).checksum === inverse.scenarioChecksum;
    return isKept ? undefined : refused("UNDO.VERSION_GONE", inverse.planIds);
  }
  if (migration?.state === "held" && migration.reason === "HOLD.UNDONE") {
    const planIds = migration.planId === undefined ? [] : [migration.planId];
    return { ...refused("HOLD.UNDONE", planIds), action: "undone", kept: [], repeated: true };
  }
  const wasMoved = stepHistory.some(({ reason }) => reason !== "entry" && reason !== "transition");
  return refused(wasMoved ? "UNDO.ADVANCED" : "UNDO.NOTHING");
}

/** The hold that an undo leaves, with what the session was asked and what was found for it. */
function heldFrom(
  { migration }: Session,
  more: { readonly since: string; readonly planId: string | undefined; readonly toVersion: number },
): MigrationState {
  const { asked = {}, found, resolution } = migration ?? {};
  const { since, planId, toVersion } = more;
  return {
    state: "held",
    reason: "HOLD.UNDONE",
    asked,
    since,
    toVersion,
    ...(planId === undefined ? {} : { planId }),
    ...(found === undefined ? {} : { found }),
    ...(resolution === undefined ? {} : { resolution }),
  };
}

/** Whether an answer to the step that the session leaves may stand for one to the step it comes back to. */
async function seenAgain(engine: Engine, from: Session, to: Session): Promise<ReplyBinding> {
  const arrival = from.stepHistory.at(-1);
  if (arrival?.reason !== "graft") return "other_step";
  const scenario = await archived(engine, to.scenarioId, to.scenarioVersion);
  if (scenario === undefined) return "other_step";
  const { hashes, index } = compile(scenario);
  const isSame = hashes[index.get(to.stepId) ?? -1] === arrival.contentHash && !sawElse(from);
  return isSame ? "same_question" : "changed_question";
}

import type { PendingMigration, Session } from "../contracts/types.js";
import { deepFreeze } from "../hash/freeze.js";
import type { Mark } from "../ports/session-store.js";
import { decoded, encoded } from "./redis-keys.js";

/** The part of a mark's text by which it is recognised. */
export function markHead({ planId, targetVersion }: Pick<Mark, "planId" | "targetVersion">): string {
  return `${encoded(planId)}\n${targetVersion}\n`;
}

/** A mark as it is kept: four lines. */
export function markText(mark: PendingMigration): string {
  return `${markHead(mark)}${encoded(mark.stepId)}\n${encoded(mark.markedAt)}`;
}

function markIn(text: string): PendingMigration {
  const [planId = "", targetVersion = "", stepId = "", markedAt = ""] = text.split("\n");
  return {
    planId: decoded(planId),
    targetVersion: Number(targetVersion),
    stepId: decoded(stepId),
    markedAt: decoded(markedAt),
  };
}

/** A session joined with the text of its mark, which is empty if it has none. */
export function markedWith(session: Session, text: string): Session {
  return deepFreeze(text === "" ? { ...session } : { ...session, pendingMigration: markIn(text) });
}

/** A session as it is kept, joined with its mark. */
export function sessionIn(document: string, mark: string): Session {
  const session: Session = JSON.parse(document);
  return markedWith(session, mark);
}

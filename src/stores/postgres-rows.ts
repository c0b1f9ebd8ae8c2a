import type { PendingMigration, Session } from "../contracts/types.js";
import { deepFreeze } from "../hash/freeze.js";
import type { PostgresRow } from "./postgres-client.js";
import { decoded } from "./postgres-text.js";

/** The columns of a mark. */
export const markNames: readonly string[] = ["mark_plan_id", "mark_target", "mark_step_id", "mark_at"];

/** The columns of a mark, of the table or alias. */
export function markColumns(alias: string): string {
  return markNames.map((name) => `${alias}.${name}`).join(", ");
}

/** A text that was stored encoded. */
export function textIn(row: PostgresRow, column: string): string {
  return decoded(String(row[column]));
}

/** The mark of a row, if it has one. */
function markIn(row: PostgresRow): PendingMigration | undefined {
  if (typeof row.mark_plan_id !== "string") return undefined;
  return {
    planId: textIn(row, "mark_plan_id"),
    targetVersion: Number(row.mark_target),
    stepId: textIn(row, "mark_step_id"),
    markedAt: textIn(row, "mark_at"),
  };
}

/** The session with the mark of the row. */
export function markedAs(session: Session, row: PostgresRow): Session {
  const pendingMigration = markIn(row);
  return deepFreeze(pendingMigration === undefined ? session : { ...session, pendingMigration });
}

/** The session of a row with its document as text and the columns of its mark. */
export function sessionIn(row: PostgresRow): Session {
  const session: Session = JSON.parse(String(row.document));
  return markedAs(session, row);
}

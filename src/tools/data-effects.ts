import type { DataChange, JsonObject } from "../contracts/types.js";
import { applyChange, bareCopy, convertedTo, isGiven } from "../session/data-changes.js";

/** What one change does to a number of sessions. */
export interface ChangeEffect {
  /** Sessions whose data it changes. */
  readonly changed: number;
  /** Sessions whose value it cannot convert, or whose value does not get the new name because one stands there already. */
  readonly left: number;
}

/** Whether a change meets a value with which it can do nothing. */
function leaves(data: JsonObject, change: DataChange): boolean {
  if (change.op === "rename" || change.op === "copy") {
    return change.from !== change.to && isGiven(data, change.from) && isGiven(data, change.to);
  }
  return (
    change.op === "convert" && isGiven(data, change.field) && convertedTo(data[change.field], change.to) === undefined
  );
}

/**
 * Counts what the data changes of a plan do to sessions, each change after the ones before it.
 *
 * @returns one entry a change, in their order
 * @remarks Pure. O(sessions x changes).
 */
export function changeEffects(
  changes: readonly DataChange[],
  sessions: Iterable<{ readonly variables: JsonObject }>,
): ChangeEffect[] {
  const effects = changes.map(() => ({ changed: 0, left: 0 }));
  for (const { variables } of sessions) {
    const data = bareCopy(variables);
    changes.forEach((change, i) => {
      const effect = effects[i];
      if (effect === undefined) return;
      if (leaves(data, change)) effect.left += 1;
      const removes = change.op === "remove" && Object.hasOwn(data, change.field);
      if (applyChange(data, change) !== undefined || removes) effect.changed += 1;
    });
  }
  return effects;
}

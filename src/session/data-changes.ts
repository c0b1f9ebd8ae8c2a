import type { DataChange, FieldType, JsonObject } from "../contracts/types.js";
import { deepFreeze } from "../hash/freeze.js";
import { own } from "../hash/own.js";
import { knownValue } from "../scenario/value.js";

function isGiven(data: JsonObject, name: string): boolean {
  return knownValue(undefined, own(data, name));
}

function toNumber(value: unknown, whole: boolean): number | undefined {
  const number =
    typeof value === "number" ? value : typeof value === "string" && value.trim() !== "" ? Number(value) : Number.NaN;
  return Number.isFinite(number) && (!whole || Number.isInteger(number)) ? number : undefined;
}

const truths: ReadonlyMap<unknown, boolean> = new Map<unknown, boolean>([
  [true, true],
  [false, false],
  ["true", true],
  ["false", false],
  ["yes", true],
  ["no", false],
]);

/** The value in another type, or undefined if it cannot be said in that type. */
function converted(value: unknown, to: FieldType): unknown {
  if (to === "number" || to === "integer") return toNumber(value, to === "integer");
  if (to === "boolean") return truths.get(typeof value === "string" ? value.trim().toLowerCase() : value);
  if (to === "object") return typeof value === "object" ? value : undefined;
  return typeof value === "object" ? undefined : String(value);
}

function change(data: JsonObject, step: DataChange): void {
  switch (step.op) {
    case "rename":
    case "copy":
      if (!isGiven(data, step.from)) return;
      if (!isGiven(data, step.to)) data[step.to] = data[step.from];
      if (step.op === "rename" && step.from !== step.to) delete data[step.from];
      return;
    case "convert": {
      if (!isGiven(data, step.field)) return;
      const value = converted(data[step.field], step.to);
      if (value !== undefined) data[step.field] = value;
      return;
    }
    case "default":
      if (!isGiven(data, step.field)) data[step.field] = step.value;
      return;
    case "constant":
      data[step.field] = step.value;
      return;
    case "remove":
      delete data[step.field];
  }
}

/**
 * The data of a session after the changes of a plan, in their order.
 *
 * A rename or copy never overwrites a value that is known under the new name: the person may have given it since. A value that
 * cannot be converted stays as it is, and then counts as missing.
 *
 * @returns a frozen copy, or the same object if there are no changes
 *
 * @example
 * changedData({ tel: "1" }, [{ op: "rename", from: "tel", to: "phone" }]); // { phone: "1" }
 *
 * @public
 */
export function changedData(data: JsonObject, changes: readonly DataChange[]): JsonObject {
  if (changes.length === 0) return data;
  const bare = Object.assign(Object.create(null) as JsonObject, data);
  for (const step of changes) change(bare, step);
  return deepFreeze({ ...bare });
}

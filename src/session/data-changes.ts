import type { DataChange, FieldType, JsonObject } from "../contracts/types.js";
import { deepFreeze } from "../hash/freeze.js";
import { own } from "../hash/own.js";
import { knownValue } from "../scenario/value.js";

/** Whether a field has a value that is not empty. */
export function isGiven(data: JsonObject, name: string): boolean {
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
export function convertedTo(value: unknown, to: FieldType): unknown {
  if (to === "number" || to === "integer") return toNumber(value, to === "integer");
  if (to === "boolean") return truths.get(typeof value === "string" ? value.trim().toLowerCase() : value);
  if (to === "object") return typeof value === "object" ? value : undefined;
  return typeof value === "object" ? undefined : String(value);
}

/** What one change has written: the field, and the one that it was taken from. */
export interface Written {
  readonly field: string;
  readonly from?: string;
}

/**
 * Applies one change in place.
 *
 * @param data - without a prototype
 * @returns what it wrote; undefined where it left the values of all fields as they were, but for one that is gone
 */
export function applyChange(data: JsonObject, step: DataChange): Written | undefined {
  switch (step.op) {
    case "rename":
    case "copy": {
      if (step.from === step.to || !isGiven(data, step.from)) return undefined;
      const isOpen = !isGiven(data, step.to);
      if (isOpen) data[step.to] = data[step.from];
      if (step.op === "rename") delete data[step.from];
      return isOpen ? { field: step.to, from: step.from } : undefined;
    }
    case "convert": {
      const { field, to } = step;
      const value = isGiven(data, field) ? convertedTo(data[field], to) : undefined;
      if (value === undefined || value === data[field]) return undefined;
      data[field] = value;
      return { field, from: field };
    }
    case "default":
      if (isGiven(data, step.field)) return undefined;
      data[step.field] = step.value;
      return { field: step.field };
    case "constant":
      data[step.field] = step.value;
      return { field: step.field };
    case "remove":
      delete data[step.field];
      return undefined;
  }
}

/** A copy of data whose members are its own only. */
export function bareCopy(data: JsonObject): JsonObject {
  return Object.assign(Object.create(null) as JsonObject, data);
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
  const bare = bareCopy(data);
  for (const step of changes) applyChange(bare, step);
  return deepFreeze({ ...bare });
}

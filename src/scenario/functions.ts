import { type LibraryFunction, libraryFunction } from "./cel.js";

/** What a value is to the type check. */
export type StaticType =
  | "any"
  | "boolean"
  | "duration"
  | "list"
  | "null"
  | "number"
  | "object"
  | "string"
  | "timestamp";

/** A function that conditions may call. */
export interface ConditionFunction {
  /** Types of the arguments, the receiver of a method first. */
  readonly takes: readonly (readonly StaticType[])[];
  readonly gives: StaticType;
  readonly run: LibraryFunction;
}

/** Longest text that is read as a time, duration or number; longer ones are errors, whatever they hold. */
const maxConversionLength = 64;

/** Only texts with a zone: any other would be read in the zone of the machine. */
const zonedTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d{1,9})?(?:Z|[+-]\d{2}:\d{2})$/;

const table = new Map<string, ConditionFunction>();
const text: readonly StaticType[] = ["string"];
const whole: readonly StaticType[] = ["number"];

function keyOf(name: string, method: boolean, count: number): string {
  return `${method ? "." : ""}${name}/${count}`;
}

function declare(
  names: readonly string[],
  method: boolean,
  takes: readonly (readonly StaticType[])[],
  gives: StaticType,
  guard: (value: unknown) => boolean = () => true,
): void {
  for (const name of names) {
    let library: LibraryFunction | undefined;
    const run: LibraryFunction = (values) => {
      if (!values.every(guard)) return undefined;
      library ??= libraryFunction(name, method, takes.length);
      return library(values);
    };
    table.set(keyOf(name, method, takes.length), Object.freeze({ takes, gives, run }));
  }
}

function isShort(value: unknown): boolean {
  return typeof value !== "string" || value.length <= maxConversionLength;
}

const sized: readonly StaticType[] = ["string", "list", "object"];
declare(["size"], false, [sized], "number");
declare(["size"], true, [sized], "number");
declare(["contains", "startsWith", "endsWith"], true, [text, text], "boolean");
declare(["lowerAscii", "upperAscii", "trim"], true, [text], "string");
declare(["indexOf", "lastIndexOf"], true, [text, text], "number");
declare(["indexOf", "lastIndexOf"], true, [text, text, whole], "number");
declare(["substring"], true, [text, whole], "string");
declare(["substring"], true, [text, whole, whole], "string");
declare(["split"], true, [text, text], "list");
declare(["join"], true, [["list"]], "string");
declare(["join"], true, [["list"], text], "string");
declare(["string"], false, [["string", "number", "boolean"]], "string");
declare(["int", "double"], false, [["string", "number"]], "number", isShort);
declare(["dyn"], false, [["any"]], "any");
declare(["timestamp"], false, [text], "timestamp", (value) => typeof value === "string" && zonedTime.test(value));
declare(["duration"], false, [text], "duration", isShort);
const date: readonly StaticType[] = ["timestamp"];
declare(["getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek"], true, [date], "number");
const clock: readonly StaticType[] = ["timestamp", "duration"];
declare(["getHours", "getMinutes", "getSeconds", "getMilliseconds"], true, [clock], "number");

/**
 * The function that a condition may call by this name with this many arguments, the receiver of a method counted.
 *
 * Left out of CEL on purpose: `matches` (the library backtracks, so a text could stall it), everything that reads the time zone of
 * the machine, bytes, and reflection by `type`.
 */
export function conditionFunction(name: string, method: boolean, count: number): ConditionFunction | undefined {
  return table.get(keyOf(name, method, count));
}

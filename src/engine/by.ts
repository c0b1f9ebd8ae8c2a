import { RegraftError } from "../errors.js";
import type { Engine } from "./context.js";

const maxNameLength = 512;

/** What an input holds in a few words, never its text. */
export function kindOf(value: unknown): string {
  if (value === undefined || value === null) return "nothing";
  if (typeof value === "string") return value.trim() === "" ? "an empty text" : "a text";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

/**
 * Who decides; refused where nobody is named.
 *
 * @param decider - what a caller gave, with the name as `by`
 */
export function requireBy(decider: unknown): string {
  const by: unknown = typeof decider === "object" && decider !== null && "by" in decider ? decider.by : undefined;
  if (typeof by === "string" && by.trim() !== "" && by.length <= maxNameLength) return by;
  const isLong = typeof by === "string" && by.length > maxNameLength;
  throw new RegraftError("INPUT.INVALID", "a decision needs somebody who takes it", {
    path: "/by",
    expected: isLong ? `a text of at most ${maxNameLength} characters` : "a text that is not empty",
    received: isLong ? `${by.length} characters` : kindOf(by),
  });
}

/**
 * Who decides where nobody has to be named: whoever the call names, else whoever calls. A name that is none is refused: an author without
 * a name would be nobody's author.
 */
export function byOf({ identity }: Pick<Engine, "identity">, decider: { readonly by?: unknown }): string | undefined {
  return decider.by === undefined ? identity?.principal : requireBy(decider);
}

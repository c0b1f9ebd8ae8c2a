import { RegraftError } from "./error.js";
import type { Violation } from "./violation.js";

/**
 * A kind of document that may be kept: what it has to look like, who answers for it, and examples that prove the check.
 *
 * @since 0.2.0
 * @public
 */
export interface ArtifactKind {
  /** Lower case letters, digits and hyphens. */
  readonly kind: string;
  /** The version that is written, such as `1.0`. */
  readonly version: string;
  /** Who answers for it. */
  readonly owner: string;
  /** The faults of a value of this version; none if it is valid. */
  readonly check: (value: unknown) => readonly Violation[];
  readonly example: unknown;
  /** At least one. */
  readonly invalidExamples: readonly unknown[];
  /** The version before, which is still read: `upcast` makes the present form of it, with defaults for what is new. */
  readonly previous?: { readonly version: string; readonly upcast: (value: unknown) => unknown };
  /** The version of a value; `header.schemaVersion` or `schemaVersion` if absent, and the present one where there is neither. */
  readonly versionOf?: (value: unknown) => string;
}

const kindPattern = /^[a-z][a-z0-9-]{0,62}$/;
const versionPattern = /^\d+\.\d+$/;

function memberOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && Object.hasOwn(value, name)
    ? (value as Readonly<Record<string, unknown>>)[name]
    : undefined;
}

/** The version that a value of a kind says it has. */
export function versionIn(of: ArtifactKind, value: unknown): string {
  if (of.versionOf !== undefined) return of.versionOf(value);
  const named = memberOf(memberOf(value, "header"), "schemaVersion") ?? memberOf(value, "schemaVersion");
  return named === undefined ? of.version : String(named);
}

function refused(kind: string, path: string, expected: string, received: string): RegraftError {
  return new RegraftError("SCHEMA.INVALID", `the kind ${kind} cannot be registered`, { path, expected, received });
}

/**
 * Checks the definition of a kind against its own examples and freezes it.
 *
 * @throws RegraftError `SCHEMA.INVALID` with the path of what is wrong: a name or version of another form, an example with a fault, an
 *   invalid example without one, no owner
 *
 * @example
 * const note = defineArtifactKind({
 *   kind: "note",
 *   version: "1.0",
 *   owner: "support",
 *   check: (value) => (typeof value === "string" ? [] : [{ path: "", expected: "a text", received: typeof value }]),
 *   example: "call back",
 *   invalidExamples: [7],
 * });
 * note.kind; // "note"
 *
 * @since 0.2.0
 * @public
 */
export function defineArtifactKind(given: ArtifactKind): ArtifactKind {
  const { kind, version, owner, previous } = given;
  if (!kindPattern.test(kind)) throw refused(kind, "/kind", "lower case letters, digits and hyphens", kind);
  if (!versionPattern.test(version)) throw refused(kind, "/version", "a version such as 1.0", version);
  if (owner.trim() === "") throw refused(kind, "/owner", "who answers for the kind", "nothing");
  if (previous !== undefined && (!versionPattern.test(previous.version) || previous.version === version)) {
    throw refused(kind, "/previous/version", "the version before", previous.version);
  }
  const [fault] = given.check(given.example);
  if (fault !== undefined) throw refused(kind, `/example${fault.path}`, fault.expected, fault.received);
  if (given.invalidExamples.length === 0) throw refused(kind, "/invalidExamples", "at least one", "none");
  const valid = given.invalidExamples.findIndex((example) => given.check(example).length === 0);
  if (valid >= 0) throw refused(kind, `/invalidExamples/${valid}`, "an example with a fault", "a valid one");
  return Object.freeze({ ...given });
}

import { canonicalJson } from "./canonical-json.js";
import { sha256Hex } from "./sha256.js";

/**
 * The digest of a JSON value: SHA-256 over its canonical text, in the form `sha256:` and 64 hex digits.
 *
 * @throws RegraftError `INPUT.INVALID` with the JSON pointer of what is not JSON
 *
 * @example
 * digestOf({ b: 1, a: 2 }) === digestOf({ a: 2, b: 1 }); // true
 *
 * @since 0.1.0
 * @public
 */
export function digestOf(value: unknown): string {
  return `sha256:${sha256Hex(canonicalJson(value))}`;
}

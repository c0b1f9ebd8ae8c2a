import type { IdSource } from "../ports/id-source.js";

/**
 * Makes a source of ids that counts for each prefix, so that a test runs the same every time.
 *
 * @example
 * const ids = sequentialIds();
 * [ids.next("plan"), ids.next("plan")]; // ["plan-1", "plan-2"]
 *
 * @public
 */
export function sequentialIds(): IdSource {
  const counts = new Map<string, number>();
  return {
    next: (prefix) => {
      const count = (counts.get(prefix) ?? 0) + 1;
      counts.set(prefix, count);
      return `${prefix}-${count}`;
    },
  };
}

import type { LedgerEntry, StreamHead } from "../ports/ledger.js";

/** Types of the entries that account for what is gone from the start of their own stream. */
export const tombstoneTypes = Object.freeze({
  /** The data of all entries up to `through` was erased. */
  erased: "session.erased",
  /** The entries up to `last` were dropped. */
  shortened: "ledger.shortened",
});

function isHead(value: unknown): value is StreamHead {
  return (
    typeof value === "object" &&
    value !== null &&
    "seq" in value &&
    Number.isInteger(value.seq) &&
    "hash" in value &&
    typeof value.hash === "string"
  );
}

/** Up to which entry an entry accounts for erased data; 0 if it does not. */
export function erasedThrough({ type, data }: LedgerEntry): number {
  return type === tombstoneTypes.erased && typeof data.through === "number" ? data.through : 0;
}

/** The last dropped entry that an entry accounts for, if it does. */
export function droppedThrough({ type, data }: LedgerEntry): StreamHead | undefined {
  return type === tombstoneTypes.shortened && isHead(data.last) ? data.last : undefined;
}

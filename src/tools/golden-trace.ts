import type { GoldenRefusal, GoldenResult, ReconciliationResult } from "../contracts/types.js";

/** A result, with the kind of step that it is the result of. */
export interface ToldResult {
  readonly sessionId: string;
  readonly do: NonNullable<GoldenResult["do"]>;
  readonly result: ReconciliationResult;
}

/** What happened while a case was played, in order. */
export interface GoldenTrace {
  readonly results: ToldResult[];
  readonly refused: GoldenRefusal[];
  /** Ids of plans by the names that the case has for them. */
  readonly plans: Map<string, string>;
  /** Ids of all sessions, those that were given first. */
  readonly sessions: Set<string>;
}

/** A trace of a case that has not begun. */
export function emptyTrace(): GoldenTrace {
  return { results: [], refused: [], plans: new Map(), sessions: new Set() };
}

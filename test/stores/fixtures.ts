import type { Session } from "../../src/contracts/types.js";
import type { LedgerRecord } from "../../src/ports/ledger.js";
import type { SessionStore } from "../../src/ports/session-store.js";

export const checksum = `r1:${"a".repeat(64)}`;

/** A session that nobody walked; stores do not look at what a session means. */
export function aSession(parts: Partial<Session> = {}): Session {
  return {
    tenantId: "",
    id: "s1",
    scenarioId: "flow",
    scenarioVersion: 1,
    scenarioChecksum: checksum,
    stepId: "a",
    stepHistory: [],
    passedCheckpoints: [],
    variables: {},
    status: "active",
    createdAt: "2026-01-01T00:00:00.000Z",
    updatedAt: "2026-01-01T00:00:00.000Z",
    lastActivityAt: "2026-01-01T00:00:00.000Z",
    revision: 1,
    ...parts,
  };
}

/** Puts a session into a store and returns it as it was stored. */
export async function create(store: SessionStore, parts: Partial<Session> = {}): Promise<Session> {
  const result = await store.commit({ session: aSession(parts), expectedRevision: 0 });
  if (!result.ok) throw new TypeError("the session exists already");
  return result.session;
}

export async function createAll(store: SessionStore, ids: readonly string[]): Promise<void> {
  for (const id of ids) await create(store, { id });
}

export function ledgerRecord(type: string, data: Record<string, unknown> = {}): LedgerRecord {
  return { type, at: "2026-01-01T00:00:00.000Z", data };
}

/** Ids that a store must tell apart and must not stumble over. */
export const hostileIds: readonly string[] = [
  "__proto__",
  "constructor",
  "toString",
  "a/b",
  "a",
  "b",
  "a:b",
  "a|b",
  "a\u0000b",
  '","',
  "%2F",
  "é",
  "e\u0301",
  "😀",
  "\uffee",
  " ",
  "..",
];

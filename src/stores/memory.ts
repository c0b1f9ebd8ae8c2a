import type { StoreCapabilities } from "../ports/capabilities.js";
import type { Clock } from "../ports/clock.js";
import type { RecordStore } from "../ports/record-store.js";
import type { SessionStore } from "../ports/session-store.js";
import { memoryLedger } from "./memory-ledger.js";
import { memoryRecords } from "./memory-records.js";
import { memorySessions } from "./memory-sessions.js";
import { subjectKey } from "./subject-key.js";

const capabilities: StoreCapabilities = Object.freeze({
  atomicCommit: true,
  durable: false,
  setBasedMark: true,
  indexedOutbox: true,
  leases: true,
});

/**
 * A store of sessions and records in this process's memory.
 *
 * What goes in is copied and frozen as JSON would carry it, except for parts that are frozen already; what comes out is
 * frozen and shared, never copied. A session and the ledger records of its commit are written together.
 *
 * @param options.clock - ends the leases; the machine's clock if absent
 *
 * @example
 * const store = memoryStore();
 * await store.commit({ session: startSession(scenario, { id: "s1", at: "2026-03-01T09:00:00Z" }), expectedRevision: 0 });
 *
 * @public
 */
export function memoryStore(options: { readonly clock?: Clock } = {}): SessionStore & RecordStore {
  const clock = options.clock ?? { now: () => Date.now() };
  const ledger = memoryLedger();
  const pointers = new Map<string, string>();
  const sessions = memorySessions({
    append: (stream, records) => {
      ledger.append(stream, records);
    },
    pointed: (pointer) => pointers.get(subjectKey(pointer)),
  });
  return Object.freeze({ capabilities, ...sessions, ...memoryRecords(ledger, clock, pointers) });
}

import type { RecordStore } from "../ports/record-store.js";
import type { SessionStore } from "../ports/session-store.js";
import type { ContractGroup, ContractRunner, StoreContractOptions } from "./store-contract-case.js";
import { commitCases } from "./store-contract-commits.js";
import { decisionCases } from "./store-contract-decisions.js";
import { documentCases } from "./store-contract-documents.js";
import { erasedSessionCases, erasureCases } from "./store-contract-erasure.js";
import { headCases } from "./store-contract-heads.js";
import { keyCases } from "./store-contract-keys.js";
import { leaseCases } from "./store-contract-leases.js";
import { markCases } from "./store-contract-marks.js";
import { outboxCases } from "./store-contract-outbox.js";
import { pointerCases } from "./store-contract-pointers.js";
import { raceCases } from "./store-contract-races.js";
import { registerContract } from "./store-contract-register.js";
import { decisionRestartCases, recordRestartCases, sessionRestartCases } from "./store-contract-restarts.js";
import { scanCases } from "./store-contract-scans.js";
import { streamCases } from "./store-contract-streams.js";

const ofSessions: readonly ContractGroup<SessionStore>[] = [
  commitCases,
  keyCases,
  scanCases,
  markCases,
  outboxCases,
  raceCases,
  sessionRestartCases,
];

const ofRecords: readonly ContractGroup<RecordStore>[] = [
  documentCases,
  pointerCases,
  streamCases,
  erasureCases,
  leaseCases,
  recordRestartCases,
];

const ofBoth: readonly ContractGroup<SessionStore & RecordStore>[] = [
  decisionCases,
  headCases,
  decisionRestartCases,
  erasedSessionCases,
];

/**
 * Registers tests for everything that the ports promise of a store of sessions and records. Each test gets an empty store
 * of its own and moves its own clock; none waits.
 *
 * Tests of a capability that the store does not declare, and deviations, are reported as skipped with the reason in their
 * title. A deviation that the store does not need any more, or that names no test, fails.
 *
 * @param runner - `{ describe, it, expect }` of the test runner
 *
 * @example
 * // In a test file, with `describe`, `it` and `expect` of the test runner:
 * const ofMyStore = (runner) =>
 *   storeContract(runner, {
 *     makeStore: (clock) => ({ store: memoryStore({ clock }) }),
 *     capabilities: { durable: false },
 *   });
 * // ofMyStore({ describe, it, expect });
 *
 * @since 0.2.0
 * @public
 */
export function storeContract(runner: ContractRunner, options: StoreContractOptions<SessionStore & RecordStore>): void {
  registerContract(runner, [...ofSessions, ...ofRecords, ...ofBoth], options);
}

/**
 * As {@link storeContract}, for a store that keeps sessions and no records.
 *
 * @since 0.2.0
 * @public
 */
export function sessionStoreContract(runner: ContractRunner, options: StoreContractOptions<SessionStore>): void {
  registerContract(runner, ofSessions, options);
}

/**
 * As {@link storeContract}, for a store that keeps records and no sessions.
 *
 * @since 0.2.0
 * @public
 */
export function recordStoreContract(runner: ContractRunner, options: StoreContractOptions<RecordStore>): void {
  registerContract(runner, ofRecords, options);
}

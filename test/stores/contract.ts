import type { Clock } from "../../src/ports/clock.js";
import type { RecordStore } from "../../src/ports/record-store.js";
import type { SessionStore } from "../../src/ports/session-store.js";
import { manualClock } from "../../src/testing/clock.js";
import { leaseContract } from "./lease-contract.js";
import { markContract } from "./mark-contract.js";
import { recordContract } from "./record-contract.js";
import { sessionContract } from "./session-contract.js";

/** Checks a store against everything the ports promise. Each test gets an empty store of its own. */
export function storeContract(makeStore: (clock: Clock) => Promise<SessionStore & RecordStore>): void {
  sessionContract(() => makeStore(manualClock()));
  markContract(() => makeStore(manualClock()));
  recordContract(() => makeStore(manualClock()));
  leaseContract(makeStore);
}

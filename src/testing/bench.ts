import type { RegraftOptions } from "../engine/options.js";
import { createRegraft, type Regraft } from "../engine/regraft.js";
import type { RecordStore } from "../ports/record-store.js";
import type { SessionStore } from "../ports/session-store.js";
import { memoryStore } from "../stores/memory.js";
import { type ManualClock, manualClock } from "./clock.js";
import { faultyStore, type StoreCall } from "./faulty-store.js";
import { sequentialIds } from "./ids.js";

/** When a call of the store fails. */
export interface FaultRequest {
  /** A method of the store, for example `commit`. */
  readonly method: string;
  /** Before the call takes effect, or after it but before the caller hears of it. Default `before`. */
  readonly moment?: "before" | "after";
  /** How many calls of the method go well first. Default 0. */
  readonly skip?: number;
  /** How many calls fail then. Default 1. */
  readonly times?: number;
}

/** An engine over a memory store that fails where a test wants it to. */
export interface TestBench {
  readonly regraft: Regraft;
  /** What the engine works with: calls made here are counted and fail too. */
  readonly store: SessionStore & RecordStore;
  /** The store behind it, which never fails: what is really kept. */
  readonly kept: SessionStore & RecordStore;
  readonly clock: ManualClock;
  /** Lets calls to come fail with `STORE.UNAVAILABLE`. */
  fail(request: FaultRequest): void;
  /** Lets nothing fail any more. */
  heal(): void;
  /** Calls of the store so far, in order. */
  readonly calls: readonly StoreCall[];
}

/** How a bench is made: everything that an engine takes but the store, the clock and the ids, and when its clock starts. */
export interface TestBenchOptions extends Partial<Omit<RegraftOptions, "store" | "sessions" | "records" | "clock">> {
  /** A timestamp, by default the start of 2026. */
  readonly startAt?: string;
}

interface Fault {
  readonly method: string;
  readonly moment: "before" | "after";
  skip: number;
  times: number;
}

/**
 * Makes all that a test of a flow needs in one call: an engine, a memory store with fault injection, a clock that stands still and
 * ids that count.
 *
 * @throws RegraftError `CONFIG.INVALID` for options that cannot be used
 *
 * @example
 * const { regraft, fail } = testBench();
 * await regraft.publish(v1);
 * fail({ method: "commit" });
 * await regraft.startSession({ scenarioId: v1.id, id: "s1" }); // throws STORE.UNAVAILABLE
 *
 * @since 0.1.0
 * @public
 */
export function testBench({ startAt, ...options }: TestBenchOptions = {}): TestBench {
  const clock = manualClock(startAt);
  const kept = memoryStore({ clock });
  const calls: StoreCall[] = [];
  let faults: Fault[] = [];
  const store = faultyStore(kept, {
    onCall: (call) => {
      calls.push(call);
    },
    failOn: ({ method }) => momentOf(faults, method),
  });
  const regraft = createRegraft({ ids: sequentialIds(), ...options, store, clock });
  return {
    regraft,
    store,
    kept,
    clock,
    calls,
    fail: ({ method, moment = "before", skip = 0, times = 1 }) => {
      faults.push({ method, moment, skip, times });
    },
    heal: () => {
      faults = [];
    },
  };
}

/** The moment at which a call fails, by the first fault for its method that is not used up. */
function momentOf(faults: readonly Fault[], method: string): "before" | "after" | undefined {
  const fault = faults.find((one) => one.method === method && one.times > 0);
  if (fault === undefined) return undefined;
  if (fault.skip > 0) {
    fault.skip -= 1;
    return undefined;
  }
  fault.times -= 1;
  return fault.moment;
}

import { isRegraftError, RegraftError } from "../errors.js";
import type { Clock } from "../ports/clock.js";
import type { RecordStore } from "../ports/record-store.js";
import type { SessionStore } from "../ports/session-store.js";
import { type Breaker, type BreakerOptions, createBreaker } from "./breaker.js";
import { withDeadline } from "./deadline.js";
import { type RetryOptions, retry } from "./retry.js";
import { isTransient } from "./transient.js";

/**
 * How long calls of a store are waited for, how often they are tried, and when the store is left alone.
 *
 * @since 0.2.0
 * @public
 */
export interface ResilientStoreOptions {
  /** Names the store in errors and to `onChange`; `store` if absent. */
  readonly name?: string;
  /** Milliseconds for one try; 5,000 if absent. */
  readonly timeoutMs?: number;
  /** How what may be repeated is tried again; all tries together take 10,000 milliseconds if `deadlineMs` is absent. */
  readonly retry?: Omit<RetryOptions, "signal" | "mayRetry" | "clock">;
  /** When the store is left alone, and for how long. */
  readonly breaker?: Omit<BreakerOptions, "name" | "clock">;
  /** The machine's clock if absent. */
  readonly clock?: Clock;
}

/**
 * What `resilientStore` does where nobody says anything.
 *
 * @since 0.2.0
 * @public
 */
export const resilientStoreDefaults: Readonly<{ timeoutMs: number; deadlineMs: number }> = Object.freeze({
  timeoutMs: 5000,
  deadlineMs: 10_000,
});

type Call = (...args: unknown[]) => Promise<unknown>;
/** Whether a call has the same effect, and the same answer, however often it is made. */
type Repeatable = (args: readonly unknown[]) => boolean;

const always: Repeatable = () => true;
const never: Repeatable = () => false;
/** Without a key a write that took effect unheard would come back as a conflict with itself. */
const withKey =
  (at: number): Repeatable =>
  (args) => {
    const options = args[at];
    return typeof options === "object" && options !== null && "idempotencyKey" in options
      ? options.idempotencyKey !== undefined
      : false;
  };

/** What each call of the ports is: reads have no effect that could be unknown. */
const calls: Readonly<
  Record<Exclude<keyof SessionStore | keyof RecordStore, "capabilities">, readonly [kind: "read" | "write", Repeatable]>
> = {
  get: ["read", always],
  getWith: ["read", always],
  scan: ["read", always],
  count: ["read", always],
  load: ["read", always],
  find: ["read", always],
  read: ["read", always],
  streams: ["read", always],
  pointer: ["read", always],
  commit: ["write", withKey(1)],
  append: ["write", withKey(2)],
  put: ["write", always],
  drop: ["write", always],
  mark: ["write", never],
  unmark: ["write", never],
  settle: ["write", never],
  cas: ["write", never],
  erase: ["write", never],
  lease: ["write", never],
  renew: ["write", never],
  release: ["write", never],
};

function callOf(name: string): (typeof calls)[keyof typeof calls] | undefined {
  return Object.hasOwn(calls, name) ? calls[name as keyof typeof calls] : undefined;
}

function unknownOutcome(name: string, method: string, cause: unknown): RegraftError {
  const details = { method, expected: "an answer in time", received: "none", outcome: "unknown" };
  return new RegraftError("STORE.UNAVAILABLE", `${name} did not say whether ${method} took effect`, details, { cause });
}

/** One try: a write that is not answered in time may still take effect. */
async function tried(name: string, method: string, timeoutMs: number, work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await withDeadline(async () => work(), { timeoutMs, name: `${name}.${method}` });
  } catch (error) {
    if (callOf(method)?.[0] !== "write" || !isRegraftError(error, "TRANSIENT.TIMEOUT")) throw error;
    throw unknownOutcome(name, method, error);
  }
}

/** An open breaker says when it may be asked again; a message does not wait for that. */
function mayRetry(error: unknown): boolean {
  return isTransient(error) && !isRegraftError(error, "TRANSIENT.BREAKER_OPEN");
}

/**
 * A store that answers in time, or fails in time: calls are waited for only so long, those that have the same effect however often they
 * are made are tried again with pauses of full jitter, and a store that keeps failing is left alone for a while.
 *
 * Tried again are reads, `put`, `drop`, and `commit` and `append` under an idempotency key; never what would come back as a conflict with
 * itself, or take a lease twice. Everything else that the store has is passed on as it is. Put it around a store of sessions, of records,
 * or of both, before the engine gets it.
 *
 * @param store - any store
 * @returns a store with the same methods. They throw what the store throws; `TRANSIENT.TIMEOUT` for a read that takes too long;
 *   `STORE.UNAVAILABLE` with `outcome: "unknown"` in its details for such a write; `TRANSIENT.BREAKER_OPEN` while the store is left alone
 * @throws RegraftError `INPUT.INVALID` for times that are no numbers, when a call is made
 *
 * @example
 * const store = resilientStore(memoryStore(), { timeoutMs: 2000 });
 * const regraft = createRegraft({ store });
 * await regraft.versions("loan"); // []
 *
 * @since 0.2.0
 * @public
 */
export function resilientStore<S extends object>(store: S, options: ResilientStoreOptions = {}): S {
  const { name = "store", timeoutMs = resilientStoreDefaults.timeoutMs, clock } = options;
  const time = clock === undefined ? {} : { clock };
  const breaker = createBreaker({ ...options.breaker, ...time, name });
  const again = { deadlineMs: resilientStoreDefaults.deadlineMs, ...options.retry, ...time, mayRetry };
  const guarded = new Map<string, Call>();
  const stand: S = Object.create(null);
  return new Proxy(stand, {
    has: (_, member) => member in store,
    get: (_, member) => {
      const found: unknown = Reflect.get(store, member, store);
      if (typeof found !== "function" || typeof member !== "string") return found;
      const bound = found.bind(store) as Call;
      const repeatable = callOf(member)?.[1];
      if (repeatable === undefined) return bound;
      const known = guarded.get(member) ?? guard(bound, { name, member, timeoutMs, breaker, repeatable, again });
      guarded.set(member, known);
      return known;
    },
  });
}

interface GuardParts {
  readonly name: string;
  readonly member: string;
  readonly timeoutMs: number;
  readonly breaker: Breaker;
  readonly repeatable: Repeatable;
  readonly again: RetryOptions;
}

function guard(call: Call, { name, member, timeoutMs, breaker, repeatable, again }: GuardParts): Call {
  return async (...args) => {
    const once = () => breaker.run(() => tried(name, member, timeoutMs, () => call(...args)));
    return repeatable(args) ? retry(once, again) : once();
  };
}

import { RegraftError } from "../errors.js";
import type { Clock } from "../ports/clock.js";
import { timedOut } from "./deadline.js";
import { isTransient, retryAfterMsOf } from "./transient.js";
import { type Wait, waitFor } from "./wait.js";

/** How a pause is spread: over all of it, over its second half, or not at all. */
export type Jitter = "full" | "equal" | "none";

/** A try that failed and is followed by another one. */
export interface FailedAttempt {
  /** From 1. */
  readonly attempt: number;
  readonly error: unknown;
  /** Milliseconds until the next try. */
  readonly pauseMs: number;
}

/**
 * How often work is tried, and what lies between two tries.
 *
 * @since 0.2.0
 * @public
 */
export interface RetryOptions {
  /** Tries in all, the first among them; 3 if absent. */
  readonly maxAttempts?: number;
  /** Longest pause before the second try in milliseconds, doubled with each further try; 50 if absent. */
  readonly baseMs?: number;
  /** No pause is longer, whatever jitter or the failed service say; 2000 milliseconds if absent. */
  readonly capMs?: number;
  /** `full` if absent. */
  readonly jitter?: Jitter;
  /** Milliseconds for all tries and pauses together; no try starts after them. 30,000 if absent. */
  readonly deadlineMs?: number;
  /** Ends everything: no try starts, and no pause goes on, once it is aborted. */
  readonly signal?: AbortSignal;
  /** Whether another try may succeed; `isTransient` if absent. */
  readonly mayRetry?: (error: unknown) => boolean;
  /** Told before each pause. */
  readonly onRetry?: (failed: FailedAttempt) => void;
  /** The machine's clock if absent. */
  readonly clock?: Clock;
  /** Numbers from 0 to below 1; unguessable ones if absent. */
  readonly random?: () => number;
  /** Waits on the machine's timers if absent. */
  readonly wait?: Wait;
}

/**
 * What `retry` does where the caller says nothing.
 *
 * @since 0.2.0
 * @public
 */
export const retryDefaults: Readonly<
  Required<Pick<RetryOptions, "maxAttempts" | "baseMs" | "capMs" | "jitter" | "deadlineMs">>
> = Object.freeze({ maxAttempts: 3, baseMs: 50, capMs: 2000, jitter: "full", deadlineMs: 30_000 });

/**
 * The pause after a failed try: it doubles from try to try, is spread, and the cap comes last, so that nothing is above it.
 *
 * @param attempt - the try that failed, from 1
 * @returns milliseconds, from 0 to `capMs`
 *
 * @since 0.2.0
 * @public
 */
export function pauseAfter(
  attempt: number,
  options: Required<Pick<RetryOptions, "baseMs" | "capMs" | "jitter" | "random">>,
  retryAfterMs = 0,
): number {
  const { baseMs, capMs, jitter, random } = options;
  const whole = Math.min(capMs, baseMs * 2 ** (attempt - 1));
  const spread = jitter === "none" ? whole : jitter === "full" ? whole * random() : whole / 2 + (whole / 2) * random();
  return Math.min(capMs, Math.max(spread, retryAfterMs));
}

function checkOptions(options: RetryOptions): void {
  const { maxAttempts = 1, ...rest } = options;
  const times = { baseMs: rest.baseMs ?? 0, capMs: rest.capMs ?? 0, deadlineMs: rest.deadlineMs ?? 0 };
  const wrong = Object.entries(times).find(([, ms]) => !(Number.isFinite(ms) && ms >= 0));
  if (wrong === undefined && Number.isInteger(maxAttempts) && maxAttempts >= 1) return;
  const [name, value] = wrong ?? ["maxAttempts", maxAttempts];
  throw new RegraftError("INPUT.INVALID", `${name} cannot be used`, {
    path: `/${name}`,
    expected: wrong === undefined ? "a whole number from 1 on" : "a number from 0 on",
    received: String(value),
  });
}

/** A random number from the machine's source; `Math.random` could be guessed by who watches the pauses. */
function unguessable(): number {
  const [word = 0] = globalThis.crypto.getRandomValues(new Uint32Array(1));
  return word / 2 ** 32;
}

/**
 * Tries work until it succeeds, fails for good, or tries or time are used up. What is thrown is classified like any other failure.
 *
 * @param work - told the number of the try, from 1
 * @returns what the work resolves to
 * @throws what the last try threw; RegraftError `TRANSIENT.TIMEOUT` with that as its cause where the next try would come after the
 * deadline; the reason of the signal; `INPUT.INVALID` for options that are no numbers
 * @remarks The deadline keeps tries from starting; it does not end one. Give the work a deadline of its own with `withDeadline`.
 *
 * @example
 * await retry(async (attempt) => `done at ${attempt}`); // "done at 1"
 *
 * @since 0.2.0
 * @public
 */
export async function retry<T>(work: (attempt: number) => Promise<T>, options: RetryOptions = {}): Promise<T> {
  checkOptions(options);
  const { maxAttempts, baseMs, capMs, jitter, deadlineMs } = { ...retryDefaults, ...defined(options) };
  const { signal, mayRetry = isTransient, onRetry, random = unguessable, wait = waitFor } = options;
  const clock = options.clock ?? { now: () => Date.now() };
  const endsAt = clock.now() + deadlineMs;
  for (let attempt = 1; ; attempt += 1) {
    signal?.throwIfAborted();
    try {
      return await work(attempt);
    } catch (error) {
      if (attempt >= maxAttempts || signal?.aborted === true || !mayRetry(error)) throw error;
      const pauseMs = pauseAfter(attempt, { baseMs, capMs, jitter, random }, retryAfterMsOf(error));
      if (clock.now() + pauseMs >= endsAt) throw timedOut(`try ${attempt} of ${maxAttempts}`, deadlineMs, error);
      onRetry?.({ attempt, error, pauseMs });
      await wait(pauseMs, signal);
    }
  }
}

function defined<T extends object>(options: T): Partial<T> {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined)) as Partial<T>;
}

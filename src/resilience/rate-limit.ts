import { RegraftError } from "../errors.js";
import type { Clock } from "../ports/clock.js";
import { RollingWindow } from "./rate-limit-window.js";
import { type Wait, waitFor } from "./wait.js";

/**
 * How much may be used, by the name of what is used.
 *
 * @since 0.2.0
 * @public
 */
export interface RateLimiterOptions<R extends string> {
  /** Most units within the window; no limit for what is not named. */
  readonly limits: Readonly<Partial<Record<R, number>>>;
  /** 60,000 milliseconds if absent. */
  readonly windowMs?: number;
  /** The machine's clock if absent. */
  readonly clock?: Clock;
  /** Waits on the machine's timers if absent. */
  readonly wait?: Wait;
  /** Keys, usually tenants, that are remembered at most; the one used longest ago goes first. 10,000 if absent. */
  readonly maxKeys?: number;
}

/**
 * Counts what each key uses within a rolling window.
 *
 * @since 0.2.0
 * @public
 */
export interface RateLimiter<R extends string> {
  /**
   * Takes units now, all or none, and only where nobody waits for them. Taking none always succeeds.
   *
   * @throws RegraftError `INPUT.INVALID` for what is no number from 0 on
   */
  tryTake(key: string, resource: R, amount?: number): boolean;
  /**
   * Waits until there are units, first come first served within a key.
   *
   * @throws RegraftError `TRANSIENT.RATE_LIMITED` after `timeoutMs`; `LIMIT.EXCEEDED` at once for more than the limit itself; the reason of
   * the signal
   */
  take(
    key: string,
    resource: R,
    amount?: number,
    options?: { readonly timeoutMs?: number; readonly signal?: AbortSignal },
  ): Promise<void>;
  /** Units used within the window. */
  used(key: string, resource: R): number;
  /** Milliseconds until so many units are free, without regard to who waits; infinite for more than the limit. */
  untilFreeMs(key: string, resource: R, amount?: number): number;
}

/** The longest time that timers of machines know. */
const longestWait = 2 ** 31;

function checkAmount(amount: number): void {
  if (Number.isFinite(amount) && amount >= 0) return;
  throw new RegraftError("INPUT.INVALID", "the amount cannot be used", {
    path: "/amount",
    expected: "a number from 0 on",
    received: String(amount),
  });
}

function limited(resource: string, most: number, retryAfterMs: number): RegraftError {
  return new RegraftError("TRANSIENT.RATE_LIMITED", `no ${resource} are left within the window`, {
    expected: `at most ${most}`,
    received: "more",
    retryAfterMs,
  });
}

/** Waits for one's turn in a line, and no longer than one may; whether it came. */
async function turnOf(
  before: Promise<void>,
  wait: Wait,
  { timeoutMs, signal }: { readonly timeoutMs: number; readonly signal: AbortSignal | undefined },
): Promise<boolean> {
  const ended = new AbortController();
  const stop = signal === undefined ? ended.signal : AbortSignal.any([signal, ended.signal]);
  const patience = timeoutMs < longestWait ? wait(timeoutMs, stop) : aborted(stop);
  const isNext = await Promise.race([before.then(() => true), patience.then(() => false)]);
  ended.abort();
  return isNext;
}

/** Settles once a signal is aborted. */
function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener("abort", () => resolve(), { once: true });
  });
}

/** One key's use of one resource. */
interface Bucket {
  readonly window: RollingWindow;
  /** The end of the line of those who wait. */
  tail: Promise<void>;
  waiting: number;
}

/**
 * Makes a limiter for one process; what a whole fleet may use is divided among its processes, or counted by a service of the host.
 *
 * @throws RegraftError `CONFIG.INVALID` for a limit below 0; 0 lets nothing through
 * @remarks A check and its taking are one step: nothing is awaited in between. Memory is O(units in the window) for each key.
 *
 * @example
 * const limiter = createRateLimiter({ limits: { calls: 2 } });
 * limiter.tryTake("tenant-a", "calls", 2); // true
 * limiter.tryTake("tenant-a", "calls"); // false
 * limiter.tryTake("tenant-b", "calls"); // true
 *
 * @since 0.2.0
 * @public
 */
export function createRateLimiter<R extends string>(options: RateLimiterOptions<R>): RateLimiter<R> {
  const { limits, windowMs = 60_000, clock = { now: () => Date.now() }, wait = waitFor, maxKeys = 10_000 } = options;
  for (const [resource, most] of Object.entries<number | undefined>(limits)) {
    if (most === undefined || most >= 0) continue;
    throw new RegraftError("CONFIG.INVALID", `the limit of ${resource} is below 0`, {
      path: `/limits/${resource}`,
      expected: "a number from 0 on",
      received: String(most),
    });
  }
  const buckets = new Map<string, Bucket>();
  const mostOf = (resource: R): number => limits[resource] ?? Number.POSITIVE_INFINITY;
  const bucketOf = (key: string, resource: R): Bucket => {
    const name = `${resource}\n${key}`;
    const known = buckets.get(name) ?? { window: new RollingWindow(windowMs), tail: Promise.resolve(), waiting: 0 };
    buckets.delete(name);
    buckets.set(name, known);
    for (const [oldest, { waiting }] of buckets) {
      if (buckets.size <= maxKeys || waiting > 0) break;
      buckets.delete(oldest);
    }
    return known;
  };
  const free = ({ window }: Bucket, resource: R, amount: number, now: number): boolean => {
    if (window.used(now) + amount > mostOf(resource)) return false;
    window.add(now, amount);
    return true;
  };
  return Object.freeze<RateLimiter<R>>({
    tryTake: (key, resource, amount = 1) => {
      checkAmount(amount);
      if (amount === 0 || mostOf(resource) === Number.POSITIVE_INFINITY) return true;
      const bucket = bucketOf(key, resource);
      return bucket.waiting === 0 && free(bucket, resource, amount, clock.now());
    },
    take: async (key, resource, amount = 1, { timeoutMs = Number.POSITIVE_INFINITY, signal } = {}) => {
      checkAmount(amount);
      const most = mostOf(resource);
      if (amount === 0 || most === Number.POSITIVE_INFINITY) return;
      if (amount > most) {
        const details = { expected: `at most ${most}`, received: String(amount) };
        throw new RegraftError("LIMIT.EXCEEDED", `more ${resource} than are ever free at once`, details);
      }
      const bucket = bucketOf(key, resource);
      const endsAt = clock.now() + timeoutMs;
      const { tail: before } = bucket;
      let leave = () => {};
      bucket.tail = new Promise((resolve) => {
        leave = resolve;
      });
      bucket.waiting += 1;
      try {
        const isNext = bucket.waiting === 1 || (await turnOf(before, wait, { timeoutMs, signal }));
        for (;;) {
          signal?.throwIfAborted();
          const now = clock.now();
          // What is free now is for those before who wait for more.
          if (isNext && free(bucket, resource, amount, now)) return;
          const pauseMs = bucket.window.untilFree(now, most - amount);
          if (!isNext || now + pauseMs > endsAt) throw limited(resource, most, pauseMs);
          await wait(pauseMs, signal);
        }
      } finally {
        bucket.waiting -= 1;
        // Who leaves early does not let the next in line overtake those before.
        before.then(leave);
      }
    },
    used: (key, resource) => buckets.get(`${resource}\n${key}`)?.window.used(clock.now()) ?? 0,
    untilFreeMs: (key, resource, amount = 1) => {
      checkAmount(amount);
      const most = mostOf(resource);
      if (amount > most) return Number.POSITIVE_INFINITY;
      return buckets.get(`${resource}\n${key}`)?.window.untilFree(clock.now(), most - amount) ?? 0;
    },
  });
}

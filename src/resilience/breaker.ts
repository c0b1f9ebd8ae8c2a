import { type BreakerStatus, breakerMachine } from "../contracts/machine-tables.js";
import { isRegraftError, RegraftError } from "../errors.js";
import type { Clock } from "../ports/clock.js";
import { isTransient } from "./transient.js";

/**
 * When a breaker opens, and for how long.
 *
 * @since 0.2.0
 * @public
 */
export interface BreakerOptions {
  /** What is called, for errors and telemetry. */
  readonly name: string;
  /** Failures within the window after which it opens; 5 if absent. */
  readonly failures?: number;
  /** 60,000 milliseconds if absent. */
  readonly windowMs?: number;
  /** How long calls are refused before one of them is let through to try; 30,000 milliseconds if absent. */
  readonly openMs?: number;
  /** The machine's clock if absent. */
  readonly clock?: Clock;
  /** Which failures count; all but errors of regraft that would come again however healthy the callee is, if absent. */
  readonly counts?: (error: unknown) => boolean;
  /** Told of each change of status. */
  readonly onChange?: (status: BreakerStatus, name: string) => void;
}

/**
 * Keeps calls away from something that fails.
 *
 * @since 0.2.0
 * @public
 */
export interface Breaker {
  readonly name: string;
  readonly status: BreakerStatus;
  /**
   * Makes the call, or refuses to.
   *
   * @throws RegraftError `TRANSIENT.BREAKER_OPEN` with `retryAfterMs` in its details, at once, where the breaker is open; what the call
   * throws
   */
  run<T>(work: () => Promise<T>): Promise<T>;
}

/**
 * What breakers do where nobody says anything.
 *
 * @since 0.2.0
 * @public
 */
export const breakerDefaults: Readonly<Required<Pick<BreakerOptions, "failures" | "windowMs" | "openMs">>> =
  Object.freeze({ failures: 5, windowMs: 60_000, openMs: 30_000 });

/** An error of regraft that is not transient is the answer of a healthy callee. */
function isFailure(error: unknown): boolean {
  return !isRegraftError(error) || isTransient(error);
}

/**
 * Makes a circuit breaker: closed until there are too many failures within the window, then open for a while, then half open, when one
 * call is let through whose outcome closes or opens it. One that does not come back for as long as the breaker was open is not waited for:
 * another one is let through.
 *
 * A call that was refused is no try: `retry` around a breaker counts it and waits as for any other transient error, `retry` inside of
 * one never sees it. The outcome of a call from before the breaker opened does not count any more.
 *
 * @example
 * const breaker = createBreaker({ name: "crm" });
 * await breaker.run(async () => 42); // 42
 * breaker.status; // "closed"
 *
 * @since 0.2.0
 * @public
 */
export function createBreaker(options: BreakerOptions): Breaker {
  const { name, clock = { now: () => Date.now() }, counts = isFailure, onChange } = options;
  const { failures = breakerDefaults.failures, windowMs = breakerDefaults.windowMs } = options;
  const { openMs = breakerDefaults.openMs } = options;
  let status: BreakerStatus = breakerMachine.initial;
  let failedAt: number[] = [];
  /** When it came into its status, or let the last call through to try. */
  let since = 0;
  /** Calls of an earlier generation have nothing to say any more. */
  let generation = 0;
  const turn = (next: BreakerStatus) => {
    if (next === status) return;
    status = next;
    generation += 1;
    failedAt = [];
    since = clock.now();
    try {
      onChange?.(next, name);
    } catch {
      // Whoever watches must not disturb.
    }
  };
  const admit = () => {
    if (status === "closed") return;
    // A clock that was set back must not keep the callee out for longer.
    since = Math.min(since, clock.now());
    const left = since + openMs - clock.now();
    if (status === "open" && left <= 0) {
      turn(breakerMachine.assert(status, "probe"));
      return;
    }
    if (status === "half_open" && left <= 0) {
      // The call that was let through to try has not come back: another one tries, and the first one has nothing to say any more.
      generation += 1;
      since = clock.now();
      return;
    }
    throw new RegraftError("TRANSIENT.BREAKER_OPEN", `${name} is left alone for a while, because it failed`, {
      received: status,
      retryAfterMs: Math.max(0, left),
    });
  };
  const failed = () => {
    if (status !== "closed") {
      turn(breakerMachine.assert(status, "fail"));
      return;
    }
    const now = clock.now();
    failedAt = [...failedAt.filter((at) => at > now - windowMs && at <= now), now];
    turn(breakerMachine.assert(status, failedAt.length >= failures ? "trip" : "fail"));
  };
  return Object.freeze<Breaker>({
    name,
    get status() {
      return status;
    },
    run: async (work) => {
      admit();
      const mine = generation;
      try {
        const result = await work();
        if (mine === generation) turn(breakerMachine.assert(status, "succeed"));
        return result;
      } catch (error) {
        if (mine !== generation) throw error;
        if (counts(error)) failed();
        else turn(breakerMachine.assert(status, "succeed"));
        throw error;
      }
    },
  });
}

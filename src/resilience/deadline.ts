import { RegraftError } from "../errors.js";
import { isTransient } from "./transient.js";

/** How long work may take, and what else ends it. */
export interface DeadlineOptions {
  /** Milliseconds; work that is not done by then goes on unheard. */
  readonly timeoutMs: number;
  /** Ends the work earlier. */
  readonly signal?: AbortSignal;
  /** Names the work in the error. */
  readonly name?: string;
}

/**
 * Runs work that must not take longer than it may. The work is given a signal, which is aborted when its time is over or the caller's
 * own signal is; what it does after that is not heard, nor is its failure.
 *
 * @throws RegraftError `TRANSIENT.TIMEOUT`; what the work throws; the reason of the caller's signal
 *
 * @example
 * await withDeadline(async (signal) => (signal.aborted ? "late" : "in time"), { timeoutMs: 1000 }); // "in time"
 *
 * @since 0.2.0
 * @public
 */
export async function withDeadline<T>(
  work: (signal: AbortSignal) => Promise<T>,
  { timeoutMs, signal, name = "the work" }: DeadlineOptions,
): Promise<T> {
  signal?.throwIfAborted();
  const controller = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let stop = () => {};
  const over = new Promise<never>((_, reject) => {
    const end = (reason: unknown) => {
      reject(reason);
      controller.abort(reason);
    };
    stop = () => end(signal?.reason);
    signal?.addEventListener("abort", stop);
    timer = setTimeout(() => end(timedOut(name, timeoutMs)), timeoutMs);
  });
  try {
    return await Promise.race([work(controller.signal), over]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", stop);
  }
}

/** Something was not done in its time. */
export function timedOut(name: string, timeoutMs: number, cause?: unknown): RegraftError {
  const details = { expected: `an answer within ${timeoutMs} ms`, received: "none" };
  return new RegraftError("TRANSIENT.TIMEOUT", `${name} took too long`, details, { cause });
}

/**
 * Runs a call of the engine, and does something else where it cannot answer for the time being: its store is down or slow.
 *
 * For the one thing that the engine cannot do itself: with a store that cannot be read, it does not know where a session stands. The
 * host that shows people their step may know. All other errors are the caller's.
 *
 * @param fallback - told the transient error; what it returns is returned
 * @returns what the call, or the fallback, resolves to
 * @throws whatever is not transient
 *
 * @example
 * const call = async () => Promise.reject(new RegraftError("STORE.UNAVAILABLE", "down"));
 * await withFallback(call, () => "what was last shown", { timeoutMs: 2000 }); // "what was last shown"
 *
 * @since 0.2.0
 * @public
 */
export async function withFallback<T, F>(
  call: () => Promise<T>,
  fallback: (error: unknown) => F | Promise<F>,
  options: DeadlineOptions,
): Promise<T | F> {
  try {
    return await withDeadline(call, options);
  } catch (error) {
    if (!isTransient(error)) throw error;
    return fallback(error);
  }
}

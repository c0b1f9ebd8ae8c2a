/** Waits, or less long where the signal is aborted meanwhile. */
export type Wait = (ms: number, signal?: AbortSignal) => Promise<void>;

/** Waits on the machine's timers. */
export const waitFor: Wait = (ms, signal) =>
  new Promise((resolve) => {
    if (signal?.aborted === true) {
      resolve();
      return;
    }
    const end = () => {
      clearTimeout(timer);
      signal?.removeEventListener("abort", end);
      resolve();
    };
    const timer = setTimeout(end, ms);
    signal?.addEventListener("abort", end);
  });

import { RegraftError } from "../errors.js";

/** One call of a store's method; `n` counts the calls of that method from 1. */
export interface StoreCall {
  readonly method: string;
  readonly n: number;
  readonly args: readonly unknown[];
}

/** What goes wrong, and what happens in between. */
export interface FaultOptions {
  /** Fail before the call takes effect, or after it has taken effect but before the caller hears of it. */
  readonly failOn?: (call: StoreCall) => "before" | "after" | undefined;
  /** Runs before each call, so that a test can slip in what another process does meanwhile. */
  readonly onCall?: (call: StoreCall) => void | Promise<void>;
}

/**
 * A store that works through another one and fails where a test wants it to, with `STORE.UNAVAILABLE`.
 *
 * @example
 * const store = faultyStore(memoryStore(), {
 *   failOn: ({ method, n }) => (method === "commit" && n === 2 ? "after" : undefined),
 * });
 *
 * @public
 */
export function faultyStore<S extends object>(store: S, { failOn, onCall }: FaultOptions): S {
  const counts = new Map<string, number>();
  const unavailable = ({ method, n }: StoreCall, moment: "before" | "after") =>
    new RegraftError("STORE.UNAVAILABLE", `call ${n} of ${method} failed ${moment} it took effect`, {
      method,
      n,
      moment,
    });

  const wrap =
    (method: string, target: (...args: never[]) => unknown) =>
    async (...args: never[]): Promise<unknown> => {
      const n = (counts.get(method) ?? 0) + 1;
      counts.set(method, n);
      const call: StoreCall = { method, n, args };
      await onCall?.(call);
      const moment = failOn?.(call);
      if (moment === "before") throw unavailable(call, moment);
      const result = await target.apply(store, args);
      if (moment === "after") throw unavailable(call, moment);
      return result;
    };

  // The proxy stands for an empty object: one for the store itself could not answer for its frozen methods.
  return new Proxy({} as S, {
    get: (_, name) => {
      const member: unknown = Reflect.get(store, name, store);
      if (typeof member !== "function" || typeof name !== "string") return member;
      return wrap(name, member as (...args: never[]) => unknown);
    },
    has: (_, name) => name in store,
  });
}

import type { Store } from "./open-store.js";

/** At which call of a store its process dies, counted from 1, and whether the call still takes effect. */
export interface Doom {
  readonly call: number;
  readonly moment: "before" | "after";
}

/** Counts the calls of a store. */
export interface CallCount {
  calls: number;
}

function die(): Promise<never> {
  process.kill(process.pid, "SIGKILL");
  return new Promise(() => undefined);
}

/** A store whose process kills itself right before or right after a call, whatever else it is doing. */
export function doomedStore(store: Store, doom: Doom | undefined, count: CallCount): Store {
  // The proxy stands for a heir of the store: one for the store itself could not answer for its frozen methods.
  const heir: Store = Object.create(store);
  return new Proxy(heir, {
    get: (_, name) => {
      const member: unknown = Reflect.get(store, name);
      if (typeof member !== "function") return member;
      return async (...args: unknown[]): Promise<unknown> => {
        count.calls += 1;
        const isLast = count.calls === doom?.call;
        if (isLast && doom?.moment === "before") return die();
        const result: unknown = await Reflect.apply(member, store, args);
        return isLast ? die() : result;
      };
    },
  });
}

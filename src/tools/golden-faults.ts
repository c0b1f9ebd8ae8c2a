import { RegraftError } from "../errors.js";
import type { RecordStore } from "../ports/record-store.js";
import type { SessionStore } from "../ports/session-store.js";

/** One store for sessions and records. */
export type WholeStore = SessionStore & RecordStore;

/** Whether a call fails before it takes effect, or after it has and before the caller hears of it. */
export type FaultMoment = "before" | "after";

/** A call of the store that will fail. */
export interface Fault {
  readonly method: string;
  /** How many calls of the method it still lets pass. */
  spare: number;
  readonly moment: FaultMoment;
}

/** What goes wrong between an engine and its store; nothing, as long as nobody arms anything. */
export class Faults {
  readonly #armed: Fault[] = [];
  #down = false;
  /** Runs before each call of a method, for what another process does meanwhile. */
  onCall: ((method: string) => Promise<void>) | undefined;

  /** Faults that have not happened yet. */
  get unspent(): readonly Fault[] {
    return this.#armed;
  }

  /** Lets the n-th call of a method from now on fail, counted from 1. */
  arm(method: string, n: number, moment: FaultMoment): void {
    this.#armed.push({ method, spare: n - 1, moment });
  }

  /** Cuts the store off, or lets it be reached again. */
  cut(down: boolean): void {
    this.#down = down;
  }

  /** The store as an engine sees it through these faults. */
  over(store: WholeStore): WholeStore {
    const call = async (method: string, work: () => unknown): Promise<unknown> => {
      await this.onCall?.(method);
      if (this.#down) throw unavailable(method, "before");
      const moment = this.#strike(method);
      if (moment === "before") throw unavailable(method, moment);
      const result = await work();
      if (moment === "after") throw unavailable(method, moment);
      return result;
    };
    const members = Object.entries(store).map(([name, member]: [string, unknown]) => [
      name,
      typeof member === "function" ? (...args: unknown[]) => call(name, () => member.apply(store, args)) : member,
    ]);
    // The members are those of the store, under their names.
    return Object.freeze(Object.fromEntries(members) as WholeStore);
  }

  #strike(method: string): FaultMoment | undefined {
    let struck: FaultMoment | undefined;
    for (const fault of [...this.#armed]) {
      if (fault.method !== method) continue;
      if (fault.spare > 0) fault.spare -= 1;
      else if (struck === undefined) {
        struck = fault.moment;
        this.#armed.splice(this.#armed.indexOf(fault), 1);
      }
    }
    return struck;
  }
}

function unavailable(method: string, moment: FaultMoment): RegraftError {
  return new RegraftError("STORE.UNAVAILABLE", `a call of ${method} failed ${moment} it took effect`, {
    method,
    moment,
  });
}

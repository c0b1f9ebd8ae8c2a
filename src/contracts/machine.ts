import { RegraftError } from "./error.js";
import type { ReasonCode } from "./types.js";

/** Which event leads from which state to which; an event that is absent is illegal there. */
export type MachineTable<S extends string, E extends string> = { readonly [K in S]: { readonly [F in E]?: S } };

/** A table of legal transitions; values only, it holds no state itself. */
export interface Machine<S extends string, E extends string> {
  readonly initial: S;
  /** In the order of the table. */
  readonly states: readonly S[];
  /** Sorted. */
  readonly events: readonly E[];
  /** The state after the event, or undefined if the event is illegal in that state. */
  next(state: S, event: E): S | undefined;
  /** The events that are legal in a state, sorted. */
  allowed(state: S): readonly E[];
  /**
   * The state after the event.
   *
   * @throws RegraftError with the code of the machine if the event is illegal; details carry `from`, `event` and `allowed`
   */
  assert(state: S, event: E): S;
}

/**
 * Makes a machine of a table from state to event to next state.
 *
 * @param definition - `illegal` is the code of the error for an event that is illegal in a state
 *
 * @example
 * const door = defineMachine<"shut" | "ajar", "open" | "close">({
 *   initial: "shut",
 *   table: { shut: { open: "ajar" }, ajar: { close: "shut" } },
 *   illegal: "PLAN.ILLEGAL_TRANSITION",
 * });
 * door.next("shut", "open"); // "ajar"
 * door.next("shut", "close"); // undefined
 */
export function defineMachine<S extends string, E extends string>(definition: {
  readonly initial: S;
  readonly table: MachineTable<S, E>;
  readonly illegal: ReasonCode;
}): Machine<S, E> {
  const { initial, table, illegal } = definition;
  const rows = new Map(
    Object.entries<{ readonly [F in E]?: S }>(table).map(([state, row]) => [
      state,
      new Map<string, S>(Object.entries(row)),
    ]),
  );
  const states = Object.freeze([...rows.keys()] as S[]);
  const allowed = (state: S): readonly E[] => Object.freeze([...(rows.get(state)?.keys() ?? [])].sort() as E[]);
  const events = Object.freeze([...new Set(states.flatMap(allowed))].sort());
  const next = (state: S, event: E): S | undefined => rows.get(state)?.get(event);
  const assert = (state: S, event: E): S => {
    const target = next(state, event);
    if (target !== undefined) return target;
    const legal = allowed(state);
    throw new RegraftError(illegal, `"${event}" is not possible in "${state}"`, {
      expected: legal.length > 0 ? `one of ${legal.join(", ")}` : "nothing; the state is final",
      received: event,
      from: state,
      event,
      allowed: legal,
    });
  };
  return Object.freeze({ initial, states, events, next, allowed, assert });
}

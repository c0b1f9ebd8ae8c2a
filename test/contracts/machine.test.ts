import { describe, expect, it } from "vitest";
import { defineMachine } from "../../src/contracts/machine.js";
import { isRegraftError } from "../../src/errors.js";

const door = defineMachine<"shut" | "ajar" | "locked" | "gone", "open" | "close" | "lock" | "unlock">({
  initial: "shut",
  table: { shut: { open: "ajar", lock: "locked" }, ajar: { close: "shut" }, locked: { unlock: "shut" }, gone: {} },
  illegal: "PLAN.ILLEGAL_TRANSITION",
});
const legal = new Map([
  ["shut open", "ajar"],
  ["shut lock", "locked"],
  ["ajar close", "shut"],
  ["locked unlock", "shut"],
]);

describe("machine", () => {
  it("lists states in the order of the table and events sorted", () => {
    expect(door.initial).toBe("shut");
    expect(door.states).toEqual(["shut", "ajar", "locked", "gone"]);
    expect(door.events).toEqual(["close", "lock", "open", "unlock"]);
    expect(door.allowed("shut")).toEqual(["lock", "open"]);
  });

  for (const state of door.states) {
    for (const event of door.events) {
      const target = legal.get(`${state} ${event}`);
      if (target) {
        it(`goes from ${state} by ${event} to ${target}`, () => {
          expect(door.next(state, event)).toBe(target);
          expect(door.assert(state, event)).toBe(target);
        });
      } else {
        it(`refuses ${event} in ${state}`, () => {
          expect(door.next(state, event)).toBeUndefined();
          expect(() => door.assert(state, event)).toThrow("PLAN.ILLEGAL_TRANSITION");
        });
      }
    }
  }

  it("says in the error what would have been possible", () => {
    try {
      door.assert("shut", "close");
      expect.unreachable();
    } catch (error) {
      expect(isRegraftError(error, "PLAN.ILLEGAL_TRANSITION")).toBe(true);
      expect(error).toMatchObject({
        details: {
          from: "shut",
          event: "close",
          expected: "one of lock, open",
          received: "close",
          allowed: ["lock", "open"],
        },
      });
    }
    expect(() => door.assert("gone", "open")).toThrow(
      expect.objectContaining({ details: expect.objectContaining({ expected: "nothing; the state is final" }) }),
    );
  });

  it("does not take inherited names for states or events", () => {
    const next = door.next as (state: string, event: string) => string | undefined;
    expect(next("toString", "open")).toBeUndefined();
    expect(next("shut", "constructor")).toBeUndefined();
  });

  it("checks the targets of the table by type", () => {
    const machine = defineMachine<"a", "go">({
      initial: "a",
      // @ts-expect-error "nowhere" is no state
      table: { a: { go: "nowhere" } },
      illegal: "INTERNAL.BUG",
    });
    expect(machine.initial).toBe("a");
  });
});

import { describe, expect, it } from "vitest";
import type { PlanStatus } from "../../src/contracts/types.js";
import { isRegraftError, type RegraftError } from "../../src/errors.js";
import { type PlanEvent, planLifecycle, planStatusAfter } from "../../src/plan/lifecycle.js";

/** Every legal move: from, event, to. All others are illegal. */
const legal: readonly (readonly [PlanStatus, PlanEvent, PlanStatus])[] = [
  ["pending", "approve", "approved"],
  ["pending", "reject", "rejected"],
  ["pending", "supersede", "superseded"],
  ["pending", "expire", "expired"],
  ["approved", "start_canary", "canary"],
  ["approved", "deploy", "deployed"],
  ["approved", "reject", "rejected"],
  ["approved", "supersede", "superseded"],
  ["approved", "expire", "expired"],
  ["canary", "start_canary", "canary"],
  ["canary", "deploy", "deployed"],
  ["canary", "pause", "paused"],
  ["canary", "roll_back", "rolled_back"],
  ["canary", "supersede", "superseded"],
  ["paused", "resume", "canary"],
  ["paused", "deploy", "deployed"],
  ["paused", "roll_back", "rolled_back"],
  ["paused", "supersede", "superseded"],
  ["deployed", "pause", "paused"],
  ["deployed", "roll_back", "rolled_back"],
  ["deployed", "supersede", "superseded"],
  ["deployed", "expire", "expired"],
];

const codeOf = (from: PlanStatus, event: PlanEvent) => {
  try {
    planStatusAfter(from, event);
  } catch (error) {
    if (isRegraftError(error)) return error.code;
    throw error;
  }
  return undefined;
};

describe("the life of a plan", () => {
  it("starts pending and knows all statuses", () => {
    expect(planLifecycle.initial).toBe("pending");
    expect([...planLifecycle.states].sort()).toEqual(
      [
        "approved",
        "canary",
        "deployed",
        "expired",
        "paused",
        "pending",
        "rejected",
        "rolled_back",
        "superseded",
      ].sort(),
    );
  });

  const events = planLifecycle.events;
  for (const from of planLifecycle.states) {
    for (const event of events) {
      const to = legal.find((move) => move[0] === from && move[1] === event)?.[2];
      it(`${event} of a plan that is ${from} ${to === undefined ? "is refused" : `makes it ${to}`}`, () => {
        if (to !== undefined) {
          expect(planStatusAfter(from, event)).toBe(to);
          return;
        }
        expect(codeOf(from, event)).toMatch(/^PLAN\./);
      });
    }
  }

  it("names the refusal that an operator can act on", () => {
    expect(codeOf("approved", "approve")).toBe("PLAN.NOT_PENDING");
    expect(codeOf("deployed", "reject")).toBe("PLAN.NOT_PENDING");
    expect(codeOf("pending", "deploy")).toBe("PLAN.NOT_APPROVED");
    expect(codeOf("rejected", "deploy")).toBe("PLAN.NOT_APPROVED");
    expect(codeOf("deployed", "deploy")).toBe("PLAN.ALREADY_DEPLOYED");
    expect(codeOf("deployed", "resume")).toBe("PLAN.ILLEGAL_TRANSITION");
  });

  it("says what would have been possible", () => {
    const refusal = (from: PlanStatus): RegraftError => {
      try {
        planStatusAfter(from, "approve");
      } catch (error) {
        return error as RegraftError;
      }
      throw new TypeError("was not refused");
    };
    expect(refusal("deployed").details).toMatchObject({
      from: "deployed",
      event: "approve",
      allowed: ["expire", "pause", "roll_back", "supersede"],
    });
    expect(refusal("expired").details.expected).toContain("final");
  });
});

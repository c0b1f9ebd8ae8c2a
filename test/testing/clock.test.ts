import { describe, expect, it } from "vitest";
import { manualClock } from "../../src/testing/clock.js";
import { sequentialIds } from "../../src/testing/ids.js";

describe("a manual clock", () => {
  it("stands still until it is moved", () => {
    const clock = manualClock("2026-03-01T09:00:00Z");
    expect(clock.now()).toBe(clock.now());
    clock.advance(1000);
    expect(new Date(clock.now()).toISOString()).toBe("2026-03-01T09:00:01.000Z");
    clock.advance(-2000);
    expect(new Date(clock.now()).toISOString()).toBe("2026-03-01T08:59:59.000Z");
  });
});

describe("sequential ids", () => {
  it("count for each prefix, and anew in each source", () => {
    const ids = sequentialIds();
    expect([ids.next("plan"), ids.next("plan"), ids.next("run")]).toEqual(["plan-1", "plan-2", "run-1"]);
    expect(sequentialIds().next("plan")).toBe("plan-1");
  });
});

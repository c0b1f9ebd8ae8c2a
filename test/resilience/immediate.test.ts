import { describe, expect, it } from "vitest";
import { immediate } from "../../src/resilience/immediate.js";

describe("an answer that is needed at once", () => {
  it("is what was answered", () => {
    for (const answer of ["text", undefined, null, 7, { at: 1 }]) expect(immediate(answer)).toBe(answer);
  });

  it("is nothing where it is promised, and a promise that is broken later troubles nobody", async () => {
    const unheard: unknown[] = [];
    const hear = (reason: unknown) => void unheard.push(reason);
    process.on("unhandledRejection", hear);
    try {
      expect(immediate(Promise.reject(new Error("later")))).toBeUndefined();
      expect(immediate(Promise.resolve("late"))).toBeUndefined();
      await new Promise(setImmediate);
    } finally {
      process.off("unhandledRejection", hear);
    }
    expect(unheard).toEqual([]);
  });
});

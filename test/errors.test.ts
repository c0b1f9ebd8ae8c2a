import { describe, expect, it } from "vitest";
import { isRegraftError, RegraftError } from "../src/errors.js";

describe("RegraftError", () => {
  it("carries a code, a readable message and frozen details", () => {
    const error = new RegraftError("INPUT.INVALID", "stepId is empty", { path: "/stepId", expected: "a step id" });
    expect(error).toBeInstanceOf(Error);
    expect(error.name).toBe("RegraftError");
    expect(error.message).toBe("INPUT.INVALID: stepId is empty");
    expect(error.details).toEqual({ path: "/stepId", expected: "a step id" });
    expect(Object.isFrozen(error.details)).toBe(true);
  });

  it("does not share the details with the caller", () => {
    const details = { path: "/a" };
    const error = new RegraftError("INPUT.INVALID", "no", details);
    details.path = "/b";
    expect(error.details.path).toBe("/a");
    expect(new RegraftError("INTERNAL.BUG", "no").details).toEqual({});
  });

  it("keeps the cause", () => {
    const cause = new TypeError("inner");
    expect(new RegraftError("STORE.UNAVAILABLE", "no", {}, { cause }).cause).toBe(cause);
  });

  it("refuses codes outside the catalogue by type", () => {
    // @ts-expect-error not in the catalogue
    expect(new RegraftError("NOPE.X", "no").code).toBe("NOPE.X");
  });
});

describe("isRegraftError", () => {
  const error: unknown = new RegraftError("PLAN.CHANGED", "read it again");

  it("tells by code", () => {
    expect(isRegraftError(error)).toBe(true);
    expect(isRegraftError(error, "PLAN.CHANGED")).toBe(true);
    expect(isRegraftError(error, "PLAN.STALE")).toBe(false);
  });

  it.each([undefined, null, "PLAN.CHANGED", {}, { code: "PLAN.CHANGED" }, new Error("x")])("refuses %s", (value) => {
    expect(isRegraftError(value)).toBe(false);
  });

  it("knows the errors of another copy of the package", () => {
    const foreign = Object.assign(new Error("PLAN.CHANGED: x"), { code: "PLAN.CHANGED", details: {} });
    Object.defineProperty(foreign, Symbol.for("regraft.error"), { value: true });
    expect(isRegraftError(foreign, "PLAN.CHANGED")).toBe(true);
  });
});

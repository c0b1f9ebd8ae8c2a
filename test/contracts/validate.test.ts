import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { contractKinds, isContractKind, validate, violations } from "../../src/contracts/validate.js";
import { isRegraftError, type RegraftError } from "../../src/errors.js";

function errorOf(run: () => unknown): RegraftError {
  try {
    run();
  } catch (error) {
    if (isRegraftError(error)) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

describe("validate", () => {
  it("returns the same value, untouched", () => {
    const policy = Object.freeze({ updateDownstream: false });
    expect(validate("policy", policy)).toBe(policy);
  });

  it("names the place, what belongs there and what was found", () => {
    const error = errorOf(() => validate("policy", { forceKind: "skip" }));
    expect(error.code).toBe("SCHEMA.INVALID");
    expect(error.message).toBe(
      'SCHEMA.INVALID: /forceKind of the policy: expected one of clean_graft, gap_fill, re_route, received "skip"',
    );
    expect(error.details).toMatchObject({ path: "/forceKind", received: '"skip"', kind: "policy" });
  });

  it("lists all faults and counts them in the message", () => {
    const error = errorOf(() => validate("field", { name: "", type: "money", extra: 1 }));
    expect(error.message).toMatch(/\(and 2 more\)$/);
    const paths = (error.details.errors as { path: string }[]).map(({ path }) => path);
    expect(paths.sort()).toEqual(["/extra", "/name", "/type"]);
  });

  it("uses the code of the caller", () => {
    expect(errorOf(() => validate("policy", 1, { code: "PLAN.POLICY_INVALID" })).code).toBe("PLAN.POLICY_INVALID");
  });

  it.each([undefined, null, 1, "text", [], () => 1])("refuses %s as a scenario", (value) => {
    expect(errorOf(() => validate("scenario", value)).message).toContain("the scenario: expected an object");
  });

  it("escapes names in the path as a JSON pointer", () => {
    expect(violations("policy", { "a/b~c": 1 })[0]?.path).toBe("/a~1b~0c");
    expect(violations("summary", {}).every(({ path }) => path.startsWith("/"))).toBe(true);
  });

  it("reports one fault a place", () => {
    expect(violations("field", { name: "n", type: 7 })).toHaveLength(1);
  });

  it("keeps the message short for a long value", () => {
    const [fault] = violations("visit", { stepId: "s", enteredAt: "x".repeat(5000) });
    expect(fault).toBeDefined();
    const received = violations("policy", { forceKind: "x".repeat(5000) })[0]?.received;
    expect(received?.length).toBeLessThan(70);
  });

  it("does not list more than 100 faults of a hostile document", () => {
    const steps = Array.from({ length: 20_000 }, () => ({ id: "", extra: 1 }));
    const faults = violations("scenario", { id: "s", version: 1, entry: "a", steps, transitions: [] });
    expect(faults.length).toBeLessThanOrEqual(100);
    expect(faults.length).toBeGreaterThan(0);
  });

  it("counts characters, not code units", () => {
    const scenario = (id: string) => ({ id: "s", version: 1, entry: id, steps: [{ id }], transitions: [] });
    expect(violations("scenario", scenario("😀".repeat(512)))).toEqual([]);
    expect(violations("scenario", scenario("😀".repeat(513)))).not.toEqual([]);
  });

  it.each([
    "2026-03-01 09:30:00Z",
    "2026-03-01T09:30:00z",
    "2026-03-01T09:30:00.0000Z",
    "2026-03-01T09:30Z",
    "2026-02-30T09:30:00Z",
    "2025-02-29T09:30:00Z",
    "2026-13-01T09:30:00Z",
    "2026-03-01T24:00:00Z",
    "2026-03-01T09:30:60Z",
    "not a date",
  ])("refuses the time %s", (enteredAt) => {
    const visit = {
      stepId: "s",
      contentHash: `r1:${"0".repeat(64)}`,
      scenarioVersion: 1,
      isCheckpoint: false,
      reason: "entry",
    };
    expect(violations("visit", { ...visit, enteredAt: "2026-03-01T09:30:00Z" })).toEqual([]);
    expect(violations("visit", { ...visit, enteredAt })).toMatchObject([{ path: "/enteredAt" }]);
  });

  it("takes the days that the calendar has, and no others", () => {
    const valid = JSON.parse(readFileSync("examples/contracts/visit/valid.json", "utf8"));
    const two = (n: number) => String(n).padStart(2, "0");
    for (const year of [1900, 2000, 2023, 2024, 2100, 2400]) {
      for (let month = 0; month <= 13; month += 1) {
        for (let day = 0; day <= 32; day += 1) {
          const date = new Date(Date.UTC(year, month - 1, day));
          const exists =
            date.getUTCFullYear() === year && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
          const enteredAt = `${year}-${two(month)}-${two(day)}T00:00:00.000Z`;
          expect([enteredAt, violations("visit", { ...valid, enteredAt }).length === 0]).toEqual([enteredAt, exists]);
        }
      }
    }
  });

  it("knows its kinds", () => {
    expect(contractKinds).toContain("transformation-map");
    expect(isContractKind("scenario")).toBe(true);
    expect(isContractKind("toString")).toBe(false);
  });
});

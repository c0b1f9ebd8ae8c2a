import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PlanContract } from "../../src/contracts/types.js";
import { defineContract, needsRehearsal } from "../../src/plan/contract.js";

const withEvidence = (path: string): PlanContract => ({ requiredEvidence: [path] });

describe("plan contract", () => {
  it("is a frozen copy", () => {
    const given = { budgets: { maxSessions: 3 } };
    const contract = defineContract(given);
    expect(contract).toEqual(given);
    expect(Object.isFrozen(contract.budgets)).toBe(true);
    expect(Object.isFrozen(given)).toBe(false);
  });

  it.each([
    "a.md",
    "reviews/legal.md",
    "a..b/c...md",
    ".hidden/x",
    "über/prüfung.md",
    "a b.md",
  ])("takes %j for evidence", (path) => {
    expect(defineContract(withEvidence(path)).requiredEvidence).toEqual([path]);
  });

  it.each([
    "",
    ".",
    "..",
    "../x",
    "a/../x",
    "a/..",
    "./x",
    "a/./x",
    "/etc/passwd",
    "C:/x",
    "c:x",
    "a\\b",
    "a//b",
    "a/",
    "~/x",
    "a\nb",
    "a\0b",
  ])("refuses %j for evidence", (path) => {
    expect(() => defineContract(withEvidence(path))).toThrow(
      expect.objectContaining({
        code: "SCHEMA.INVALID",
        details: expect.objectContaining({ path: "/requiredEvidence/0" }),
      }),
    );
  });

  it("lets no path of evidence leave the directory it is joined to", () => {
    const piece = fc.constantFrom("..", ".", "a", "/", "\\", "C:", "~", "");
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 6 }), (pieces) => {
        const path = pieces.join("");
        let taken = true;
        try {
          defineContract(withEvidence(path));
        } catch {
          taken = false;
        }
        if (taken) expect(new URL(`file:///top/${encodeURI(path)}`).pathname.startsWith("/top/")).toBe(true);
        if (taken) expect(path).not.toMatch(/\\|^[/~]|^[A-Za-z]:/);
      }),
      { seed: 3 },
    );
  });

  it("refuses to ask for nothing", () => {
    for (const empty of [{}, { budgets: {} }, { budgets: { minSample: 3 } }, { card: { why: "x", what: "y" } }]) {
      expect(() => defineContract(empty)).toThrow(expect.objectContaining({ code: "INPUT.INVALID" }));
    }
  });

  it("has sessions rehearsed only where a budget or a target needs it", () => {
    expect(needsRehearsal({ requiredEvidence: ["a"], protectedSteps: ["b"] })).toBe(false);
    expect(needsRehearsal({ budgets: { maxSessions: 1 } })).toBe(true);
    expect(needsRehearsal({ forbiddenTargets: ["b"] })).toBe(true);
  });
});

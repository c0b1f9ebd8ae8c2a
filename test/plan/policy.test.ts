import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Policy } from "../../src/contracts/types.js";
import { isRegraftError, type RegraftError } from "../../src/errors.js";
import { policyFor, validatePolicies } from "../../src/plan/policy.js";
import { compile } from "../../src/scenario/compile.js";
import { defineScenario } from "../../src/scenario/parse.js";

const from = compile(
  defineScenario({
    id: "flow",
    version: 1,
    entry: "a/b",
    steps: [{ id: "a/b" }, { id: "__proto__" }, { id: "c" }],
    transitions: [
      { from: "a/b", to: "__proto__" },
      { from: "__proto__", to: "c" },
    ],
  }),
);

function refusal(policies: unknown): RegraftError {
  try {
    validatePolicies(policies, from);
  } catch (error) {
    if (isRegraftError(error)) return error;
    throw error;
  }
  throw new TypeError("the policies were accepted");
}

describe("policyFor", () => {
  it("has defaults where the plan says nothing", () => {
    expect(policyFor({ policies: {} }, "a")).toEqual({ scope: {}, updateDownstream: true });
  });

  it("lays the step's own policy over the general one, part by part, also within the scope", () => {
    const policies: Record<string, Policy> = {
      "*": { updateDownstream: false, scope: { excludeSessions: ["s1"], minAgeMs: 5 } },
      a: { forceKind: "gap_fill", scope: { minAgeMs: 7 } },
      b: { updateDownstream: true },
    };
    expect(policyFor({ policies }, "a")).toEqual({
      scope: { excludeSessions: ["s1"], minAgeMs: 7 },
      updateDownstream: false,
      forceKind: "gap_fill",
    });
    expect(policyFor({ policies }, "b")).toEqual({
      scope: { excludeSessions: ["s1"], minAgeMs: 5 },
      updateDownstream: true,
    });
    expect(policyFor({ policies }, "c")).toEqual({
      scope: { excludeSessions: ["s1"], minAgeMs: 5 },
      updateDownstream: false,
    });
  });

  it("does not take what every object has for the policy of a step", () => {
    for (const id of ["constructor", "toString", "__proto__"]) {
      expect(policyFor({ policies: {} }, id)).toEqual({ scope: {}, updateDownstream: true });
    }
  });

  it("freezes its result but not the plan", () => {
    const policies: Record<string, Policy> = { a: { scope: {} } };
    expect(Object.isFrozen(policyFor({ policies }, "a").scope)).toBe(true);
    expect(Object.isFrozen(policies.a?.scope)).toBe(false);
  });
});

describe("validatePolicies", () => {
  it("returns what is valid as it is", () => {
    const policies = {
      "*": { scope: { minAgeMs: 5, maxAgeMs: 5, condition: "age > 3" } },
      "a/b": { updateDownstream: false, scope: { includeSteps: ["c"], excludeSteps: ["__proto__"] } },
      c: {},
    };
    expect(validatePolicies(policies, from)).toBe(policies);
    expect(validatePolicies({}, from)).toEqual({});
  });

  const refused: readonly (readonly [string, unknown, string, string])[] = [
    ["an unknown part", { "*": { scop: {} } }, "PLAN.POLICY_INVALID", "/policies/*/scop"],
    [
      "an unknown filter",
      { "*": { scope: { includeChannel: ["web"] } } },
      "PLAN.POLICY_INVALID",
      "/policies/*/scope/includeChannel",
    ],
    ["an unknown kind", { c: { forceKind: "teleport" } }, "PLAN.POLICY_INVALID", "/policies/c/forceKind"],
    ["a negative age", { c: { scope: { minAgeMs: -1 } } }, "PLAN.POLICY_INVALID", "/policies/c/scope/minAgeMs"],
    ["a policy that is none", { c: true }, "PLAN.POLICY_INVALID", "/policies/c"],
    ["policies that are a list", [], "PLAN.POLICY_INVALID", "/policies"],
    ["policies that are nothing", null, "PLAN.POLICY_INVALID", "/policies"],
    [
      "ages that exclude everybody",
      { "a/b": { scope: { minAgeMs: 2, maxAgeMs: 1 } } },
      "PLAN.POLICY_INVALID",
      "/policies/a~1b/scope/minAgeMs",
    ],
    ["a step that does not exist", { nowhere: {} }, "PLAN.UNKNOWN_ANCHOR", "/policies/nowhere"],
    [
      "an included step that does not exist",
      { c: { scope: { includeSteps: ["c", "d"] } } },
      "PLAN.UNKNOWN_ANCHOR",
      "/policies/c/scope/includeSteps/1",
    ],
    [
      "an excluded step that does not exist",
      { "*": { scope: { excludeSteps: ["d"] } } },
      "PLAN.UNKNOWN_ANCHOR",
      "/policies/*/scope/excludeSteps/0",
    ],
    [
      "a condition that cannot be read",
      { c: { scope: { condition: "age >" } } },
      "CONDITION.INVALID",
      "/policies/c/scope/condition",
    ],
  ];
  for (const [what, policies, code, path] of refused) {
    it(`refuses ${what}`, () => {
      const error = refusal(policies);
      expect(error.code).toBe(code);
      expect(error.details.path).toBe(path);
      expect(error.message.startsWith(`${code}: `)).toBe(true);
    });
  }

  it("throws nothing but its own errors, whatever it is given", () => {
    const key = fc.constantFrom("*", "c", "a/b", "scope", "minAgeMs", "includeSteps", "condition", "forceKind");
    const { tree } = fc.letrec((tie) => ({
      tree: fc.oneof({ maxDepth: 4 }, fc.jsonValue(), fc.dictionary(key, tie("tree"), { noNullPrototype: true })),
    }));
    fc.assert(
      fc.property(tree, (policies) => {
        try {
          validatePolicies(policies, from);
        } catch (error) {
          return isRegraftError(error);
        }
        return true;
      }),
    );
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Scope, Session } from "../../src/contracts/types.js";
import { inScope, scopeQuery } from "../../src/plan/scope.js";
import { sessionMatcher } from "../../src/stores/session-match.js";
import { aSession } from "../../src/testing/store-contract-fixtures.js";

const deployedAt = "2026-01-31T00:00:00.000Z";
const deployedAtMs = Date.parse(deployedAt);
const verdict = (scope: Scope, session: Partial<Session> = {}) => inScope(scope, aSession(session), { deployedAt });
const bornMs = (ageMs: number) => ({ createdAt: new Date(deployedAtMs - ageMs).toISOString() });

describe("inScope", () => {
  it("has everybody in an empty scope, and in empty inclusion lists", () => {
    expect(verdict({})).toEqual({ matches: true });
    expect(verdict({ includeSessions: [], includeChannels: [], includeSteps: [], excludeSteps: [] })).toEqual({
      matches: true,
    });
  });

  it("asks that all parts hold", () => {
    const scope: Scope = { includeSessions: ["s1"], includeChannels: ["web"], includeSteps: ["a"], minAgeMs: 10 };
    const session = { channel: "web", ...bornMs(10) };
    expect(verdict(scope, session)).toEqual({ matches: true });
    expect(verdict(scope, { ...session, id: "s2" })).toEqual({ matches: false, because: "includeSessions" });
    expect(verdict(scope, { ...session, channel: "voice" })).toEqual({ matches: false, because: "includeChannels" });
    expect(verdict(scope, { ...session, stepId: "b" })).toEqual({ matches: false, because: "includeSteps" });
    expect(verdict(scope, { ...session, ...bornMs(9) })).toEqual({ matches: false, because: "minAgeMs" });
  });

  it("lets exclusion win over inclusion", () => {
    expect(verdict({ includeSessions: ["s1"], excludeSessions: ["s1"] }).because).toBe("excludeSessions");
    expect(verdict({ includeChannels: ["web"], excludeChannels: ["web"] }, { channel: "web" }).matches).toBe(false);
    expect(verdict({ includeSteps: ["a"], excludeSteps: ["a"] }).because).toBe("excludeSteps");
  });

  it("counts a session without a channel as on none", () => {
    expect(verdict({ includeChannels: ["web"] })).toEqual({ matches: false, because: "includeChannels" });
    expect(verdict({ excludeChannels: ["web"] })).toEqual({ matches: true });
  });

  it("takes ages to the millisecond at the deployment, both ends included", () => {
    const day = 86_400_000;
    const scope = { minAgeMs: day, maxAgeMs: 30 * day };
    expect([day - 1, day, 30 * day, 30 * day + 1].map((age) => verdict(scope, bornMs(age)).matches)).toEqual([
      false,
      true,
      true,
      false,
    ]);
    expect(verdict({ minAgeMs: 0 }, bornMs(-1)).matches).toBe(false);
    expect(verdict({ maxAgeMs: 0 }, { createdAt: "2026-01-31T00:00:00Z" }).matches).toBe(true);
  });

  it("decides a condition over the variables, by name or as data", () => {
    const variables = { age: 17, "answer-1": "yes" };
    expect(verdict({ condition: "age < 18" }, { variables })).toEqual({ matches: true });
    expect(verdict({ condition: "age > 18" }, { variables })).toEqual({ matches: false, because: "condition" });
    expect(verdict({ condition: 'data["answer-1"] == "yes"' }, { variables })).toEqual({ matches: true });
  });

  it("holds a session whose condition cannot be decided", () => {
    expect(verdict({ condition: "age < 18" })).toEqual({ matches: "unknown", because: "condition" });
    expect(verdict({ condition: 'channel == "web"' })).toEqual({ matches: "unknown", because: "condition" });
    expect(verdict({ condition: "age < 18", excludeSteps: ["a"] }).matches).toBe(false);
  });

  it("reads the session's own facts where no variable has the name", () => {
    const session = { channel: "web", customerId: "c9" };
    expect(verdict({ condition: 'channel == "web" && customerId == "c9"' }, session).matches).toBe(true);
    expect(verdict({ condition: 'status == "active" && stepId == "a"' }, session).matches).toBe(true);
    expect(verdict({ condition: 'status == "paid"' }, { variables: { status: "paid" } }).matches).toBe(true);
  });
});

describe("scopeQuery", () => {
  it("says nothing for an empty scope", () => {
    expect(scopeQuery({ includeSteps: [], excludeSessions: [] }, { deployedAt })).toEqual({});
  });

  it("narrows the steps to those asked for", () => {
    const scope = { includeSteps: ["a", "b"], excludeSteps: ["x"] };
    expect(scopeQuery(scope, { deployedAt }, { stepIds: ["b", "c"], notStepIds: ["y"] })).toEqual({
      stepIds: ["b"],
      notStepIds: ["x", "y"],
    });
    expect(scopeQuery(scope, { deployedAt }, { stepIds: ["c"] }).stepIds).toEqual([]);
    expect(scopeQuery({}, { deployedAt }, { stepIds: ["c"] }).stepIds).toEqual(["c"]);
  });

  it("lets through exactly the sessions that are in scope, the condition apart", () => {
    const some = (...values: string[]) => fc.option(fc.subarray(values), { nil: undefined });
    const age = fc.option(fc.integer({ min: 0, max: 4 }), { nil: undefined });
    const scopes = fc.record({
      includeSessions: some("s1", "s2"),
      excludeSessions: some("s1", "s2"),
      includeChannels: some("web", "voice"),
      excludeChannels: some("web", "voice"),
      includeSteps: some("a", "b"),
      excludeSteps: some("a", "b"),
      minAgeMs: age,
      maxAgeMs: age,
    });
    const sessions = fc.record({
      id: fc.constantFrom("s1", "s2", "s3"),
      stepId: fc.constantFrom("a", "b", "c"),
      channel: fc.constantFrom("web", "voice", undefined),
      age: fc.integer({ min: -1, max: 5 }),
    });
    fc.assert(
      fc.property(scopes, sessions, (parts, { channel, age: ageMs, ...rest }) => {
        const scope = Object.fromEntries(Object.entries(parts).filter(([, part]) => part !== undefined)) as Scope;
        const session = aSession({ ...rest, ...bornMs(ageMs), ...(channel === undefined ? {} : { channel }) });
        const query = { tenantId: "", ...scopeQuery(scope, { deployedAt }) };
        expect(sessionMatcher(query)(session, undefined)).toBe(inScope(scope, session, { deployedAt }).matches);
      }),
      { numRuns: 500 },
    );
  });
});

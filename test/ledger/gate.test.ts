import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { reasons } from "../../src/contracts/reasons.js";
import type { GateDecision, PlanContract, ReasonCode } from "../../src/contracts/types.js";
import { violations } from "../../src/contracts/validate.js";
import { evaluateGate, type GateContext, type Guard } from "../../src/ledger/gate.js";
import { planGuards } from "../../src/ledger/gate-guards.js";
import { planLifecycle } from "../../src/plan/lifecycle.js";

const base: GateContext = { stage: "deploy", subject: { kind: "plan", id: "p1" }, at: "2026-03-01T09:00:00.000Z" };
const failing = (id: string, reason: ReasonCode): Guard => ({ id, reason, check: () => "fail" });
const passing: Guard = { id: "fine", reason: "STATE.UNKNOWN", check: () => "pass" };

function under(contract: PlanContract, more: Partial<GateContext> = {}): GateDecision {
  return evaluateGate(planGuards, { ...base, contracts: [contract], ...more });
}

const measured = (value: number, sample = 100) => ({ value, sample });
const metrics = {
  sessions: measured(100),
  questionsPerSession: measured(2),
  blockedRatio: measured(0.02),
  failureRatio: measured(0.01),
};

describe("gate", () => {
  it("allows where every guard holds, without reasons", () => {
    expect(evaluateGate([passing], base)).toMatchObject({ decision: "allow", reasons: [] });
  });

  it.each<[GateDecision["decision"], ReasonCode]>([
    ["stop", "POLICY.ACCESS_DENIED"],
    ["deny", "STATE.UNKNOWN"],
    ["deny", "PLAN.EFFECT_UNDECIDED"],
    ["hold", "STORE.LEASE_HELD"],
    ["hold", "POLICY.NEEDS_HUMAN"],
  ])("comes to %s for %s", (decision, reason) => {
    expect(evaluateGate([passing, failing("g", reason)], base)).toMatchObject({ decision, reasons: [reason] });
  });

  it("takes the strongest failing guard and lists all reasons, the strongest class first", () => {
    const guards = [
      failing("a", "POLICY.NEEDS_HUMAN"),
      failing("b", "STATE.UNKNOWN"),
      failing("c", "POLICY.ACCESS_DENIED"),
      failing("d", "EVIDENCE.MISSING"),
      failing("e", "PLAN.EFFECT_UNDECIDED"),
      failing("f", "STATE.UNKNOWN"),
    ];
    const { decision, reasons: found } = evaluateGate(guards, base);
    expect(decision).toBe("stop");
    expect(found).toEqual([
      "POLICY.ACCESS_DENIED",
      "EVIDENCE.MISSING",
      "STATE.UNKNOWN",
      "PLAN.EFFECT_UNDECIDED",
      "POLICY.NEEDS_HUMAN",
    ]);
  });

  it("never lets through what nobody has checked", () => {
    const skipping: Guard = { ...passing, check: () => "skip" };
    for (const guards of [[], [skipping], [{ ...passing, stages: ["rollback"] as const }] as unknown as Guard[]]) {
      expect(evaluateGate(guards, base)).toMatchObject({ decision: "deny", reasons: ["EVIDENCE.MISSING"] });
    }
    expect(evaluateGate(planGuards, base)).toMatchObject({ decision: "deny", reasons: ["EVIDENCE.MISSING"] });
  });

  it("denies without evidence or a measurement that a guard requires, and does not ask the guard", () => {
    const guard: Guard = {
      ...passing,
      requires: ["review.md", "sessions"],
      check: () => {
        throw new TypeError("asked");
      },
    };
    const evidence = [{ name: "review.md", digest: `sha256:${"0".repeat(64)}` }];
    const lacking = evaluateGate([guard], { ...base, evidence });
    expect(lacking).toMatchObject({ decision: "deny", reasons: ["EVIDENCE.MISSING"] });
    expect(lacking.guards[0]?.note).toBe("missing: sessions");
    const shown = { ...base, evidence, metrics: { sessions: measured(1) } };
    expect(evaluateGate([{ ...guard, check: () => "pass" }], shown).decision).toBe("allow");
  });

  it("takes a guard that throws or answers nonsense for failed", () => {
    const broken: Guard = {
      ...passing,
      check: () => {
        throw new TypeError("token=abc");
      },
    };
    const decision = evaluateGate([broken], base);
    expect(decision).toMatchObject({ decision: "deny", reasons: ["STATE.UNKNOWN"] });
    expect(JSON.stringify(decision)).not.toContain("abc");
    const odd = { ...passing, check: () => "yes" } as unknown as Guard;
    expect(evaluateGate([odd], base).decision).toBe("deny");
  });

  it("refuses a reason outside the catalogue and two guards of one name before any guard is asked", () => {
    let asked = 0;
    const counting: Guard = {
      ...passing,
      check: () => {
        asked += 1;
        return "pass";
      },
    };
    const unknown = { id: "x", reason: "MADE.UP", check: () => "fail" } as unknown as Guard;
    expect(() => evaluateGate([counting, unknown], base)).toThrow(
      expect.objectContaining({
        code: "INPUT.INVALID",
        details: expect.objectContaining({ path: "/guards/1/reason" }),
      }),
    );
    expect(() => evaluateGate([counting, counting], base)).toThrow(expect.objectContaining({ code: "INPUT.INVALID" }));
    expect(asked).toBe(0);
  });

  it("knows no confidence: a decision has numbers only with the size of their sample", () => {
    const decision = under({ budgets: { maxBlockedRatio: 0.02 } }, { metrics });
    expect(violations("gate-decision", { ...decision, confidence: 0.98 })).not.toEqual([]);
    const bare = { ...decision, metrics: { blockedRatio: { value: 0.1 } } };
    expect(violations("gate-decision", bare)).not.toEqual([]);
  });

  it("is as strong as its strongest reason whatever the guards, and always follows its schema", () => {
    const code = fc.constantFrom(...reasons.codes);
    const answer = fc.constantFrom("pass", "fail", "skip", "missing");
    const guards = fc.array(fc.record({ reason: code, answer }), { maxLength: 12 });
    fc.assert(
      fc.property(guards, (list) => {
        const all = list.map(({ reason, answer: given }, at) => ({
          id: `g${at}`,
          reason,
          check: () => given as "pass",
        }));
        const decision = evaluateGate(all, base);
        expect(violations("gate-decision", decision)).toEqual([]);
        const failed = list.filter((one) => one.answer === "fail" || one.answer === "missing");
        const silent = list.every((one) => one.answer === "skip");
        expect(decision.decision === "allow").toBe(failed.length === 0 && !silent);
        const classes = decision.reasons.map((one) => reasons.get(one).class);
        if (classes.includes("stop")) expect(decision.decision).toBe("stop");
        else if (classes.includes("structural")) expect(decision.decision).toBe("deny");
        const order = ["stop", "structural", "repairable", "advisory"];
        const ranks = classes.map((one) => order.indexOf(one));
        expect(ranks).toEqual([...ranks].sort());
        expect(evaluateGate([...all].reverse(), base).reasons).toEqual(decision.reasons);
      }),
      { seed: 7, numRuns: 200 },
    );
  });
});

describe("guards of plans", () => {
  const transition = { machine: planLifecycle, from: "approved", event: "deploy" };

  it("deny a state or an event that is unknown, and one that is not possible", () => {
    const at = (more: object) => evaluateGate(planGuards, { ...base, transition: { ...transition, ...more } });
    expect(at({}).decision).toBe("allow");
    expect(at({ from: "sleeping" }).reasons).toContain("STATE.UNKNOWN");
    expect(at({ event: "launch" }).reasons).toContain("STATE.UNKNOWN");
    expect(at({ from: "toString" }).reasons).toContain("STATE.UNKNOWN");
    expect(at({ from: "pending" })).toMatchObject({ decision: "deny", reasons: ["STATE.ILLEGAL_TRANSITION"] });
  });

  it.each<[keyof NonNullable<PlanContract["budgets"]>, keyof typeof metrics, number, ReasonCode]>([
    ["maxSessions", "sessions", 100, "BUDGET.SESSIONS_EXCEEDED"],
    ["maxQuestionsPerSession", "questionsPerSession", 2, "BUDGET.QUESTIONS_EXCEEDED"],
    ["maxBlockedRatio", "blockedRatio", 0.02, "BUDGET.BLOCKED_EXCEEDED"],
    ["maxFailureRatio", "failureRatio", 0.01, "BUDGET.FAILURES_EXCEEDED"],
  ])("keep %s, inclusive, and deny where it was not measured", (key, metric, most, reason) => {
    const budgets = { [key]: most };
    expect(under({ budgets }, { metrics }).decision).toBe("allow");
    const above = { ...metrics, [metric]: measured(most * 1.5) };
    expect(under({ budgets }, { metrics: above })).toMatchObject({ decision: "deny", reasons: [reason] });
    const { [metric]: _, ...others } = metrics;
    expect(under({ budgets }, { metrics: others }).reasons).toEqual(["EVIDENCE.MISSING"]);
    expect(under({ budgets }, { metrics: { ...metrics, [metric]: measured(Number.MAX_VALUE) } }).reasons).toEqual([
      reason,
    ]);
  });

  it("hold while too few sessions were measured, and where there was none, unless the contract lets that pass", () => {
    const none = { ...metrics, sessions: measured(0, 0), blockedRatio: measured(0, 0) };
    const budgets = { maxBlockedRatio: 0.5 };
    const held = { decision: "hold", reasons: ["EVIDENCE.SAMPLE_TOO_SMALL"] };
    expect(under({ budgets }, { metrics: none })).toMatchObject(held);
    expect(under({ budgets: { ...budgets, minSample: 101 } }, { metrics })).toMatchObject(held);
    expect(under({ budgets: { ...budgets, minSample: 0 } }, { metrics: none }).decision).toBe("allow");
  });

  it("want to see all evidence of all contracts", () => {
    const shown = (name: string) => ({ name, digest: `sha256:${"0".repeat(64)}` });
    const contracts = [{ requiredEvidence: ["a.md"] }, { requiredEvidence: ["b.md"] }];
    const decide = (...names: string[]) => evaluateGate(planGuards, { ...base, contracts, evidence: names.map(shown) });
    expect(decide("a.md", "b.md").decision).toBe("allow");
    expect(decide("b.md")).toMatchObject({ decision: "deny", reasons: ["EVIDENCE.MISSING"] });
  });
});

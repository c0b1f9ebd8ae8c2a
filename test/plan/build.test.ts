import { describe, expect, it } from "vitest";
import type { Scenario } from "../../src/contracts/types.js";
import { validate } from "../../src/contracts/validate.js";
import { matchSteps } from "../../src/diff/match.js";
import { amendedPlan, buildPlan, type PlanTerms } from "../../src/plan/build.js";
import { undecidedEffects } from "../../src/plan/effects.js";
import { compile } from "../../src/scenario/compile.js";
import { flow } from "../../src/testing/flow.js";

const v1 = flow(1, "a b pay* c", "a>b ; b>pay ; pay>c");
const v2 = flow(2, "a n(email) b pay* c", "a>n ; n>b ; b>pay ; pay>c");

function planned(terms: PlanTerms & { counts?: Record<string, number> } = {}, from: Scenario = v1, to: Scenario = v2) {
  const plan = buildPlan({
    tenantId: "",
    id: "plan_1",
    from: compile(from),
    to: compile(to),
    createdAt: "2026-03-01T00:00:00Z",
    ...terms,
  });
  return validate("plan", plan);
}

const codes = (from: Scenario, to: Scenario, terms: PlanTerms = {}) =>
  planned(terms, from, to).lint.map((f) => `${f.code} ${f.stepId ?? ""}`);

describe("a plan", () => {
  it("sums up the change and counts sessions only when a store was asked", () => {
    expect(planned().summary).toMatchObject({
      anchors: { clean_graft: 1, gap_fill: 3, re_route: 0 },
      inserted: 1,
      fieldsToCollect: [{ field: "email", steps: ["n"] }],
      affectedSessions: { counted: false, total: 0 },
    });
    expect(planned({ counts: { b: 2, a: 1, c: 0 } }).summary.affectedSessions).toEqual({
      counted: true,
      total: 3,
      byStep: { a: 1, b: 2 },
      byKind: { clean_graft: 1, gap_fill: 2 },
    });
  });

  it("has a digest over what is approved and nothing else", () => {
    const plain = planned();
    expect(planned({ counts: { b: 5 } }).digest).toBe(plain.digest);
    const different: PlanTerms[] = [
      { policies: { b: { updateDownstream: false } } },
      { mapping: { b: "n" } },
      { effects: { pay: "same" } },
      { allowRepeat: ["pay"] },
      { data: [{ op: "remove", field: "x" }] },
    ];
    expect(new Set([plain.digest, ...different.map((terms) => planned(terms).digest)]).size).toBe(6);
  });

  it("gets a new digest when it is amended, and keeps the counts and the terms that are not named", () => {
    const plan = planned({ counts: { b: 2 }, allowRepeat: ["pay"] });
    const amended = amendedPlan(plan, { policies: { "*": { forceKind: "clean_graft" } } }, compile(v1), compile(v2));
    expect(amended.digest).not.toBe(plan.digest);
    expect(amended).toMatchObject({ id: plan.id, allowRepeat: ["pay"], summary: { affectedSessions: { total: 2 } } });
    expect(amended.lint.map((finding) => finding.code)).toContain("LINT.FORCED");
    expect(plan.policies).toEqual({});
  });

  it("refuses answers and permissions for steps that do not exist", () => {
    expect(() => planned({ effects: { ghost: "same" } })).toThrowError(/PLAN.UNKNOWN_ANCHOR/);
    expect(() => planned({ allowRepeat: ["ghost"] })).toThrowError(/allowRepeat\/0/);
    expect(() => planned({ policies: { ghost: {} } })).toThrowError(/PLAN.UNKNOWN_ANCHOR/);
    expect(() => planned({ mapping: { a: "ghost" } })).toThrowError(/PLAN.MAPPING_INVALID/);
  });

  it("cannot be approved while an edited effect has no answer", () => {
    const reworded = flow(2, "a b pay*=Charge c", "a>b ; b>pay ; pay>c");
    expect(undecidedEffects(matchSteps(compile(v1), compile(reworded)))).toEqual(["pay"]);
    expect(undecidedEffects(matchSteps(compile(v1), compile(reworded), { effects: { pay: "other" } }))).toEqual([]);
    expect(undecidedEffects(matchSteps(compile(v1), compile(v2)))).toEqual([]);
  });
});

describe("lint", () => {
  it("names forks that do not cover all cases, overlap, or cannot be told", () => {
    const one = flow(1, "a b c", "a>b ; b>c");
    expect(codes(one, flow(2, "a b c", "a>b[x > 1] ; a>c[x < 0] ; b>c"))).toContain("LINT.NON_EXHAUSTIVE a");
    expect(codes(one, flow(2, "a b c", "a>b[x > 1] ; a>c[x > 0] ; b>c"))).toContain("LINT.OVERLAPPING a");
    expect(codes(one, flow(2, "a b c", "a>b[x > 1] ; a>c[x <= 1] ; b>c")).join()).not.toMatch(
      /NON_EXHAUSTIVE|OVERLAPPING|CANNOT_TELL/,
    );
    expect(codes(one, flow(2, "a b c", "a>b[x > y] ; a>c[x <= y] ; b>c"))).toContain("LINT.CANNOT_TELL a");
    const overlap = planned({}, one, flow(2, "a b c", "a>b[x > y] ; a>c[z > y] ; a>c[else] ; b>c")).lint;
    expect(overlap.find((f) => f.code === "LINT.CANNOT_TELL")?.message).toBe(
      "a: cannot tell whether its branches overlap",
    );
  });

  it("names what happened to checkpoints", () => {
    expect(codes(v1, flow(2, "a b c", "a>b ; b>c"))).toContain("LINT.CHECKPOINT_REMOVED pay");
    expect(codes(v1, flow(2, "a b pay c", "a>b ; b>pay ; pay>c"))).toContain("LINT.CHECKPOINT_REPLACED pay");
    expect(codes(v1, flow(2, "a b pay* c", "a>b ; b>pay ; pay>c ; c>b[x == 1]"))).toContain(
      "LINT.CHECKPOINT_REACHABLE_AGAIN pay",
    );
    const earlier = planned(
      { counts: { b: 3 } },
      flow(1, "a b d pay* c", "a>b ; b>d ; d>pay ; pay>c"),
      flow(2, "a pay* b d c", "a>pay ; pay>b ; b>d ; d>c"),
    ).lint;
    expect(earlier.map((f) => `${f.code} ${f.stepId}`)).toContain("LINT.CHECKPOINT_MOVED pay");
    expect(earlier.find((f) => f.code === "LINT.MANDATORY_ABOVE")).toMatchObject({
      severity: "warning",
      message: "pay: new on every way to 2 kept steps; it blocks sessions there (3 stand there)",
    });
    expect(codes(v1, flow(2, "a b pay*=Charge c", "a>b ; b>pay ; pay>c"))[0]).toBe("LINT.EFFECT_EDITED pay");
  });

  it("names removed, unreachable, equal and newly mandatory steps", () => {
    expect(codes(v1, flow(2, "a pay* c", "a>pay ; pay>c"))).toContain("LINT.STEP_REMOVED b");
    expect(codes(v1, flow(2, "x y", "x>y"))).toContain("LINT.MAY_EXIT a");
    expect(codes(v1, flow(2, "a b pay* c o", "a>b ; b>pay ; pay>c"))).toContain("LINT.UNREACHABLE_STEP o");
    const cut = planned({ counts: { b: 2 } }, v1, flow(2, "a b pay* c", "a>pay ; pay>c ; b>pay")).lint;
    expect(cut.find((f) => f.code === "LINT.UNREACHABLE_STEP")?.message).toContain("sessions on b (2 stand there)");
    expect(codes(v1, v2)).toContain("LINT.MANDATORY_ABOVE n");
    expect(codes(v1, flow(2, "a b pay* c", "a>b ; b>pay ; pay>c ; c>b[x == 1]"))).not.toContain(
      "LINT.MANDATORY_ABOVE b",
    );
    expect(codes(v1, flow(2, "a b t1=T t2=T pay* c", "a>b ; b>t1 ; t1>t2 ; t2>pay ; pay>c"))).toContain(
      "LINT.TWINS t1",
    );
  });

  it("names fields that are read and no longer collected, or collected and never read", () => {
    const old = flow(1, "a(age) b c", "a>b[age > 1] ; a>c[else]");
    expect(codes(old, flow(2, "a b c", "a>b[age > 1] ; a>c[else]"))).toContain("LINT.FIELD_NOT_COLLECTED a");
    expect(codes(old, flow(2, "a(age) b(fax) c", "a>b[age > 1] ; a>c[else]"))).toContain("LINT.FIELD_UNUSED b");
    expect(codes(old, flow(2, "a(age) b c(old)", "a>b ; b>c"))).toContain("LINT.FIELD_UNUSED a");
    const renamed: PlanTerms = { data: [{ op: "rename", from: "age", to: "years" }] };
    expect(codes(old, flow(2, "a(age) b c", "a>b ; b>c"), renamed)).not.toContain("LINT.FIELD_UNUSED a");
    const policy: PlanTerms = { policies: { "*": { scope: { condition: "vip == true" } } } };
    expect(codes(old, flow(2, "a(age) b c", "a>b[age > 1] ; a>c[else]"), policy)).toContain(
      "LINT.FIELD_NOT_COLLECTED ",
    );
  });
});

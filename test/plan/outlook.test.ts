import { describe, expect, it } from "vitest";
import type { Plan, Scenario } from "../../src/contracts/types.js";
import { buildPlan, type PlanTerms } from "../../src/plan/build.js";
import { compile } from "../../src/scenario/compile.js";
import { flow } from "../../src/testing/flow.js";

function planned(from: Scenario, to: Scenario, terms: PlanTerms = {}): Plan {
  const versions = { from: compile(from), to: compile(to) };
  return buildPlan({ tenantId: "", id: "plan_1", ...versions, createdAt: "2026-03-01T00:00:00Z", ...terms });
}

/** By old step: what is announced, with the kinds of a move in place of it. */
function outlook(from: Scenario, to: Scenario, terms: PlanTerms = {}): Record<string, string> {
  const rows = planned(from, to, terms).outlook.flatMap(({ steps, actions, kinds }) =>
    steps.map((step) => [step, actions.flatMap((action) => (action === "teleport" ? kinds : [action])).join(" ")]),
  );
  return Object.fromEntries(rows) as Record<string, string>;
}

const v1 = flow(1, "a b(x) pay* c", "a>b ; b>pay ; pay>c");
const same = flow(2, "a b(x) pay* c", "a>b ; b>pay ; pay>c");
const ways = "a>b ; b>n ; n>pay ; pay>c";

describe("what a plan announces", () => {
  it("names every old step once, and nothing but a clean graft where nothing changed above", () => {
    expect(planned(v1, same).outlook).toEqual([
      { steps: ["a", "b", "pay", "c"], actions: ["teleport"], kinds: ["clean_graft"] },
    ]);
    expect(outlook(v1, flow(2, "a b(x) n(y) pay* c", ways))).toMatchObject({ a: "clean_graft", b: "clean_graft" });
  });

  it("tells below a new step what that step is: a question, an action or a checkpoint", () => {
    expect(outlook(v1, flow(2, "a b(x) n(y) pay* c", ways)).c).toBe("clean_graft gap_fill collect confirm");
    expect(outlook(v1, flow(2, "a b(x) n! pay* c", ways)).c).toBe("clean_graft execute_action");
    expect(outlook(v1, flow(2, "a b(x) n* pay* c", ways)).c).toBe("clean_graft blocked");
    expect(outlook(v1, flow(2, "a b(x) n pay* c", ways)).c).toBe("clean_graft");
  });

  it("tells below a new fork that leads elsewhere, and not below one whose branches rejoin silently", () => {
    const apart = outlook(flow(1, "a b c", "a>b ; b>c"), flow(2, "a b c e", "a>b[x > 1] ; a>e[else] ; b>c"));
    expect(apart).toEqual({
      a: "clean_graft",
      b: "clean_graft re_route collect confirm review",
      c: "clean_graft re_route collect confirm review",
    });
    const rejoined = flow(2, "a n b c", "a>n[x > 1] ; a>b[else] ; n>b ; b>c");
    expect(outlook(flow(1, "a b c", "a>b ; b>c"), rejoined).c).toBe("clean_graft");
  });

  it("counts an unchanged fork that a change above lets sessions meet, and not one that they have behind them", () => {
    const from = flow(1, "a b f c d", "a>b ; a>f ; f>c[x > 1] ; f>d[else] ; b>c");
    const to = flow(2, "a b f c d", "a>b[y > 1] ; a>f[else] ; f>c[x > 1] ; f>d[else] ; b>c");
    expect(outlook(from, to).c).toContain("re_route");
    const before = flow(1, "a f c d", "a>f ; f>c[x > 1] ; f>d[else]");
    const after = flow(2, "a n f c d", "a>n[y > 1] ; a>f[else] ; n>f ; f>c[x > 1] ; f>d[else]");
    expect(outlook(before, after).c).toBe("clean_graft");
  });

  it("tells that a passed checkpoint blocks where the new version leads back to it, unless it may be repeated", () => {
    const to = flow(2, "a b(x) pay* c", "a>b ; b>pay ; pay>c ; c>b[x == 1]");
    expect(outlook(v1, to)).toMatchObject({
      c: "clean_graft blocked review",
      b: "clean_graft",
      pay: expect.stringContaining("blocked"),
    });
    expect(outlook(v1, to, { allowRepeat: ["pay"] }).c).toBe("clean_graft");
  });

  it("tells that sessions of a removed step go elsewhere, and when they may leave", () => {
    const to = flow(2, "a pay* c", "a>pay ; pay>c");
    expect(outlook(v1, to).b).toBe("re_route blocked review");
    expect(outlook(v1, flow(2, "x y", "x>y")).b).toBe("re_route blocked review exit_scenario");
    const codes = planned(v1, flow(2, "b(x) pay* c", "b>pay ; pay>c")).lint.filter((f) => f.code === "LINT.MAY_EXIT");
    expect(codes.map((finding) => finding.stepId)).toEqual(["a"]);
  });

  it("announces a review alone for a step that does something else now, and beside the moves for equal steps", () => {
    expect(outlook(v1, flow(2, "a b(x) pay! c", "a>b ; b>pay ; pay>c")).pay).toBe("review");
    const twins = flow(2, "a t1=T t2=T c", "a>t1 ; a>t2 ; t1>c ; t2>c");
    expect(outlook(flow(1, "a t=T c", "a>t ; t>c"), twins).t).toBe("clean_graft review");
  });

  it("follows the policies: held steps only stay, a scope may hold, a forced kind asks nothing", () => {
    const to = flow(2, "a b(x) n(y) pay* c", ways);
    const under = (policy: Plan["policies"][string]) => outlook(v1, to, { policies: { c: policy } }).c;
    expect(under({ updateDownstream: false })).toBe("continue");
    expect(under({ scope: { excludeSteps: ["c"] } })).toBe("continue");
    expect(under({ scope: { excludeChannels: ["voice"] } })).toBe("continue clean_graft gap_fill collect confirm");
    expect(under({ forceKind: "clean_graft" })).toBe("clean_graft");
  });

  it("is outside the digest, and made anew with other terms", () => {
    const plan = planned(v1, flow(2, "a b(x) n(y) pay* c", ways));
    expect(planned(v1, flow(2, "a b(x) n(y) pay* c", ways)).digest).toBe(plan.digest);
    expect(plan.outlook.flatMap(({ steps }) => steps).sort()).toEqual(["a", "b", "c", "pay"]);
  });

  it("stays small: each old step is written once", () => {
    const size = 2000;
    const steps = Array.from({ length: size }, (_, i) => `s${i}${i % 10 === 3 ? "*" : i % 3 === 0 ? "(x)" : ""}`);
    const chain = (names: readonly string[]) =>
      names.slice(1).map((name, i) => `${(names[i] ?? "").replace(/[*(].*/, "")}>${name.replace(/[*(].*/, "")}`);
    const more = steps.flatMap((step, i) => (i % 50 === 25 ? [`n${i}(y)`, step] : [step]));
    const [from, to] = [
      flow(1, steps.join(" "), chain(steps).join(" ; ")),
      flow(2, more.join(" "), chain(more).join(" ; ")),
    ];
    const { outlook: made } = planned(from, to);
    expect(made.length).toBeLessThan(12);
    expect(JSON.stringify(made).length / JSON.stringify(to).length).toBeLessThan(0.15);
  });
});

describe("what a plan announced too little of once", () => {
  it("counts a loop that leads around a step, not only forks before it", () => {
    const from = flow(1, "s k* g m", "s>k ; k>m[c == 1] ; k>g[else] ; m>k");
    const to = flow(
      2,
      "s k* g m n p",
      "s>p[y == 1] ; s>k[else] ; k>m[c == 1] ; k>g[else] ; m>n[x > 1] ; m>k[else] ; n>s ; p>m",
    );
    expect(outlook(from, to).g).toContain("re_route");
  });

  it("counts an open choice above a new guard as leading away, and as no question otherwise", () => {
    const from = flow(1, "a b c", "a>b ; b>c");
    expect(outlook(from, flow(2, "a b n c e", "a>b ; b>n ; b>e ; n>c[x > 1]")).c).toContain("re_route");
    expect(outlook(from, flow(2, "a b n c e", "a>b ; b>n ; b>e ; n>c")).c).toBe("clean_graft");
  });

  it("asks at a rejoining fork when something that asks or acts lies between it and the step", () => {
    const from = flow(1, "a b! c", "a>b ; b>c");
    const to = flow(2, "a n b! c", "a>n[x > 1] ; a>b[else] ; n>b ; b>c");
    expect(outlook(from, to).c).toBe("clean_graft collect confirm review");
  });

  it("orphans a removed checkpoint also where a loop would have repeated it", () => {
    const from = flow(1, "a pay* b", "a>pay ; pay>b ; b>a[x == 1]");
    const to = flow(2, "a n b e", "a>n ; n>b[y > 1] ; n>e[else] ; b>a[x == 1]");
    expect(outlook(from, to).b).toContain("blocked");
  });
});

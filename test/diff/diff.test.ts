import { describe, expect, it } from "vitest";
import type { Scenario } from "../../src/contracts/types.js";
import { validate } from "../../src/contracts/validate.js";
import { diffScenarios } from "../../src/diff/diff.js";
import { canonicalJson } from "../../src/hash/canonical-json.js";
import { flow } from "../../src/testing/flow.js";
import { disguise } from "../../src/testing/generate.js";

/** Every diff in this file is also checked against what must hold of all of them. */
function checked(v1: Scenario, v2: Scenario) {
  const diff = diffScenarios(v1, v2);
  expect(() => validate("transformation-map", diff.map)).not.toThrow();
  expect(Object.isFrozen(diff.map.anchors)).toBe(true);
  const again = diffScenarios(structuredClone(v1), structuredClone(v2));
  expect(canonicalJson(again.map)).toBe(canonicalJson(diff.map));
  const known = new Set([...v1.steps, ...v2.steps].map((step) => step.id));
  for (const pair of diff.map.pairs) expect(known.has(pair.from) && known.has(pair.to)).toBe(true);
  const renamed = diffScenarios(
    disguise(v1, { seed: 1, version: v1.version }),
    disguise(v2, { seed: 2, version: v2.version }),
  );
  const kinds = (map: typeof diff.map) => map.anchors.map((anchor) => `${anchor.contentHash} ${anchor.kind}`).sort();
  if (diff.map.pairs.every((pair) => pair.relation === "content")) expect(kinds(renamed.map)).toEqual(kinds(diff.map));
  return diff;
}

const kinds = (v1: Scenario, v2: Scenario) =>
  Object.fromEntries(checked(v1, v2).map.anchors.map((a) => [a.from, a.kind]));

describe("a diff of two versions", () => {
  it("calls everything below an inserted question a gap fill, and nothing above it", () => {
    expect(kinds(flow(1, "a b c", "a>b ; b>c"), flow(2, "a n(email) b c", "a>n ; n>b ; b>c"))).toEqual({
      a: "clean_graft",
      b: "gap_fill",
      c: "gap_fill",
    });
  });

  it("sees a branch that is added to a step both versions have", () => {
    const diff = checked(flow(1, "a b c", "a>b ; b>c"), flow(2, "a b c d", "a>b[age >= 18] ; a>d[age < 18] ; b>c"));
    expect(diff.upstream("c")).toMatchObject({ inserted: [], newForks: ["a"] });
    expect(diff.anchor("c")?.kind).toBe("re_route");
    expect(diff.requiredFields("c").map((need) => need.field)).toEqual(["age"]);
  });

  it.each([
    ["a changed condition", "a>b[age >= 21] ; a>d[age < 21] ; b>c"],
    ["swapped targets", "a>d[age >= 18] ; a>b[age < 18] ; b>c"],
    ["another order", "a>d[age < 18] ; a>b[age >= 18] ; b>c"],
  ])("sees %s on a fork that both versions have", (_, ways) => {
    const diff = checked(flow(1, "a b c d", "a>b[age >= 18] ; a>d[age < 18] ; b>c"), flow(2, "a b c d", ways));
    expect(diff.upstream("c").changedForks).toEqual(["a"]);
    expect(diff.anchor("c")?.kind).toBe("re_route");
  });

  it("does not call a fork a re-route for steps that all its branches reach", () => {
    const diff = checked(flow(1, "a c", "a>c"), flow(2, "a f p q c", "a>f ; f>p[x == 1] ; f>q[else] ; p>c ; q>c"));
    expect(diff.anchor("c")?.kind).toBe("clean_graft");
    const asking = checked(
      flow(1, "a c", "a>c"),
      flow(2, "a f p(pin) q c", "a>f ; f>p[x == 1] ; f>q[else] ; p>c ; q>c"),
    );
    expect(asking.anchor("c")?.kind).toBe("gap_fill");
  });

  it("cuts what is upstream at the anchor, so that a loop body is not above its own start", () => {
    const v1 = flow(1, "a b c", "a>b ; b>c ; c>b[retry == true]");
    const v2 = flow(2, "a b n(note) c", "a>b ; b>n ; n>c ; c>b[retry == true]");
    const diff = checked(v1, v2);
    expect(diff.upstream("b").inserted).toEqual([]);
    expect(diff.anchor("b")?.kind).toBe("clean_graft");
    expect(diff.downstream("b").inserted).toEqual(["n"]);
    expect(diff.anchor("c")?.kind).toBe("gap_fill");
  });

  it("does not count steps that the entry cannot reach", () => {
    const diff = checked(flow(1, "a b c", "a>b ; b>c"), flow(2, "a b c o(ssn)", "a>b ; b>c ; o>c"));
    expect(diff.upstream("c").inserted).toEqual([]);
    expect(diff.anchor("c")?.kind).toBe("clean_graft");
  });

  it("reports a step that changed its place as moved, not as inserted", () => {
    const diff = checked(flow(1, "a b e(email)", "a>b ; b>e"), flow(2, "a e(email) b", "a>e ; e>b"));
    expect(diff.map.inserted).toEqual([]);
    expect(diff.map.moved.length).toBe(1);
    expect(diff.upstream("b").moved).toEqual(["e"]);
    expect(diff.anchor("b")?.kind).toBe("gap_fill");
  });

  it("lists removed steps below an anchor", () => {
    const diff = checked(flow(1, "a b c", "a>b ; b>c"), flow(2, "a b", "a>b"));
    expect(diff.downstream("b").removed).toEqual(["c"]);
  });

  it("names the nearest change that no run to an anchor can miss", () => {
    const diff = checked(flow(1, "a b c", "a>b ; b>c"), flow(2, "a n(email) b k! c", "a>n ; n>b ; b>k ; k>c"));
    expect(diff.anchor("b")?.nearestMandatory).toBe("n");
    expect(diff.anchor("c")?.nearestMandatory).toBe("k");
    const branch = checked(
      flow(1, "a p q c", "a>p ; a>q ; p>c ; q>c"),
      flow(2, "a p q n(pin) c", "a>p ; a>q ; p>c ; q>n ; n>c"),
    );
    expect(branch.anchor("c")).toMatchObject({ kind: "gap_fill" });
    expect(branch.anchor("c")?.nearestMandatory).toBeUndefined();
  });

  it("refuses the view of a step that the old version lacks", () => {
    const diff = diffScenarios(flow(1, "a b", "a>b"), flow(2, "a b", "a>b"));
    expect(() => diff.upstream("ghost")).toThrowError(/PLAN.UNKNOWN_ANCHOR/);
    expect(diff.anchor("ghost")).toBeUndefined();
  });

  it("is quiet about two equal versions", () => {
    const v1 = flow(1, "a b(x) pay* c", "a>b ; b>pay[x > 1] ; b>c[else] ; pay>c");
    const { map } = checked(v1, flow(2, "a b(x) pay* c", "a>b ; b>pay[x > 1] ; b>c[else] ; pay>c"));
    expect(map).toMatchObject({ removed: [], inserted: [], moved: [], decisions: [], transitions: [], ambiguous: [] });
    expect(map.anchors.every((anchor) => anchor.kind === "clean_graft")).toBe(true);
  });
});

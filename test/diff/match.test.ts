import { describe, expect, it } from "vitest";
import type { Scenario } from "../../src/contracts/types.js";
import { explainMatching } from "../../src/diff/explain.js";
import { type MatchOptions, matchSteps } from "../../src/diff/match.js";
import { isRegraftError } from "../../src/errors.js";
import { compile } from "../../src/scenario/compile.js";
import { defineScenario } from "../../src/scenario/parse.js";
import { flow } from "../../src/testing/flow.js";

function pairs(v1: Scenario, v2: Scenario, options?: MatchOptions): string[] {
  const m = matchSteps(compile(v1), compile(v2), options);
  const name = (pair: (typeof m.pairs)[number]) =>
    `${m.from.steps[pair.from]?.id}-${m.to.steps[pair.to]?.id}:${pair.relation}`;
  return [...m.pairs, ...m.proposed].map(name);
}

const edit = (scenario: Scenario, id: string, change: object): Scenario =>
  defineScenario({
    ...scenario,
    steps: scenario.steps.map((step) => (step.id === id ? { ...step, ...change } : step)),
  });

describe("matching steps", () => {
  const chain = flow(1, "a b c", "a>b ; b>c");

  it("pairs by content where ids were swapped", () => {
    const v1 = flow(1, "a p=Foo q=Bar", "a>p ; p>q");
    const v2 = flow(2, "a p=Bar q=Foo", "a>q ; q>p");
    expect(pairs(v1, v2)).toEqual(["a-a:content", "p-q:content", "q-p:content"]);
  });

  it("tells equal steps apart by their neighbours when all ids are new", () => {
    const v1 = flow(1, "a x1=Confirm y x2=Confirm", "a>x1 ; x1>y ; y>x2");
    const v2 = flow(2, "a n1=Confirm y n2=Confirm", "a>n2 ; n2>y ; y>n1");
    expect(pairs(v1, v2)).toEqual(["a-a:content", "x1-n2:content", "y-y:content", "x2-n1:content"]);
  });

  it("trusts the neighbours of twins more than an id that changed places", () => {
    const v1 = flow(1, "a t1=Confirm pay* t2=Confirm z", "a>t1 ; t1>pay ; pay>t2 ; t2>z");
    const v2 = flow(2, "a t1=Confirm pay* t2=Confirm z", "a>t2 ; t2>pay ; pay>t1 ; t1>z");
    expect(pairs(v1, v2)).toContain("t1-t2:content");
    expect(pairs(v1, v2)).toContain("t2-t1:content");
  });

  it("settles a row of twins from its ends", () => {
    const steps = "a t1=T t2=T t3=T t4=T z";
    const v1 = flow(1, steps, "a>t1 ; t1>t2 ; t2>t3 ; t3>t4 ; t4>z");
    const v2 = flow(2, "a n1=T n2=T n3=T n4=T z", "a>n4 ; n4>n2 ; n2>n3 ; n3>n1 ; n1>z");
    expect(pairs(v1, v2)).toEqual([
      "a-a:content",
      "t1-n4:content",
      "t2-n2:content",
      "t3-n3:content",
      "t4-n1:content",
      "z-z:content",
    ]);
  });

  it("leaves twins open that nothing tells apart", () => {
    const v1 = flow(1, "a t1=T t2=T z", "a>t1[x == 1] ; a>t2[x == 1] ; t1>z ; t2>z");
    const v2 = flow(2, "a n1=T n2=T z", "a>n1[x == 1] ; a>n2[x == 1] ; n1>z ; n2>z");
    const m = matchSteps(compile(v1), compile(v2));
    expect([...m.ambiguous.keys()].map((step) => m.from.steps[step]?.id)).toEqual(["t1", "t2"]);
    expect(explainMatching(m).filter((line) => line.includes("ambiguous"))).toHaveLength(2);
  });

  it("pairs a step of the same id with edited text, and says which fields its new form adds", () => {
    const v2 = edit(edit(chain, "b", { name: "Reworded", collects: ["email"] }), "c", { description: "new" });
    const m = matchSteps(compile(chain), compile(v2));
    expect(pairs(chain, v2)).toEqual(["a-a:content", "b-b:edited", "c-c:edited"]);
    expect(m.pairs[1]).toMatchObject({ addedFields: ["email"], effect: false });
  });

  it.each([
    { tools: ["t"] },
    { rules: ["r"] },
    { requiredAction: true },
    { checkpoint: true },
  ])("only proposes a pair of the same id when the step does something else: %o", (change) => {
    expect(pairs(chain, edit(chain, "b", change))).toContain("b-b:proposed");
    expect(matchSteps(compile(chain), compile(edit(chain, "b", change))).imageOf[1]).toBeUndefined();
  });

  it("lets an explicit mapping override and extend the automatic pairs", () => {
    const v2 = flow(2, "a b n c", "a>b ; b>n ; n>c");
    expect(pairs(chain, v2, { mapping: { b: "n" } })).toEqual(["a-a:content", "b-n:explicit", "c-c:content"]);
  });

  it("refuses a mapping that names no step", () => {
    for (const mapping of [{ ghost: "a" }, { a: "ghost" }]) {
      const attempt = () => matchSteps(compile(chain), compile(chain), { mapping });
      expect(attempt).toThrowError(/PLAN.MAPPING_INVALID/);
      try {
        attempt();
      } catch (error) {
        expect(isRegraftError(error, "PLAN.MAPPING_INVALID") && error.details.received).toBe("ghost");
      }
    }
  });

  it("speaks of effects only within one class and with equal content or an answer", () => {
    const v1 = flow(1, "a pay* c", "a>pay ; pay>c");
    const reworded = edit(v1, "pay", { checkpointDescription: "card charged" });
    const effect = (options?: MatchOptions) => matchSteps(compile(v1), compile(reworded), options).imageOf[1];
    expect(effect()).toMatchObject({ relation: "edited", effect: false, answered: false });
    expect(effect({ effects: { pay: "same" } })).toMatchObject({ effect: true, answered: true });
    expect(effect({ effects: { pay: "other" } })).toMatchObject({ effect: false, answered: true });
    expect(effect({ mapping: { pay: "pay" } })).toMatchObject({ relation: "explicit", effect: true });
    const plain = flow(2, "a pay c", "a>pay ; pay>c");
    expect(matchSteps(compile(plain), compile(v1), { mapping: { pay: "pay" } }).imageOf[1]?.effect).toBe(false);
  });

  it("suggests a step that reads alike, without giving it an image", () => {
    const v1 = defineScenario({
      ...flow(1, "a old c", "a>old ; old>c"),
      steps: [{ id: "a" }, { id: "old", name: "Ask for the monthly income" }, { id: "c", name: "End" }],
    });
    const v2 = defineScenario({
      ...flow(2, "a neu c", "a>neu ; neu>c"),
      steps: [{ id: "a" }, { id: "neu", name: "Ask for the yearly income" }, { id: "c", name: "End" }],
    });
    const m = matchSteps(compile(v1), compile(v2));
    expect(m.suggested.map((pair) => [m.from.steps[pair.from]?.id, m.to.steps[pair.to]?.id])).toEqual([["old", "neu"]]);
    expect(m.imageOf[1]).toBeUndefined();
  });

  it("lets lineage fill a gap, never override equal content, and turn a contradiction into candidates", () => {
    const v2 = flow(2, "a n=Nova c", "a>n ; n>c");
    expect(pairs(chain, v2, { lineage: { b: "n" } })).toContain("b-n:lineage");
    expect(pairs(chain, v2, { lineage: { a: "n" } })).toContain("a-a:content");
    const v3 = edit(flow(2, "a b n=Nova c", "a>b ; b>n ; n>c"), "b", { description: "edited" });
    expect(matchSteps(compile(chain), compile(v3), { lineage: { b: "n" } }).ambiguous.get(1)).toHaveLength(2);
  });

  it("leaves twins open where the place speaks for one and the id for the other", () => {
    const v1 = flow(1, "a t1=T b t2=T z", "a>t1 ; t1>b ; b>t2 ; t2>z");
    const v2 = flow(2, "a t2=T n b z", "a>t2 ; t2>n ; n>b ; b>z");
    const m = matchSteps(compile(v1), compile(v2));
    expect([...m.ambiguous]).toEqual([
      [1, [1]],
      [3, [1]],
    ]);
  });

  it("only proposes an edited step of the same id where ids name other content than before", () => {
    const v1 = flow(1, "a p=Foo q=Bar r=Old z", "a>p ; p>q ; q>r ; r>z");
    const v2 = flow(2, "a p=Bar q=Foo n=More r=Entirely z", "a>q ; q>p ; p>z ; a>n[x == 1] ; n>r ; r>n");
    expect(pairs(v1, v2)).toContain("r-r:proposed");
  });

  it("still pairs an edited step of the same id there if it stands in its place", () => {
    const v1 = flow(1, "a p=Foo q=Bar r=Old z", "a>p ; p>q ; q>r ; r>z");
    const v2 = flow(2, "a p=Bar q=Foo r=Entirely z", "a>q ; q>p ; p>r ; r>z");
    expect(pairs(v1, v2)).toContain("r-r:edited");
  });

  it("gives several old steps one image where a mapping merges them, and says so", () => {
    const v2 = flow(2, "a b=Both z", "a>b ; b>z");
    const v1 = flow(1, "a m n z", "a>m ; m>n ; n>z");
    const m = matchSteps(compile(v1), compile(v2), { mapping: { m: "b", n: "b" } });
    expect(m.preimagesOf[1]?.map((pair) => m.from.steps[pair.from]?.id)).toEqual(["m", "n"]);
    expect(explainMatching(m)).toContainEqual(expect.stringMatching(/^n -> b .*one of 2 steps that became this one$/));
  });

  it("merges nothing by itself: the id that stayed is a pair, the other step is removed", () => {
    const v1 = flow(1, "a m n z", "a>m ; m>n ; n>z");
    const merged = edit(flow(2, "a m z", "a>m ; m>z"), "m", { name: "m and n" });
    const m = matchSteps(compile(v1), compile(merged));
    expect(pairs(v1, merged)).toContain("m-m:edited");
    expect(explainMatching(m)).toContain("n -> nothing (removed): no step has its content, none has its id");
  });

  it("gives a step that was split the part that kept the id; a mapping may name another part", () => {
    const v1 = flow(1, "a s z", "a>s ; s>z");
    const parts = edit(flow(2, "a s t z", "a>s ; s>t ; t>z"), "s", { name: "s, first part" });
    expect(pairs(v1, parts)).toContain("s-s:edited");
    expect(pairs(v1, parts, { mapping: { s: "t" } })).toContain("s-t:explicit");
    expect(explainMatching(matchSteps(compile(v1), compile(parts)))).toContain(
      "nothing -> t (inserted): no old step has its content, none has its id",
    );
  });

  it("says of every step of both versions why it has a match or none", () => {
    const v1 = flow(1, "a gone t1=T t2=T z", "a>gone ; gone>t1[x == 1] ; gone>t2[x == 1] ; t1>z ; t2>z");
    const v2 = flow(2, "a n1=T n2=T fresh z", "a>n1[x == 1] ; a>n2[x == 1] ; n1>fresh ; n2>fresh ; fresh>z");
    const lines = explainMatching(matchSteps(compile(v1), compile(v2)));
    expect(lines).toHaveLength(v1.steps.length + 1);
    expect(lines).toContain("t1 -> ? (ambiguous): equal steps n1, n2, which nothing tells apart for certain");
    expect(lines).toContain("nothing -> fresh (inserted): no old step has its content, none has its id");
  });
});
